package io.harpc.client;

import java.time.Duration;

/**
 * How fast and how well an instance answers. Like Finagle's peak EWMA it follows a rise
 * at once and falls back with time, also while nothing is measured, so that an instance
 * that was slow is asked again. Unlike Finagle's it forgets a rise within seconds unless
 * further answers confirm it: one slow call, a garbage collection for example, would
 * otherwise keep calls away for half a minute, from an instance that is as good as the
 * others (the scenario "one of three stops for half a second" in
 * {@code docs/load-balancing.md}). So two things are kept: the peak, which decays
 * quickly, and beneath it the geometric mean, in which a few answers in a row count
 * little and an outlier hardly more.
 * <p>
 * Beside them the failures of late. An answer that is an exception is none, but who
 * throws more often than the others must not win for being quick: the time it took is no
 * measure, and the part of such answers counts as up to ten failures. Where the callers
 * are to blame, that is so with all instances alike.
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

	private static final double PEAK_TAU_NANOS = Duration.ofSeconds(1).toNanos();

	private static final long BLACKOUT_NANOS = Duration.ofSeconds(10).toNanos();

	private static final long UNKNOWN_NANOS = Duration.ofMillis(500).toNanos();

	/** Below this a failure is forgotten, so that it costs no exponential any more. */
	private static final double FORGOTTEN = 0.01;

	private static final double FAILURES_OF_WHO_ALWAYS_THROWS = 10;

	/** The logarithm of the geometric mean in nanoseconds; zero if nothing is known. */
	private volatile double mean;

	/** The logarithm of the peak. */
	private volatile double peak;

	/** Which part of the answers were exceptions. */
	private volatile double thrown;

	private volatile long answeredAt;

	private volatile long believedFrom;

	private volatile double failures;

	private volatile long failuresAt;

	PeakEwma(long now) {
		reset(now);
	}

	/** Forgets everything: the instance has just come, or come back. */
	void reset(long now) {
		this.believedFrom = now + BLACKOUT_NANOS;
		this.answeredAt = now;
		this.mean = 0;
		this.peak = 0;
		this.thrown = 0;
		this.failures = 0;
	}

	/**
	 * Learns from an answer.
	 * @param now the time
	 * @param measured how long the answer took
	 */
	void observe(long now, long measured) {
		if (isBelieved(now)) {
			double nanos = Math.log(Math.max(measured, 2));
			double before = this.mean;
			double kept = answered(now, nanos);
			this.mean = (before != 0) ? before * kept + nanos * (1 - kept) : nanos;
			this.thrown *= kept;
		}
	}

	/**
	 * Learns from an answer that may have been quick only because it was a failure: a
	 * short time is not believed, a long one is.
	 * @param now the time
	 * @param measured how long the answer took
	 */
	void observePeak(long now, long measured) {
		if (isBelieved(now)) {
			double kept = answered(now, Math.log(Math.max(measured, 2)));
			this.thrown = this.thrown * kept + 1 - kept;
		}
	}

	/**
	 * {@return what is left of an average since the last answer}
	 */
	private double answered(long now, double nanos) {
		double elapsed = Math.max(now - this.answeredAt, 0);
		this.peak = Math.max(this.peak - elapsed / PEAK_TAU_NANOS, nanos);
		this.answeredAt = now;
		return Math.exp(-elapsed / TAU_NANOS);
	}

	/** Forgets the failures, because something better than time has shown them past. */
	void forgive() {
		this.failures = 0;
	}

	/**
	 * {@return whether there was an answer since a time, as far as answers are believed}
	 */
	boolean hasAnsweredSince(long time) {
		return this.mean != 0 && this.answeredAt - time >= 0;
	}

	void failed(long now) {
		this.failures = decayedFailures(now) + 1;
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
		double known = this.mean;
		return (known != 0) ? (long) Math.exp(known) : UNKNOWN_NANOS;
	}

	double latencyNanos(long now) {
		double known = this.mean;
		if (known == 0) {
			return 0;
		}
		double elapsed = Math.max(now - this.answeredAt, 0);
		return Math.exp(Math.max(known - elapsed / TAU_NANOS, this.peak - elapsed / PEAK_TAU_NANOS));
	}

	double recentFailures(long now) {
		double part = this.thrown;
		double suspicion = (part > FORGOTTEN)
				? part * Math.exp(-Math.max(now - this.answeredAt, 0) / TAU_NANOS) * FAILURES_OF_WHO_ALWAYS_THROWS : 0;
		return suspicion + decayedFailures(now);
	}

	private double decayedFailures(long now) {
		double count = this.failures;
		if (count == 0) {
			return 0;
		}
		double left = count * Math.exp(-Math.max(now - this.failuresAt, 0) / TAU_NANOS);
		if (left < FORGOTTEN) {
			this.failures = 0;
		}
		return left;
	}

}
