package io.harpc.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * One frame as it arrived: the fields of its header and its body. Immutable, apart from
 * the array, which belongs to whoever holds the frame.
 */
public final class Frame {

	/** Controls, characters without a shape such as those that turn a line round. */
	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

	private final FrameType type;

	private final @Nullable Status status;

	private final int timeMicros;

	private final long callId;

	private final long methodIdOrLoad;

	private final int headersLength;

	private final byte[] body;

	Frame(FrameHeader header, byte[] body) {
		this.type = header.type;
		this.status = header.status;
		this.timeMicros = header.timeMicros;
		this.callId = header.callId;
		this.methodIdOrLoad = header.methodIdOrLoad;
		this.headersLength = header.headersLength;
		this.body = body;
	}

	/**
	 * What the frame is for.
	 * @return the type
	 */
	public FrameType type() {
		return this.type;
	}

	/**
	 * The status of a response, and that of a refusal if it has one.
	 * @return the status, {@code null} in every other type of frame
	 */
	public @Nullable Status status() {
		return this.status;
	}

	/**
	 * What the caller has left of its deadline, or when to try again.
	 * @return nanoseconds, in steps of microseconds
	 */
	public long timeNanos() {
		return (this.timeMicros & 0xffff_ffffL) * 1000;
	}

	/**
	 * Which call of the connection this is.
	 * @return the id that the client chose
	 */
	public long callId() {
		return this.callId;
	}

	/**
	 * The method of a request.
	 * @return the id computed from service, name and parameter types
	 */
	public long methodId() {
		return this.methodIdOrLoad;
	}

	/**
	 * How the server is that sent a response or a pong.
	 * @return a {@link LoadReport} in its eight bytes, {@link LoadReport#NONE} if the
	 * server made none
	 */
	public long loadReport() {
		return this.methodIdOrLoad;
	}

	/**
	 * The array that holds the payload.
	 * @return the array, from {@link #payloadOffset()} to its end the payload
	 */
	public byte[] body() {
		return this.body;
	}

	/**
	 * Where the payload begins.
	 * @return the offset within {@link #body()}
	 */
	public int payloadOffset() {
		return this.headersLength;
	}

	/**
	 * How long the payload is.
	 * @return the length in bytes
	 */
	public int payloadLength() {
		return this.body.length - this.headersLength;
	}

	/**
	 * Reads what was sent along with the call.
	 * @return the headers, empty for most calls
	 * @throws ProtocolException if they are not well formed
	 */
	public Map<String, String> headers() throws ProtocolException {
		return Headers.read(this.body, this.headersLength);
	}

	/**
	 * Reads the payload as text, for the statuses that carry one. It is going to be part
	 * of messages and logs, so it is cut to 1 KiB, and what could forge a line of a log
	 * is replaced.
	 * @return the text
	 */
	public String text() {
		int length = Math.min(payloadLength(), FrameBuffer.MAX_TEXT);
		String text = new String(this.body, this.headersLength, length, StandardCharsets.UTF_8);
		return UNPRINTABLE.matcher(text).replaceAll("?");
	}

}
