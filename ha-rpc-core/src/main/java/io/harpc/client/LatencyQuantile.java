package io.harpc.client;

import java.time.Duration;

/**
 * Estimates how long 95 of 100 recent calls take at most. Each one that took longer moves
 * the estimate up by a step, each other one down by a nineteenth of it, so that it comes
 * to rest where one of twenty is longer; steps are relative, and get small while few
 * calls are known yet. How much longer a call took does not matter, so that one which was
 * given up counts as well. This is the stochastic approximation of Robbins and Monro
 * (1951), as in "Frugal Streaming for Estimating Quantiles" (Ma, Muthukrishnan and
 * Sandler, 2013).
 * <p>
 * Thread-safe without locks: where two threads meet, one of their steps may be lost.
 */
final class LatencyQuantile {

	/** So many calls are needed for an estimate. */
	static final int MIN_CALLS = 100;

	private static final double SHARE_ABOVE = 0.05;

	private static final double FIRST_STEP = 0.5;

	private static final double STEP = 0.05;

	private static final double MIN_NANOS = Duration.ofMillis(1).toNanos();

	private volatile double nanos = MIN_NANOS;

	private volatile int calls;

	/**
	 * A call was answered, or given up.
	 * @param took how long that took, in nanoseconds
	 */
	void record(long took) {
		int known = this.calls;
		double step = FIRST_STEP;
		if (known < MIN_CALLS) {
			this.calls = known + 1;
		}
		else {
			step = STEP;
		}
		double estimate = this.nanos;
		double moved = (took > estimate) ? estimate * (1 + step * (1 - SHARE_ABOVE))
				: estimate * (1 - step * SHARE_ABOVE);
		this.nanos = Math.max(MIN_NANOS, moved);
	}

	/**
	 * {@return the estimate in nanoseconds, at least 1 ms; {@link Long#MAX_VALUE} while
	 * too few calls are known}
	 */
	long nanos() {
		return (this.calls < MIN_CALLS) ? Long.MAX_VALUE : (long) this.nanos;
	}

}
