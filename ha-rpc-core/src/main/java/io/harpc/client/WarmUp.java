package io.harpc.client;

import java.time.Duration;

/**
 * How an instance that is new, restarted or back after failures comes to its full share
 * of calls: from a tenth of it, evenly over some time, so that its code gets compiled,
 * its caches filled and its connections made by few callers. Envoy calls it slow start.
 * Thread-safe.
 */
final class WarmUp {

	private static final double LEAST = 0.1;

	private final double nanos;

	private volatile long begunAt;

	/**
	 * Creates the warm-up.
	 * @param duration how long it takes
	 * @param now the time
	 * @param warm whether it is over, rather than about to begin
	 */
	WarmUp(Duration duration, long now, boolean warm) {
		this.nanos = duration.toNanos();
		this.begunAt = warm ? now - duration.toNanos() : now;
	}

	/** Begins, again or for the first time. */
	void begin(long now) {
		this.begunAt = now;
	}

	/**
	 * {@return the share, from 0.1 to 1}
	 */
	double share(long now) {
		long elapsed = Math.max(0, now - this.begunAt);
		return (elapsed >= this.nanos) ? 1 : LEAST + (1 - LEAST) * elapsed / this.nanos;
	}

}
