package io.harpc.resilience;

import io.harpc.Attempt;
import io.harpc.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that did not succeed, with all that decides whether another follows. This is
 * what consumers of Resilience4j's events see; callers get an {@code RpcException} or
 * what the method declares. Has no stack trace, because there may be thousands.
 * Immutable, but for the decision on it.
 */
public final class AttemptFailure extends Exception {

	private static final long serialVersionUID = 1L;

	private final transient Attempt attempt;

	private final transient Circumstances circumstances;

	private volatile @Nullable String stopped;

	/**
	 * Creates the failure.
	 * @param attempt what was tried
	 * @param thrown what the method threw, or why the attempt failed, if there is more
	 * than a text
	 * @param circumstances what there is to try with
	 */
	public AttemptFailure(Attempt attempt, @Nullable Throwable thrown, Circumstances circumstances) {
		super(attempt.toString(), thrown, false, false);
		this.attempt = attempt;
		this.circumstances = circumstances;
	}

	/**
	 * What was tried.
	 * @return the attempt
	 */
	public Attempt attempt() {
		return this.attempt;
	}

	/**
	 * Why no attempt followed, though the outcome and the deadline would have allowed it.
	 * @return a sentence for a person to read, {@code null} if there is nothing to say
	 */
	public @Nullable String stopped() {
		return this.stopped;
	}

	void stopped(String sentence) {
		this.stopped = sentence;
	}

	Outcome outcome() {
		return this.attempt.outcome();
	}

	Circumstances circumstances() {
		return this.circumstances;
	}

	/**
	 * What there is to try with after a failure.
	 *
	 * @param idempotent whether the method may run twice
	 * @param untriedLeft whether an instance that was not tried could take the call
	 * @param remainingNanos what is left of the deadline
	 * @param retryAfterNanos when the instance wants to be asked again, zero if it did
	 * not say
	 * @param onlyThisInstance whether the instance lacks what another may have, so that a
	 * rejection holds for this one only
	 * @param busy whether the instance refused because it has no room
	 */
	public record Circumstances(boolean idempotent, boolean untriedLeft, long remainingNanos, long retryAfterNanos,
			boolean onlyThisInstance, boolean busy) {

	}

}
