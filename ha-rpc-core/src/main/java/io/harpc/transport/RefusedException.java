package io.harpc.transport;

import java.time.Duration;

import io.harpc.protocol.Status;

/**
 * A request will not be run, for the reason that its status says. Carries no stack trace:
 * it is an answer.
 */
public final class RefusedException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Status status;

	private final Duration retryAfter;

	/**
	 * Creates the exception.
	 * @param status what to answer
	 * @param message why, for a person at the client to read
	 */
	public RefusedException(Status status, String message) {
		this(status, message, Duration.ZERO);
	}

	/**
	 * Creates the exception.
	 * @param status what to answer
	 * @param message why, for a person at the client to read
	 * @param retryAfter when it makes sense to try again, zero if unknown
	 */
	public RefusedException(Status status, String message, Duration retryAfter) {
		super(message, null, false, false);
		this.status = status;
		this.retryAfter = retryAfter;
	}

	/**
	 * What is answered.
	 * @return the status
	 */
	public Status status() {
		return this.status;
	}

	Duration retryAfter() {
		return this.retryAfter;
	}

}
