package io.harpc;

/**
 * What came of a call or of one attempt, on the one axis that decides whether it may be
 * tried again: did the server run it?
 */
public enum Outcome {

	/** The method returned. */
	SUCCEEDED,

	/**
	 * The request never left this process: the connection was refused or timed out, the
	 * breaker is open, or the connection was lost before the frame was written. Always
	 * safe to try on another instance.
	 */
	NOT_SENT,

	/**
	 * The server said that it did not begin: it is busy, draining, or does not have the
	 * service. Always safe to try on another instance.
	 */
	NOT_STARTED,

	/**
	 * The server said that the deadline had passed before it began. Not run, and not
	 * tried again because no time is left.
	 */
	EXPIRED,

	/**
	 * The request left and no answer came: perhaps it ran. Tried again only if the method
	 * is idempotent.
	 */
	UNKNOWN,

	/** The method ran and threw. */
	FAILED,

	/**
	 * The server refused the request itself: unauthenticated, forbidden, malformed, too
	 * large, or no such method. Not run, and would be refused again; only a method that
	 * one instance does not know is tried on those that were not asked yet.
	 */
	REJECTED;

	/**
	 * Whether it is certain that the server did not run the method.
	 * @return {@code true} if no effect of this attempt can exist
	 */
	public boolean isUnprocessed() {
		return this == NOT_SENT || this == NOT_STARTED || this == EXPIRED || this == REJECTED;
	}

}
