package io.harpc.failback;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where calls that are delivered later are kept, how many, and how long. Immutable.
 *
 * @param directory where the journal is; no other process's. Made if it is not there
 * @param expiry how long a call is kept before it is given up, more than zero
 * @param maxEntries how many calls may wait, at least 1; more are refused
 * @param maxBytes how many bytes their arguments may take together, at least 1
 * @param minBackoff the pause after a first failure, more than zero; doubled after each
 * further one
 * @param maxBackoff the longest pause, at least as long as the shortest
 */
public record FailbackSettings(Path directory, Duration expiry, int maxEntries, long maxBytes, Duration minBackoff,
		Duration maxBackoff) {

	private static final Duration MAX_EXPIRY = Duration.ofDays(365);

	public FailbackSettings {
		checkDuration("expiry", expiry, MAX_EXPIRY);
		checkDuration("min-backoff", minBackoff, maxBackoff);
		checkDuration("max-backoff", maxBackoff, Duration.ofHours(24));
		if (maxEntries < 1) {
			throw new IllegalArgumentException("max-entries: " + maxEntries + " (expected: at least 1)");
		}
		if (maxBytes < 1) {
			throw new IllegalArgumentException("max-size: " + maxBytes + " (expected: at least 1)");
		}
	}

	/**
	 * Returns the defaults: 24 h, 10,000 calls, 64 MiB, pauses from 1 s to 1 min.
	 * @param directory where the journal is
	 * @return the settings
	 */
	public static FailbackSettings of(Path directory) {
		return new FailbackSettings(directory, Duration.ofHours(24), 10_000, 64L * 1024 * 1024, Duration.ofSeconds(1),
				Duration.ofMinutes(1));
	}

	private static void checkDuration(String name, Duration value, Duration max) {
		if (value.isNegative() || value.isZero() || value.compareTo(max) > 0) {
			throw new IllegalArgumentException(
					name + ": " + value + " (expected: more than zero, at most " + max + ")");
		}
	}

}
