package io.harpc.failback;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The try of a call that perhaps ran. Only the same run of the same server knows what
 * became of it, so no other is asked again.
 *
 * @param incarnation which run of which server it went to
 * @param atMillis when, in milliseconds since 1970
 */
public record FirstTry(String incarnation, long atMillis) {

	byte[] encode() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
		try (DataOutputStream out = new DataOutputStream(bytes)) {
			out.writeUTF(this.incarnation);
			out.writeLong(this.atMillis);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return bytes.toByteArray();
	}

	static FirstTry decode(byte[] bytes) throws IOException {
		try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
			return new FirstTry(in.readUTF(), in.readLong());
		}
	}

}
