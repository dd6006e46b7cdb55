package io.harpc.resilience;

import java.util.concurrent.TimeUnit;

import io.github.resilience4j.retry.Retry;
import org.jspecify.annotations.Nullable;

/**
 * Decides for one reference whether a failed attempt is followed by another, and after
 * what pause. Keeps Resilience4j's counts and events right. Thread-safe.
 */
public final class ReferenceRetry {

	/** The pause that means: no further attempt. */
	public static final long STOP = RetryRule.STOP;

	private final Retry retry;

	private final RetryBudget budget;

	ReferenceRetry(Retry retry, RetryBudget budget) {
		this.retry = retry;
		this.budget = budget;
	}

	/**
	 * What retries are spent from, and whatever else makes more than one attempt of a
	 * call.
	 * @return the budget
	 */
	public RetryBudget budget() {
		return this.budget;
	}

	/**
	 * Begins the bookkeeping of a call, at its first failure: a call without one needs
	 * none.
	 * @return the attempts of the call
	 */
	public Attempts begin() {
		return new Attempts(this.retry.asyncContext());
	}

	/**
	 * A call succeeded.
	 * @param attempts what {@link #begin()} gave, {@code null} if no attempt failed
	 */
	public void succeeded(@Nullable Attempts attempts) {
		Retry.AsyncContext<Object> context = (attempts != null) ? attempts.context : this.retry.asyncContext();
		context.onComplete();
	}

	/**
	 * The failed attempts of one call. Not thread-safe: a call has one attempt at a time.
	 */
	public static final class Attempts {

		private final Retry.AsyncContext<Object> context;

		Attempts(Retry.AsyncContext<Object> context) {
			this.context = context;
		}

		/**
		 * An attempt failed.
		 * @param failure the failure
		 * @return nanoseconds until the next attempt, or {@link #STOP} for none
		 */
		public long failed(AttemptFailure failure) {
			long millis = this.context.onError(failure);
			return (millis >= 0) ? TimeUnit.MILLISECONDS.toNanos(millis) : STOP;
		}

	}

}
