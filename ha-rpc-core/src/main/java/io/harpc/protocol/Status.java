package io.harpc.protocol;

import io.harpc.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * The server's word on a request. The payload of {@link #OK} is the result, that of
 * {@link #EXCEPTION} what the method threw, that of every other status a text for a
 * person to read.
 */
public enum Status {

	/** The method returned. */
	OK(0, Outcome.SUCCEEDED),

	/** The method threw. */
	EXCEPTION(1, Outcome.FAILED),

	/** The method ran, but its answer could not be written. */
	INTERNAL(2, Outcome.FAILED),

	/** The server has no room now; the frame says when to try again. */
	BUSY(16, Outcome.NOT_STARTED),

	/** The server is shutting down. */
	DRAINING(17, Outcome.NOT_STARTED),

	/** The server does not have this service. */
	NO_SUCH_SERVICE(18, Outcome.NOT_STARTED),

	/** The deadline passed before the method began. */
	EXPIRED(19, Outcome.EXPIRED),

	/**
	 * The call is a second try, of which the server cannot know whether the first one
	 * ran. It has not run this one.
	 */
	NOT_REPLAYABLE(20, Outcome.NOT_STARTED),

	/** The server has the service, but not this method. */
	NO_SUCH_METHOD(32, Outcome.REJECTED),

	/** The arguments cannot be read as the method's parameters. */
	MALFORMED(33, Outcome.REJECTED),

	/** The request is larger than the server takes. */
	TOO_LARGE(34, Outcome.REJECTED),

	/** The server does not know who calls. */
	UNAUTHENTICATED(35, Outcome.REJECTED),

	/** The caller may not call this method. */
	FORBIDDEN(36, Outcome.REJECTED);

	private static final @Nullable Status[] BY_CODE = new @Nullable Status[64];

	static {
		for (Status status : values()) {
			BY_CODE[status.code] = status;
		}
	}

	private final byte code;

	private final Outcome outcome;

	Status(int code, Outcome outcome) {
		this.code = (byte) code;
		this.outcome = outcome;
	}

	/**
	 * What this means for the call.
	 * @return the outcome of the attempt
	 */
	public Outcome outcome() {
		return this.outcome;
	}

	byte code() {
		return this.code;
	}

	static @Nullable Status ofCode(int code) {
		return (code >= 0 && code < BY_CODE.length) ? BY_CODE[code] : null;
	}

}
