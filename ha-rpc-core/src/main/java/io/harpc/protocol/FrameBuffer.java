package io.harpc.protocol;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * A reusable buffer in which one outgoing frame is put together: begin, write the
 * payload, finish. It grows as it is written to, never beyond the limit. Not thread-safe.
 */
public final class FrameBuffer extends OutputStream {

	private static final int INITIAL_SIZE = 1024;

	/** In bytes. */
	static final int MAX_TEXT = 1024;

	private static final long MAX_TIME_NANOS = 0xffff_ffffL * 1000;

	private byte[] bytes = new byte[INITIAL_SIZE];

	private int size;

	private int headersLength;

	private int limit = INITIAL_SIZE;

	private boolean tooLarge;

	/**
	 * Begins a request.
	 * @param callId the call
	 * @param methodId the method
	 * @param remainingNanos what is left of the deadline
	 * @param headers what travels with the call
	 * @param maxFrameSize the limit in bytes for the whole frame
	 * @return this, for the payload to be written to
	 * @throws ProtocolException if the headers are too long
	 */
	public FrameBuffer beginRequest(long callId, long methodId, long remainingNanos, Map<String, String> headers,
			int maxFrameSize) throws ProtocolException {
		begin(FrameType.REQUEST, null, remainingNanos, callId, methodId, maxFrameSize);
		if (!headers.isEmpty()) {
			Headers.write(headers, this);
			this.headersLength = this.size - FrameHeader.SIZE;
		}
		return this;
	}

	/**
	 * Begins a response.
	 * @param callId the call that is answered
	 * @param status what came of it
	 * @param retryAfterNanos when to try again, zero if nothing is known of that
	 * @param maxFrameSize the limit in bytes for the whole frame
	 * @param loadReport how the server is, in the bytes of a {@link LoadReport}
	 * @return this, for the payload to be written to
	 */
	public FrameBuffer beginResponse(long callId, Status status, long retryAfterNanos, int maxFrameSize,
			long loadReport) {
		return begin(FrameType.RESPONSE, status, retryAfterNanos, callId, loadReport, maxFrameSize);
	}

	/**
	 * Begins the answer to a ping.
	 * @param callId that of the ping
	 * @param loadReport how the server is, in the bytes of a {@link LoadReport}; a client
	 * has nothing to report
	 * @return this, for the frame to be finished
	 */
	public FrameBuffer beginPong(long callId, long loadReport) {
		return begin(FrameType.PONG, null, 0, callId, loadReport, Hello.MAX_FRAME_SIZE);
	}

	/**
	 * Begins the refusal of a connection.
	 * @param status the reason, if there is one that a client can act on
	 * @return this, for the reason in words to be written to
	 */
	public FrameBuffer beginRefused(@Nullable Status status) {
		return begin(FrameType.REFUSED, status, 0, 0, 0, Hello.MAX_FRAME_SIZE);
	}

	/**
	 * Begins a frame that is neither request nor response.
	 * @param type what the frame is for
	 * @param callId the call it is about, zero if none
	 * @param maxFrameSize the limit in bytes for the whole frame
	 * @return this, for the payload to be written to
	 */
	public FrameBuffer begin(FrameType type, long callId, int maxFrameSize) {
		return begin(type, null, 0, callId, 0, maxFrameSize);
	}

	private FrameBuffer begin(FrameType type, @Nullable Status status, long timeNanos, long callId, long methodIdOrLoad,
			int maxFrameSize) {
		this.limit = Math.max(maxFrameSize, FrameHeader.SIZE);
		this.size = FrameHeader.SIZE;
		this.headersLength = 0;
		this.tooLarge = false;
		// Rounded down, but never to the zero that means that no time is left.
		int timeMicros = (timeNanos <= 0) ? 0 : (int) Math.max(1, Math.min(timeNanos, MAX_TIME_NANOS) / 1000);
		FrameHeader.write(this.bytes, 0, type, status, timeMicros, callId, methodIdOrLoad);
		return this;
	}

	/**
	 * Ends the frame: from here on {@link #array()} holds it.
	 * @return its size in bytes
	 */
	public int finish() {
		FrameHeader.writeLengths(this.bytes, 0, this.headersLength, this.size - FrameHeader.SIZE);
		return this.size;
	}

	/**
	 * The array that holds the frame, from its start.
	 * @return the array, to be used only until the next frame is begun
	 */
	public byte[] array() {
		return this.bytes;
	}

	/**
	 * The number of bytes written so far.
	 * @return the number of bytes
	 */
	public int size() {
		return this.size;
	}

	/**
	 * Gives the array away, for a frame that is too large to be copied. The next frame
	 * begins with a new one.
	 * @return the array that holds the frame, to be {@link #recycle recycled}
	 */
	public byte[] detach() {
		byte[] detached = this.bytes;
		this.bytes = new byte[INITIAL_SIZE];
		this.size = 0;
		return detached;
	}

	/**
	 * Takes an array back that has been detached.
	 * @param detached the array, not to be used by the caller any more
	 */
	public static void recycle(byte[] detached) {
		LargeArrays.giveBack(detached);
	}

	@Override
	public void write(int b) throws FrameTooLargeException {
		ensure(1);
		this.bytes[this.size++] = (byte) b;
	}

	@Override
	public void write(byte[] source, int offset, int length) throws FrameTooLargeException {
		Objects.checkFromIndexSize(offset, length, source.length);
		ensure(length);
		System.arraycopy(source, offset, this.bytes, this.size, length);
		this.size += length;
	}

	/**
	 * Writes a text for a person to read, cut to 1 KiB, which fits into any frame.
	 * @param text the text
	 */
	public void writeText(String text) {
		ByteBuffer utf8 = ByteBuffer.allocate(MAX_TEXT);
		StandardCharsets.UTF_8.newEncoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.encode(CharBuffer.wrap(text), utf8, true);
		try {
			write(utf8.array(), 0, utf8.position());
		}
		catch (FrameTooLargeException ex) {
			throw new IllegalStateException("a text of " + utf8.position() + " bytes (expected: fits into any frame)",
					ex);
		}
	}

	/**
	 * Whether the payload went beyond the limit. Asked for where writing it failed,
	 * because a serializer may wrap the {@link FrameTooLargeException} in words of its
	 * own.
	 * @return {@code true} if the frame is too large to be sent
	 */
	public boolean isTooLarge() {
		return this.tooLarge;
	}

	private void ensure(int more) throws FrameTooLargeException {
		int needed = this.size + more;
		if (needed < 0 || needed > this.limit) {
			this.tooLarge = true;
			throw new FrameTooLargeException(this.size + (long) more, this.limit);
		}
		if (needed > this.bytes.length) {
			byte[] former = this.bytes;
			this.bytes = LargeArrays.take((int) Math.min(this.limit, Math.max(needed, former.length * 2L)));
			System.arraycopy(former, 0, this.bytes, 0, this.size);
			LargeArrays.giveBack(former);
		}
	}

}
