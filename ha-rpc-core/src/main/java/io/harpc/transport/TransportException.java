package io.harpc.transport;

import io.harpc.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A request got no answer. Says whether it can have reached the peer. Carries no stack
 * trace: it is an outcome that is decided on, and may come by the thousand.
 */
public final class TransportException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Kind kind;

	private final Outcome outcome;

	TransportException(Kind kind, Outcome outcome, String message) {
		this(kind, outcome, message, null);
	}

	private TransportException(Kind kind, Outcome outcome, String message, @Nullable Throwable cause) {
		super(message, cause, false, false);
		this.kind = kind;
		this.outcome = outcome;
	}

	static TransportException notSent(Kind kind, String message) {
		return new TransportException(kind, Outcome.NOT_SENT, message);
	}

	static TransportException unknown(Kind kind, String message) {
		return new TransportException(kind, Outcome.UNKNOWN, message);
	}

	static TransportException rejected(Kind kind, String message, Throwable cause) {
		return new TransportException(kind, Outcome.REJECTED, message, cause);
	}

	static TransportException unauthenticated(String message) {
		return new TransportException(Kind.UNAUTHENTICATED, Outcome.REJECTED, message);
	}

	/**
	 * Why there is no answer.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * What this means for the call.
	 * @return {@link Outcome#NOT_SENT}, {@link Outcome#UNKNOWN} or
	 * {@link Outcome#REJECTED}
	 */
	public Outcome outcome() {
		return this.outcome;
	}

	/** Why a request got no answer. */
	public enum Kind {

		/** No connection could be made. */
		CONNECT,

		/** The peer refused the connection, or is where this side must not connect to. */
		REFUSED,

		/** One of both ends is not who the other talks to. */
		UNAUTHENTICATED,

		/** One of both is known to speak TLS, and the other not to: nobody was asked. */
		ENCRYPTION,

		/** The peer was reached, and there was no agreement on TLS. */
		TLS,

		/** This side has no token to show: nobody was asked. */
		TOKEN,

		/** The deadline passed. */
		TIMEOUT,

		/** The connection ended while the call waited. */
		LOST,

		/** The waiting thread was interrupted, or the call cancelled. */
		CANCELLED,

		/** The request is larger than the limit. */
		TOO_LARGE,

		/** The arguments could not be written. */
		ENCODING,

		/** Too many calls wait for an answer already. */
		OVERLOADED,

		/** This side was closed. */
		CLOSED

	}

}
