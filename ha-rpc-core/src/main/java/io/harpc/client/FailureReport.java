package io.harpc.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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
 * @param reasons what else is known of its attempts, for the advice that fits
 */
record FailureReport(ReferenceMethod method, List<Attempt> attempts, long elapsedNanos, long timeoutNanos,
		@Nullable String note, @Nullable Throwable cause, Set<Reason> reasons) {

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
		Set<String> said = new HashSet<>();
		for (Attempt attempt : this.attempts) {
			text.append(said.isEmpty() ? " Tried: " : "; ");
			boolean first = said.add(attempt.instance() + " " + attempt.reason());
			text.append(first ? attempt
					: new Attempt(attempt.instance(), attempt.duration(), attempt.outcome(), "as before"));
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
		if (this.reasons.contains(Reason.GIVEN_UP) && this.cause == null) {
			return outcome.isUnprocessed() ? "The method did not run." : "The method perhaps ran.";
		}
		if (this.reasons.contains(Reason.BROADCAST)) {
			return (outcome.isUnprocessed() ? "The method ran nowhere." : "The others have run it.")
					+ " What each of these would have thrown is suppressed in this exception.";
		}
		return switch (outcome) {
			case NOT_SENT, NOT_STARTED, EXPIRED, REJECTED -> unprocessed();
			case UNKNOWN -> unknown();
			case FAILED, SUCCEEDED -> "";
		};
	}

	/** What to do follows from all attempts: the last may be the least of it. */
	private String unprocessed() {
		List<Outcome> outcomes = this.attempts.stream().map(Attempt::outcome).distinct().toList();
		return switch (outcomes.size()) {
			case 0 -> "";
			case 1 -> "The method did not run: " + remedy(outcomes.get(0));
			default -> outcomes.stream()
				.map((outcome) -> " " + outcome + ": " + remedy(outcome))
				.collect(Collectors.joining("", "The method did not run.", ""));
		};
	}

	private String remedy(Outcome outcome) {
		String known = this.reasons.stream()
			.filter((reason) -> reason.outcome == outcome)
			.map((reason) -> reason.remedy)
			.collect(Collectors.joining(" "));
		return known.isEmpty() ? generalRemedy(outcome) : known;
	}

	private String generalRemedy(Outcome outcome) {
		return switch (outcome) {
			case NOT_SENT -> "are these instances up, and can they be reached from here?";
			case NOT_STARTED -> "call again later, or add instances.";
			case EXPIRED -> "add instances, or raise " + property("timeout") + ".";
			case REJECTED -> "the same request would be refused again.";
			case UNKNOWN, FAILED, SUCCEEDED ->
				throw new IllegalArgumentException(outcome + " (expected: it did not run)");
		};
	}

	private String unknown() {
		if (this.cause != null) {
			return "The method ran, but its answer cannot be read here: the two sides probably have different versions"
					+ " of the types.";
		}
		if (this.elapsedNanos >= this.timeoutNanos) {
			return "The method perhaps ran. " + timeout() + " " + again();
		}
		if (this.reasons.contains(Reason.NOT_REPLAYABLE)) {
			return "The method perhaps ran: the server does not know any more what came of the first call with this"
					+ " key, and does not run another. Find out whether it took effect before you make it again.";
		}
		return "The method perhaps ran. " + again();
	}

	private String timeout() {
		return (isOwnTimeout() ? "The timeout is over: if the method needs longer, raise " + property("timeout")
				: "The time left by the call that is being served here is over: " + property("timeout") + " is longer")
				+ "; if it is usually quicker, the instance may hang.";
	}

	private String again() {
		if (this.method.idempotent()) {
			return "It may run twice, so it can be called again.";
		}
		return this.reasons.contains(Reason.KEYED)
				? "With its key it is tried again only on the same run of the same server, for no other knows of it:"
						+ " find out whether it took effect before you make it again."
				: "It was not tried again, for it may have run: if running it twice does no harm, say so by @Idempotent or "
						+ property("idempotent") + "; or give the call an @IdempotencyKey.";
	}

	private String property(String property) {
		return "ha-rpc.client.references." + name() + "." + property;
	}

	/** Otherwise it is what the call being served has left. */
	private boolean isOwnTimeout() {
		Duration own = this.method.reference().settings().calls().timeout();
		return own == null || this.timeoutNanos >= own.toNanos();
	}

	private String name() {
		return this.method.reference().settings().name();
	}

	/** What there may be to know of a call besides the outcomes of its attempts. */
	enum Reason {

		/** The caller was interrupted, or cancelled it. */
		GIVEN_UP,

		/** An instance that was asked does not have the method. */
		METHOD_MISSING(Outcome.REJECTED,
				"the instances that were asked do not have it. Do all providers run a version that does?"),

		/** An instance and this client do not know each other. */
		UNAUTHENTICATED(Outcome.REJECTED,
				"compare ha-rpc.client.authentication here with ha-rpc.server.authentication there."),

		/** Whoever calls may not. */
		FORBIDDEN(Outcome.REJECTED,
				"the provider says who may, by ha-rpc.server.authorization.rules, annotations or beans, and knows who"
						+ " calls by ha-rpc.client.authentication here, or by the certificate of"
						+ " ha-rpc.client.ssl.bundle."),

		/** An instance that was asked does not have the service. */
		SERVICE_MISSING(Outcome.NOT_STARTED,
				"are the addresses those of providers of this service, of the same version and group? Otherwise call"
						+ " again later."),

		/** A connection was refused, which says why. */
		REFUSED(Outcome.NOT_SENT, "what refused the connection is said above."),

		/** An instance and this client did not agree on TLS. */
		ENCRYPTION(Outcome.NOT_SENT,
				"compare ha-rpc.client.ssl here with ha-rpc.server.ssl there, and the certificates of both."),

		/** There was no token to show. */
		TOKEN(Outcome.NOT_SENT, "nobody was asked; it is the TokenSource of this application that has to be mended."),

		/** It has a key, and is tried again as that allows. */
		KEYED,

		/** What came of it at some of the instances that it was for. */
		BROADCAST,

		/** The server cannot know what came of a call with this key. */
		NOT_REPLAYABLE;

		/** Of the attempts that it is the reason of, {@code null} where that varies. */
		private final @Nullable Outcome outcome;

		/** What to do, said of the method that did not run. */
		private final String remedy;

		Reason() {
			this(null, "");
		}

		Reason(@Nullable Outcome outcome, String remedy) {
			this.outcome = outcome;
			this.remedy = remedy;
		}

	}

}
