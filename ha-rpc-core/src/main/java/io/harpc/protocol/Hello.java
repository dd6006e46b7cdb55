package io.harpc.protocol;

import java.nio.charset.StandardCharsets;

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
 * @param identity who the sender says it is: the incarnation of a server, nothing yet of
 * a client, where it is room for authentication
 */
public record Hello(int minVersion, int maxVersion, long capabilities, int maxFrameSize, String serialization,
		String identity) {

	/** The limit for a frame that carries a hello or its answer, in bytes. */
	public static final int MAX_FRAME_SIZE = 4 * 1024;

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
		field(out, VERSIONS, new byte[] { (byte) this.minVersion, (byte) this.maxVersion });
		field(out, CAPABILITIES, bigEndian(this.capabilities, Long.BYTES));
		field(out, FRAME_SIZE, bigEndian(this.maxFrameSize, Integer.BYTES));
		field(out, SERIALIZATION, this.serialization.getBytes(StandardCharsets.UTF_8));
		field(out, IDENTITY, this.identity.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Reads the fields from the payload of a frame.
	 * @param frame the frame
	 * @return the hello
	 * @throws ProtocolException if a field is not well formed, or the versions are
	 * missing
	 */
	public static Hello read(Frame frame) throws ProtocolException {
		Hello hello = new Hello(0, 0, 0, MAX_FRAME_SIZE, "", "");
		byte[] bytes = frame.body();
		int position = frame.payloadOffset();
		while (position < bytes.length) {
			if (position + 3 > bytes.length) {
				throw new ProtocolException("hello ends within a field");
			}
			int tag = bytes[position] & 0xff;
			int length = (int) number(bytes, position + 1, 2);
			position += 3;
			if (position + length > bytes.length) {
				throw new ProtocolException("hello field " + tag + " of " + length + " bytes (expected: at most "
						+ (bytes.length - position) + ")");
			}
			hello = hello.with(tag, bytes, position, length);
			position += length;
		}
		if (hello.maxVersion == 0) {
			throw new ProtocolException("hello without protocol versions");
		}
		return hello;
	}

	private Hello with(int tag, byte[] bytes, int at, int length) throws ProtocolException {
		switch (tag) {
			case VERSIONS -> {
				check(tag, length, 2);
				return new Hello(bytes[at] & 0xff, bytes[at + 1] & 0xff, this.capabilities, this.maxFrameSize,
						this.serialization, this.identity);
			}
			case CAPABILITIES -> {
				check(tag, length, Long.BYTES);
				return new Hello(this.minVersion, this.maxVersion, number(bytes, at, length), this.maxFrameSize,
						this.serialization, this.identity);
			}
			case FRAME_SIZE -> {
				check(tag, length, Integer.BYTES);
				return new Hello(this.minVersion, this.maxVersion, this.capabilities, frameSize(bytes, at),
						this.serialization, this.identity);
			}
			case SERIALIZATION -> {
				return new Hello(this.minVersion, this.maxVersion, this.capabilities, this.maxFrameSize,
						new String(bytes, at, length, StandardCharsets.UTF_8), this.identity);
			}
			case IDENTITY -> {
				return new Hello(this.minVersion, this.maxVersion, this.capabilities, this.maxFrameSize,
						this.serialization, new String(bytes, at, length, StandardCharsets.UTF_8));
			}
			default -> {
				return this;
			}
		}
	}

	private static int frameSize(byte[] bytes, int at) throws ProtocolException {
		long size = number(bytes, at, Integer.BYTES);
		if (size < MAX_FRAME_SIZE || size > Integer.MAX_VALUE) {
			throw new ProtocolException("max-frame-size " + size + " (expected: at least " + MAX_FRAME_SIZE + ")");
		}
		return (int) size;
	}

	private static void check(int tag, int length, int expected) throws ProtocolException {
		if (length != expected) {
			throw new ProtocolException("hello field " + tag + " of " + length + " bytes (expected: " + expected + ")");
		}
	}

	private static void field(FrameBuffer out, int tag, byte[] value) throws ProtocolException {
		out.write(tag);
		out.write(value.length >>> 8);
		out.write(value.length);
		out.write(value, 0, value.length);
	}

	private static byte[] bigEndian(long value, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) (value >>> (8 * (length - 1 - i)));
		}
		return bytes;
	}

	private static long number(byte[] bytes, int at, int length) {
		long value = 0;
		for (int i = 0; i < length; i++) {
			value = (value << 8) | (bytes[at + i] & 0xff);
		}
		return value;
	}

}
