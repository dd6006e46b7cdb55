package io.harpc.client;

import java.time.Duration;

/**
 * How fast and how well an instance answers, as Finagle's peak EWMA: an average that
 * follows a rise at once and falls back with time, also while nothing is measured. Beside
 * it the failures of late, decaying the same way.
 * <p>
 * For some time after an instance has appeared or come back its latency is not believed
 * (the blackout period of gRPC A58): a process that has just started takes a hundred
 * times as long for its first calls, and would get no further ones for a minute.
 * <p>
 * Thread-safe without locks: two updates at once may lose one of them, which an average
 * can bear.
 */
final class PeakEwma {

	private static final double TAU_NANOS = Duration.ofSeconds(10).toNanos();

	private static final long BLACKOUT_NANOS = Duration.ofSeconds(10).toNanos();

	private static final long UNKNOWN_NANOS = Duration.ofMillis(500).toNanos();

	/** Below this a failure is forgotten, so that it costs no exponential any more. */
	private static final double FORGOTTEN = 0.01;

	private volatile double nanos;

	private volatile long nanosAt;

	private volatile long believedFrom;

	private volatile double failures;

	private volatile long failuresAt;

	PeakEwma(long now) {
		reset(now);
	}

	/** Forgets everything: the instance has just come, or come back. */
	void reset(long now) {
		this.believedFrom = now + BLACKOUT_NANOS;
		this.nanos = 0;
		this.failures = 0;
	}

	/**
	 * Learns from an answer.
	 * @param now the time
	 * @param measured how long the answer took
	 */
	void observe(long now, long measured) {
		if (!isBelieved(now)) {
			return;
		}
		double average = this.nanos;
		double kept = decay(now - this.nanosAt);
		this.nanos = (measured > average) ? measured : average * kept + measured * (1 - kept);
		this.nanosAt = now;
	}

	/**
	 * Learns from an answer that may have been quick only because it was a failure: a
	 * short time is not believed, a long one is.
	 * @param now the time
	 * @param measured how long the answer took
	 */
	void observePeak(long now, long measured) {
		if (measured > latencyNanos(now)) {
			observe(now, measured);
		}
	}

	void failed(long now) {
		this.failures = recentFailures(now) + 1;
		this.failuresAt = now;
	}

	/**
	 * {@return whether an instance has been here for long enough to be measured}
	 */
	boolean isBelieved(long now) {
		return now - this.believedFrom >= 0;
	}

	/**
	 * {@return how long the instance usually takes, which time alone does not make less;
	 * while nothing is known, what a process may take that has just started}
	 */
	long usualNanos() {
		double average = this.nanos;
		return (average > 0) ? (long) average : UNKNOWN_NANOS;
	}

	double latencyNanos(long now) {
		double average = this.nanos;
		return (average > 0) ? average * decay(now - this.nanosAt) : 0;
	}

	double recentFailures(long now) {
		double count = this.failures;
		if (count == 0) {
			return 0;
		}
		double left = count * decay(now - this.failuresAt);
		if (left < FORGOTTEN) {
			this.failures = 0;
		}
		return left;
	}

	private static double decay(long elapsed) {
		return Math.exp(-Math.max(elapsed, 0) / TAU_NANOS);
	}

}
