package io.harpc.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What the two ends of a connection tell each other first, in {@link FrameType#HELLO} and
 * {@link FrameType#WELCOME}. On the wire it is a list of fields, each a tag of one byte,
 * a length of two and a value; an unknown tag is skipped, so that later versions may add
 * fields without breaking older peers.
 *
 * @param minVersion the lowest protocol version that the sender speaks
 * @param maxVersion the highest; in a welcome both are the version chosen
 * @param capabilities optional features, a bit for each; unknown bits are ignored
 * @param maxFrameSize the largest frame in bytes that the sender takes
 * @param serialization the name of the server's serialization, empty in a hello
 * @param identity who the sender says it is: the incarnation of a server; the name of a
 * client's key, if it has one to prove
 */
public record Hello(int minVersion, int maxVersion, long capabilities, int maxFrameSize, String serialization,
		String identity) {

	/** The limit for a frame that carries a hello or its answer, in bytes. */
	public static final int MAX_FRAME_SIZE = 4 * 1024;

	/** The capability of a client that answers a {@link FrameType#CHALLENGE}. */
	public static final long CHALLENGED = 1;

	private static final int VERSIONS = 1;

	private static final int CAPABILITIES = 2;

	private static final int FRAME_SIZE = 3;

	private static final int SERIALIZATION = 4;

	private static final int IDENTITY = 5;

	/**
	 * Returns what a client of this version says of itself.
	 * @param maxFrameSize the largest frame in bytes that it takes
	 * @return the hello
	 */
	public static Hello ofClient(int maxFrameSize) {
		return new Hello(FrameHeader.VERSION, FrameHeader.VERSION, 0, maxFrameSize, "", "");
	}

	/**
	 * Returns what a client of this version says of itself that has a key to prove.
	 * @param maxFrameSize the largest frame in bytes that it takes
	 * @param keyName the name of the key
	 * @return the hello
	 */
	public static Hello ofClient(int maxFrameSize, String keyName) {
		return new Hello(FrameHeader.VERSION, FrameHeader.VERSION, CHALLENGED, maxFrameSize, "", keyName);
	}

	/**
	 * Returns what a server of this version says of itself.
	 * @param maxFrameSize the largest frame in bytes that it takes
	 * @param serialization the name of its serialization
	 * @param incarnation tells this run of the server from every other
	 * @return the hello
	 */
	public static Hello ofServer(int maxFrameSize, String serialization, String incarnation) {
		return new Hello(FrameHeader.VERSION, FrameHeader.VERSION, 0, maxFrameSize, serialization, incarnation);
	}

	/**
	 * Whether the sender speaks a version that this side speaks too.
	 * @return {@code true} if the connection can go on
	 */
	public boolean isCompatible() {
		return this.minVersion <= FrameHeader.VERSION && FrameHeader.VERSION <= this.maxVersion;
	}

	/**
	 * Writes the fields as the payload of a frame.
	 * @param out the frame
	 * @throws ProtocolException if a text is too long for a frame of this kind
	 */
	public void writeTo(FrameBuffer out) throws ProtocolException {
		Fields.write(out, VERSIONS, new byte[] { (byte) this.minVersion, (byte) this.maxVersion });
		Fields.write(out, CAPABILITIES, Fields.bigEndian(this.capabilities, Long.BYTES));
		Fields.write(out, FRAME_SIZE, Fields.bigEndian(this.maxFrameSize, Integer.BYTES));
		Fields.write(out, SERIALIZATION, this.serialization.getBytes(StandardCharsets.UTF_8));
		Fields.write(out, IDENTITY, this.identity.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Reads the fields from the payload of a frame.
	 * @param frame the frame
	 * @return the hello
	 * @throws ProtocolException if a field is not well formed, or the versions are
	 * missing
	 */
	public static Hello read(Frame frame) throws ProtocolException {
		Map<Integer, byte[]> fields = Fields.read(frame);
		byte[] versions = Fields.get(fields, VERSIONS, 2);
		byte[] size = Fields.get(fields, FRAME_SIZE, Integer.BYTES);
		long capabilities = Fields.number(Fields.get(fields, CAPABILITIES, Long.BYTES));
		int maxFrameSize = (size.length != 0) ? frameSize(Fields.number(size)) : MAX_FRAME_SIZE;
		if (versions.length == 0 || versions[1] == 0) {
			throw new ProtocolException("hello without protocol versions");
		}
		return new Hello(versions[0] & 0xff, versions[1] & 0xff, capabilities, maxFrameSize,
				Fields.text(fields, SERIALIZATION), Fields.text(fields, IDENTITY));
	}

	private static int frameSize(long size) throws ProtocolException {
		if (size < MAX_FRAME_SIZE || size > Integer.MAX_VALUE) {
			throw new ProtocolException("max-frame-size " + size + " (expected: at least " + MAX_FRAME_SIZE + ")");
		}
		return (int) size;
	}

}
