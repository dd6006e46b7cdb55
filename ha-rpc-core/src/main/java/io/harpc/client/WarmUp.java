package io.harpc.client;

import java.time.Duration;

/**
 * How an instance that is new, restarted or back after failures comes to its full share
 * of calls: from a tenth of it, evenly over 30 s, so that its code gets compiled, its
 * caches filled and its connections made by few callers. Envoy calls it slow start.
 * Thread-safe.
 */
final class WarmUp {

	private static final double LEAST = 0.1;

	private static final double NANOS = Duration.ofSeconds(30).toNanos();

	private volatile boolean warm;

	private volatile long begunAt;

	WarmUp(long now, boolean warm) {
		this.begunAt = now;
		this.warm = warm;
	}

	/** Begins, again or for the first time. */
	void begin(long now) {
		this.begunAt = now;
		this.warm = false;
	}

	/**
	 * {@return the share, from 0.1 to 1}
	 */
	double share(long now) {
		if (this.warm) {
			return 1;
		}
		double share = LEAST + (1 - LEAST) * Math.max(0, now - this.begunAt) / NANOS;
		if (share >= 1) {
			this.warm = true;
			return 1;
		}
		return share;
	}

}
