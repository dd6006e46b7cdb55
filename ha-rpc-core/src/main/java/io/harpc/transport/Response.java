package io.harpc.transport;

import java.util.Objects;

import io.harpc.protocol.Frame;
import io.harpc.protocol.Status;

/**
 * The server's answer to one request.
 */
public final class Response {

	private final Frame frame;

	Response(Frame frame) {
		this.frame = frame;
	}

	/**
	 * The server's word.
	 * @return the status
	 */
	public Status status() {
		return Objects.requireNonNull(this.frame.status());
	}

	/**
	 * The array that holds the payload.
	 * @return the array, the caller's own
	 */
	public byte[] payload() {
		return this.frame.body();
	}

	/**
	 * Where the payload begins.
	 * @return the offset within {@link #payload()}
	 */
	public int offset() {
		return this.frame.payloadOffset();
	}

	/**
	 * How long the payload is.
	 * @return the length in bytes
	 */
	public int length() {
		return this.frame.payloadLength();
	}

	/**
	 * When it makes sense to ask this server again.
	 * @return nanoseconds, zero if the server did not say
	 */
	public long retryAfterNanos() {
		return this.frame.timeNanos();
	}

	/**
	 * The payload as text, for the statuses that carry one.
	 * @return the text
	 */
	public String text() {
		return this.frame.text();
	}

}
