package io.harpc.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Takes frames out of a stream of bytes. Whoever has the reading of a connection calls
 * {@link #fill()} for more bytes and {@link #next()} for the frames among them; what has
 * arrived of an incomplete frame stays here, so that the reading may pass to another
 * thread at any time between two calls.
 * <p>
 * The memory taken grows with the bytes that arrive, at most sixteen times as much, never
 * with the length that a header claims. Not thread-safe: one thread at a time, with a
 * happens-before edge between them.
 */
public final class FrameReader {

	private static final int INITIAL_SIZE = 8 * 1024;

	/** Larger bodies get an array of their own, which then is the frame's, uncopied. */
	private static final int MAX_BUFFERED = 64 * 1024;

	/** So many times what has arrived is taken; less copies it more often. */
	private static final int GROWTH = 16;

	private final InputStream in;

	private final FrameHeader header = new FrameHeader();

	private int maxFrameSize;

	private byte[] buffer = new byte[INITIAL_SIZE];

	private int start;

	private int end;

	/** The body of a large frame while it arrives, else {@code null}. */
	private byte @Nullable [] body;

	private int bodyFilled;

	/**
	 * Creates a reader.
	 * @param in where the bytes come from
	 * @param maxFrameSize the limit in bytes for a whole frame
	 */
	public FrameReader(InputStream in, int maxFrameSize) {
		this.in = in;
		this.maxFrameSize = maxFrameSize;
	}

	/**
	 * Sets another limit for the frames that follow.
	 * @param maxFrameSize the limit in bytes for a whole frame
	 */
	public void setMaxFrameSize(int maxFrameSize) {
		this.maxFrameSize = maxFrameSize;
	}

	/**
	 * Reads once from the stream, as much as is there.
	 * @throws EOFException if the peer has closed the stream
	 * @throws IOException if the stream fails, or a read of it times out; what was read
	 * before is kept
	 */
	public void fill() throws IOException {
		int count;
		if (this.body != null) {
			byte[] target = roomForBody(this.body);
			count = this.in.read(target, this.bodyFilled, target.length - this.bodyFilled);
			this.bodyFilled += Math.max(count, 0);
		}
		else {
			makeRoom();
			count = this.in.read(this.buffer, this.end, this.buffer.length - this.end);
			this.end += Math.max(count, 0);
		}
		if (count < 0) {
			throw new EOFException(isMidFrame() ? "closed by the peer within a frame" : "closed by the peer");
		}
	}

	/**
	 * Takes in a byte of the stream that somebody else has read from it.
	 * @param first the byte, the first of all
	 */
	public void begin(byte first) {
		this.buffer[0] = first;
		this.end = 1;
	}

	/**
	 * Takes out the next frame.
	 * @return the frame, or {@code null} if its last byte has not arrived yet
	 * @throws ProtocolException if what arrived is not a frame, or one beyond the limit
	 */
	public @Nullable Frame next() throws ProtocolException {
		if (this.body != null) {
			return (this.bodyFilled == this.header.bodyLength) ? endOfBody(this.body) : null;
		}
		int available = this.end - this.start;
		if (available < FrameHeader.SIZE) {
			checkMagic(available);
			return null;
		}
		this.header.read(this.buffer, this.start, this.maxFrameSize);
		int length = this.header.bodyLength;
		if (available - FrameHeader.SIZE >= length) {
			int from = this.start + FrameHeader.SIZE;
			this.start = from + length;
			return new Frame(this.header, Arrays.copyOfRange(this.buffer, from, from + length));
		}
		if (length > MAX_BUFFERED - FrameHeader.SIZE) {
			beginBody(length);
		}
		return null;
	}

	/**
	 * Whether bytes have arrived that have not been taken out.
	 * @return {@code true} within a frame, and between frames while more are here
	 */
	boolean isMidFrame() {
		return this.body != null || this.end > this.start;
	}

	/**
	 * How much memory a large frame takes that has not arrived completely.
	 * @return the number of bytes, zero between frames and within small ones
	 */
	public int held() {
		return (this.body != null) ? this.body.length : 0;
	}

	/**
	 * Sees at the first two bytes that a peer speaks something else: it may never send
	 * the thirty others.
	 */
	private void checkMagic(int available) throws ProtocolException {
		if ((available >= 1 && this.buffer[this.start] != (byte) (FrameHeader.MAGIC >>> 8))
				|| (available >= 2 && this.buffer[this.start + 1] != (byte) FrameHeader.MAGIC)) {
			this.header.read(Arrays.copyOfRange(this.buffer, this.start, this.start + FrameHeader.SIZE), 0,
					this.maxFrameSize);
		}
	}

	private void makeRoom() {
		if (this.start == this.end) {
			if (this.end == this.buffer.length && this.end < MAX_BUFFERED) {
				// The peer has more to say than fits: larger reads, fewer system calls.
				this.buffer = new byte[this.end * 2];
			}
			this.start = 0;
			this.end = 0;
			return;
		}
		if (this.start > 0 && this.end == this.buffer.length) {
			System.arraycopy(this.buffer, this.start, this.buffer, 0, this.end - this.start);
			this.end -= this.start;
			this.start = 0;
		}
		if (this.end == this.buffer.length) {
			this.buffer = Arrays.copyOf(this.buffer, this.buffer.length * 2);
		}
	}

	private void beginBody(int length) {
		int here = this.end - this.start - FrameHeader.SIZE;
		byte[] target = new byte[Math.min(length, MAX_BUFFERED)];
		System.arraycopy(this.buffer, this.start + FrameHeader.SIZE, target, 0, here);
		this.body = target;
		this.bodyFilled = here;
		this.start = 0;
		this.end = 0;
	}

	private byte[] roomForBody(byte[] target) {
		if (this.bodyFilled < target.length) {
			return target;
		}
		long grown = target.length * (long) GROWTH;
		byte[] larger = Arrays.copyOf(target, (int) Math.min(this.header.bodyLength, grown));
		this.body = larger;
		return larger;
	}

	private Frame endOfBody(byte[] complete) {
		this.body = null;
		this.bodyFilled = 0;
		return new Frame(this.header, complete);
	}

}
