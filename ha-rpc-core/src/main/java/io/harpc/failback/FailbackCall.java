package io.harpc.failback;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

import io.harpc.ServiceKey;

/**
 * A call that is delivered later: what another run of this program must know to make it.
 *
 * @param reference the name of the reference
 * @param service the service
 * @param signature the method, as {@code name(types)}
 * @param key tells this call from any other, whenever and by whomever it was made
 * @param createdMillis when it was made, in milliseconds since 1970
 * @param arguments the arguments as JSON; not changed any more
 */
public record FailbackCall(String reference, ServiceKey service, String signature, String key, long createdMillis,
		byte[] arguments) {

	private static final int FORMAT = 1;

	/**
	 * Returns this call under another key.
	 * @param key the key
	 * @return the new call
	 */
	FailbackCall withKey(String key) {
		return new FailbackCall(this.reference, this.service, this.signature, key, this.createdMillis, this.arguments);
	}

	/** Without the arguments, which stay on disk. */
	FailbackCall heading() {
		return new FailbackCall(this.reference, this.service, this.signature, this.key, this.createdMillis,
				new byte[0]);
	}

	byte[] encode() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 + this.arguments.length);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeByte(FORMAT);
			out.writeUTF(this.reference);
			out.writeUTF(this.service.name());
			out.writeUTF(this.service.version());
			out.writeUTF(this.service.group());
			out.writeUTF(this.signature);
			out.writeUTF(this.key);
			out.writeLong(this.createdMillis);
			out.write(this.arguments);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	static FailbackCall decode(byte[] bytes) throws IOException {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
			int format = in.readByte();
			if (format != FORMAT) {
				throw new IOException("format " + format + " (expected: " + FORMAT + ")");
			}
			return new FailbackCall(in.readUTF(), new ServiceKey(in.readUTF(), in.readUTF(), in.readUTF()),
					in.readUTF(), in.readUTF(), in.readLong(), in.readAllBytes());
		}
		catch (IllegalArgumentException ex) {
			throw new IOException(ex);
		}
	}

	@Override
	public String toString() {
		return this.service + "#" + this.signature + " by reference '" + this.reference + "'";
	}

}
