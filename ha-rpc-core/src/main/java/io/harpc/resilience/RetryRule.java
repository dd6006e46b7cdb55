package io.harpc.resilience;

import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;

import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.core.functions.Either;
import io.harpc.Outcome;
import io.harpc.resilience.AttemptFailure.Circumstances;

/**
 * Which outcomes are tried again, and after what pause.
 * <p>
 * What never left goes to an untried instance at once: it made no load anywhere, so a
 * killed instance costs its callers next to nothing. The first refusal by a server goes
 * on at once too, since that server is the one that is busy, and so does a call of a
 * method that an instance does not have, for as long as an untried one is left.
 * Everything else waits 50 ms, doubled each time up to 1 s, give or take a fifth. What
 * makes load is spent from the budget, last of all.
 */
final class RetryRule {

	/** Returned by Resilience4j's and our own functions for "not again". */
	static final long STOP = -1;

	private static final long MIN_BACKOFF_MILLIS = 50;

	private static final long MAX_BACKOFF_MILLIS = 1000;

	private static final int MAX_DOUBLINGS = 5;

	/** The application's own configuration, for exceptions that the method throws. */
	private final Predicate<Throwable> named;

	private final IntervalBiFunction<Object> interval;

	private final RetryBudget budget;

	private final IntUnaryOperator random;

	RetryRule(Predicate<Throwable> configured, IntervalBiFunction<Object> interval, RetryBudget budget,
			IntUnaryOperator random) {
		this.named = configured.test(new Unnamed()) ? (thrown) -> false : configured;
		this.interval = interval;
		this.budget = budget;
		this.random = random;
	}

	boolean permits(Throwable thrown) {
		if (!(thrown instanceof AttemptFailure failure)) {
			return this.named.test(thrown);
		}
		Circumstances circumstances = failure.circumstances();
		boolean idempotent = circumstances.idempotent();
		return switch (failure.outcome()) {
			case NOT_SENT, NOT_STARTED -> true;
			case UNKNOWN -> idempotent;
			case FAILED -> idempotent && failure.getCause() != null && this.named.test(failure.getCause());
			case REJECTED -> circumstances.onlyThisInstance() && circumstances.untriedLeft();
			case EXPIRED, SUCCEEDED -> false;
		};
	}

	/**
	 * The pause before the next attempt.
	 * @param attempt how many attempts have failed
	 * @param failed the last failure
	 * @return milliseconds, or {@link #STOP} if the deadline comes first or the budget is
	 * spent
	 */
	long delayMillis(int attempt, Either<Throwable, Object> failed) {
		if (!(failed.isLeft() && failed.getLeft() instanceof AttemptFailure failure)) {
			return this.interval.apply(attempt, failed);
		}
		long millis = delayMillis(attempt, failure);
		if (TimeUnit.MILLISECONDS.toNanos(millis) >= failure.circumstances().remainingNanos()) {
			return STOP;
		}
		if (makesLoad(failure) && !this.budget.trySpend()) {
			failure.stopped(this.budget.describe());
			return STOP;
		}
		return millis;
	}

	private static boolean makesLoad(AttemptFailure failure) {
		return switch (failure.outcome()) {
			case NOT_STARTED -> failure.circumstances().busy();
			case UNKNOWN, FAILED -> true;
			case NOT_SENT, REJECTED, EXPIRED, SUCCEEDED -> false;
		};
	}

	private long delayMillis(int attempt, AttemptFailure failure) {
		Circumstances circumstances = failure.circumstances();
		Outcome outcome = failure.outcome();
		if (outcome == Outcome.FAILED) {
			return Math.max(0, this.interval.apply(attempt, Either.left(failure.getCause())));
		}
		boolean atOnce = switch (outcome) {
			case NOT_SENT, REJECTED -> true;
			case NOT_STARTED -> attempt == 1;
			default -> false;
		};
		if (atOnce && circumstances.untriedLeft()) {
			return 0;
		}
		long backoff = backoffMillis(attempt);
		// Another instance was not asked to wait
		return circumstances.untriedLeft() ? backoff : Math.max(backoff, ceilMillis(circumstances.retryAfterNanos()));
	}

	private long backoffMillis(int attempt) {
		int doublings = Math.min(attempt - 1, MAX_DOUBLINGS);
		long millis = Math.min(MIN_BACKOFF_MILLIS << doublings, MAX_BACKOFF_MILLIS);
		int fifth = (int) (millis / 5);
		return millis - fifth + this.random.applyAsInt(2 * fifth + 1);
	}

	private static long ceilMillis(long nanos) {
		return (nanos + 999_999) / 1_000_000;
	}

	/** A configuration that accepts this accepts everything, so it names nothing. */
	private static final class Unnamed extends Throwable {

		private static final long serialVersionUID = 1L;

		Unnamed() {
			super(null, null, false, false);
		}

	}

}
