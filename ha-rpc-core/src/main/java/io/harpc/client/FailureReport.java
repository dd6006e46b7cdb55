package io.harpc.client;

import java.time.Duration;
import java.util.List;

import io.harpc.Attempt;
import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.RpcExpiredException;
import io.harpc.RpcNotSentException;
import io.harpc.RpcNotStartedException;
import io.harpc.RpcRejectedException;
import io.harpc.RpcRemoteException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.serialization.RemoteFailure;
import org.jspecify.annotations.Nullable;

/**
 * Says why a call failed: what was called, what was tried, what came of it, what to do.
 *
 * @param method what was called
 * @param attempts what was tried
 * @param elapsedNanos how long the call took
 * @param timeoutNanos how long it had
 * @param note why there was no further attempt, if there is more to say
 * @param cause why an answer could not be read, if that was so
 * @param reason what ended the call, for the advice that fits
 */
record FailureReport(ReferenceMethod method, List<Attempt> attempts, long elapsedNanos, long timeoutNanos,
		@Nullable String note, @Nullable Throwable cause, Reason reason) {

	private static final int MAX_TEXT = 500;

	/**
	 * {@return the exception for an outcome other than success}
	 */
	RpcException failure(Outcome outcome) {
		String message = message(outcome);
		return switch (outcome) {
			case NOT_SENT -> new RpcNotSentException(message, this.attempts, this.cause);
			case NOT_STARTED -> new RpcNotStartedException(message, this.attempts, this.cause);
			case EXPIRED -> new RpcExpiredException(message, this.attempts, this.cause);
			case UNKNOWN -> new RpcUnknownOutcomeException(message, this.attempts, this.cause);
			case REJECTED -> new RpcRejectedException(message, this.attempts, this.cause);
			case FAILED, SUCCEEDED ->
				throw new IllegalArgumentException(outcome + " (expected: no answer of the method)");
		};
	}

	/**
	 * {@return the exception for what the method threw and does not declare}
	 */
	RpcRemoteException remote(RemoteFailure remote) {
		StringBuilder message = new StringBuilder(remote.className());
		if (remote.message() != null) {
			message.append(message.isEmpty() ? "" : ": ").append(remote.message());
		}
		message.append(" (thrown by the provider; ").append(tried(Outcome.FAILED));
		message.append(" Its log may say more; what the method declares arrives as itself.)");
		for (String frame : remote.stackTrace()) {
			message.append("\n\tat provider: ").append(frame);
		}
		return new RpcRemoteException(message.toString(), this.attempts, remote.className());
	}

	/**
	 * {@return the exception for what the method threw at several instances}
	 */
	RpcRemoteException remote(Throwable first) {
		String name = (first instanceof RpcRemoteException remote) ? remote.remoteClassName()
				: first.getClass().getName();
		return new RpcRemoteException(message(Outcome.FAILED), this.attempts, name);
	}

	/**
	 * {@return a text from the other side, of bounded length}
	 */
	static String shorten(String text) {
		return (text.length() <= MAX_TEXT) ? text : text.substring(0, MAX_TEXT) + "...";
	}

	private String message(Outcome outcome) {
		StringBuilder message = tried(outcome);
		if (this.note != null) {
			message.append(' ').append(this.note);
		}
		String advice = advice(outcome);
		return message.append(advice.isEmpty() ? "" : " ").append(advice).toString();
	}

	private StringBuilder tried(Outcome outcome) {
		StringBuilder text = new StringBuilder(heading(outcome)).append('.');
		for (int i = 0; i < this.attempts.size(); i++) {
			text.append((i == 0) ? " Tried: " : "; ").append(this.attempts.get(i));
		}
		return text.append(this.attempts.isEmpty() ? "" : ".");
	}

	private String heading(Outcome outcome) {
		return "call of " + this.method.descriptor() + " by reference '" + name() + "' ended " + outcome + " after "
				+ millis(this.elapsedNanos) + " of " + millis(this.timeoutNanos) + " ms";
	}

	private static long millis(long nanos) {
		return Math.round(nanos / 1e6);
	}

	private String advice(Outcome outcome) {
		if (this.reason == Reason.GIVEN_UP && this.cause == null) {
			return outcome.isUnprocessed() ? "The method did not run." : "The method perhaps ran.";
		}
		if (this.reason == Reason.BROADCAST) {
			return (outcome.isUnprocessed() ? "The method ran nowhere." : "The others have run it.")
					+ " What each of these would have thrown is suppressed in this exception.";
		}
		return switch (outcome) {
			case NOT_SENT -> this.attempts.isEmpty() ? ""
					: "The method did not run. Are these instances up, and can they be reached from here?";
			case NOT_STARTED -> "The method did not run. Call again later, or add instances.";
			case EXPIRED ->
				"The method did not run. Add instances, or raise ha-rpc.client.references." + name() + ".timeout.";
			case UNKNOWN -> unknown();
			case REJECTED -> (this.reason == Reason.METHOD_MISSING)
					? "The method did not run: the instances that were asked do not have it. Do all providers run a"
							+ " version that does?"
					: "The method did not run, and the same request would be refused again.";
			case FAILED, SUCCEEDED -> "";
		};
	}

	private String unknown() {
		if (this.cause != null) {
			return "The method ran, but its answer cannot be read here: the two sides probably have different versions"
					+ " of the types.";
		}
		if (this.elapsedNanos >= this.timeoutNanos) {
			return "The method perhaps ran. " + (isOwnTimeout()
					? "The timeout is over: if the method needs longer, raise ha-rpc.client.references." + name()
							+ ".timeout."
					: "The time left by the call that is being served here is over: ha-rpc.client.references." + name()
							+ ".timeout is longer.");
		}
		if (this.reason == Reason.NOT_REPLAYABLE) {
			return "The method perhaps ran: the server does not know any more what came of the first call with this"
					+ " key, and does not run another.";
		}
		return (this.method.idempotent() || this.reason == Reason.KEYED) ? "The method perhaps ran."
				: "The method perhaps ran, so it was not tried again. If running it twice does no harm, say so by"
						+ " @Idempotent or ha-rpc.client.references." + name()
						+ ".idempotent; or give the call an @IdempotencyKey.";
	}

	/** Otherwise it is what the call being served has left. */
	private boolean isOwnTimeout() {
		Duration own = this.method.reference().settings().calls().timeout();
		return own == null || this.timeoutNanos >= own.toNanos();
	}

	private String name() {
		return this.method.reference().settings().name();
	}

	/** What ended a call. */
	enum Reason {

		/** What came of its attempts, or that there could be none. */
		ATTEMPTS,

		/** The caller was interrupted, or cancelled it. */
		GIVEN_UP,

		/** The instance asked last does not have the method. */
		METHOD_MISSING,

		/**
		 * What came of its attempts; it has a key, and was tried again as that allows.
		 */
		KEYED,

		/** What came of it at some of the instances that it was for. */
		BROADCAST,

		/** The server cannot know what came of a call with this key. */
		NOT_REPLAYABLE

	}

}
