package io.harpc.transport;

import java.time.Duration;

import io.harpc.protocol.Status;

/**
 * Takes the answer to one request: exactly one of its methods, exactly once, on any
 * thread. A second answer is ignored.
 */
public interface Answer {

	/**
	 * The method returned.
	 * @param result writes the result
	 */
	void ok(PayloadWriter result);

	/**
	 * The method threw. Sent to nobody where the transport has interrupted the handler at
	 * its deadline, because that is the likely cause.
	 * @param exception writes what it threw
	 */
	void exception(PayloadWriter exception);

	/**
	 * There is no result, for the reason that the status says.
	 * @param status any status but those with a method of their own
	 * @param message why, for a person at the client to read
	 * @param retryAfter when it makes sense to try again, zero if unknown
	 */
	void refuse(Status status, String message, Duration retryAfter);

	/** There will be no answer in time, so that none needs to be sent. */
	void giveUp();

	/**
	 * Whether the transport has interrupted the handler, so that what it throws is not
	 * what the method does.
	 * @return {@code true} after the deadline, or if the caller has given up
	 */
	boolean isInterrupted();

}
