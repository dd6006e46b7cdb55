package io.harpc.resilience;

import java.time.Duration;

/**
 * When an instance is an outlier and gets no calls for a while.
 *
 * @param enabled whether instances are ejected at all
 * @param consecutiveFailures how many failures in a row are enough
 * @param failureRatio which share of the recent calls is enough, more than 0 to 1
 * @param minCalls how many recent calls there must be before their share of failures
 * counts
 * @param interval what is recent
 * @param baseDuration for how long the first time; doubled each time that it happens
 * again
 * @param maxDuration the longest
 * @param maxEjectedRatio which share of a service's instances may be ejected at once, 0
 * to 1
 */
public record EjectionSettings(boolean enabled, int consecutiveFailures, double failureRatio, int minCalls,
		Duration interval, Duration baseDuration, Duration maxDuration, double maxEjectedRatio) {

	public EjectionSettings {
		check(consecutiveFailures >= 1, "consecutive-failures", consecutiveFailures, ">= 1");
		check(failureRatio > 0 && failureRatio <= 1, "failure-ratio", failureRatio, "more than 0, at most 1");
		check(minCalls >= 1, "min-calls", minCalls, ">= 1");
		check(interval.compareTo(Duration.ofSeconds(1)) >= 0, "interval", interval, "at least 1 s");
		check(!baseDuration.isNegative() && !baseDuration.isZero(), "base-duration", baseDuration, "more than 0");
		check(maxDuration.compareTo(baseDuration) >= 0, "max-duration", maxDuration, "at least base-duration");
		check(maxDuration.compareTo(Duration.ofHours(24)) <= 0, "max-duration", maxDuration, "at most 24 h");
		check(maxEjectedRatio >= 0 && maxEjectedRatio <= 1, "max-ejected-ratio", maxEjectedRatio, "0 to 1");
	}

	/**
	 * Returns the defaults: five failures in a row, or half of at least 20 calls in ten
	 * seconds; for 5 s, doubled up to 300 s; at most half of the instances.
	 * @return the defaults
	 */
	public static EjectionSettings defaults() {
		return new EjectionSettings(true, 5, 0.5, 20, Duration.ofSeconds(10), Duration.ofSeconds(5),
				Duration.ofSeconds(300), 0.5);
	}

	private static void check(boolean valid, String name, Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException("ejection " + name + ": " + value + " (expected: " + expected + ")");
		}
	}

}
