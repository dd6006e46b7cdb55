package io.harpc.server;

import java.time.Duration;

/**
 * How much a server remembers of calls that carry an idempotency key, to answer a second
 * try of one with the first one's answer. Once a bound is reached the oldest is
 * forgotten.
 *
 * @param maxEntries how many calls; those that run are kept in addition
 * @param maxBytes how many bytes, answers and keys together, approximately
 * @param timeToLive for how long
 */
public record ReplaySettings(int maxEntries, long maxBytes, Duration timeToLive) {

	public ReplaySettings {
		if (maxEntries < 0 || maxBytes < 0 || timeToLive.isNegative()) {
			throw new IllegalArgumentException("maxEntries: " + maxEntries + ", maxBytes: " + maxBytes
					+ ", timeToLive: " + timeToLive + " (expected: none negative)");
		}
	}

	/**
	 * Returns the defaults: 10,000 calls, 32 MiB, 10 minutes.
	 * @return the defaults
	 */
	public static ReplaySettings defaults() {
		return new ReplaySettings(10_000, 32L * 1024 * 1024, Duration.ofMinutes(10));
	}

}
