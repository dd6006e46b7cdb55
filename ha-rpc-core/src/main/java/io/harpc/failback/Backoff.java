package io.harpc.failback;

import java.time.Duration;
import java.util.function.IntUnaryOperator;

/**
 * Pauses that double from one failure to the next, give or take a fifth.
 *
 * @param min after the first failure
 * @param max the longest
 * @param random returns a number from zero to below its argument
 */
record Backoff(Duration min, Duration max, IntUnaryOperator random) {

	private static final int MAX_DOUBLINGS = 30;

	/**
	 * {@return the pause in nanoseconds after so many failures in a row}
	 */
	long nanos(int failures) {
		long doubled = this.min.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
		long millis = Math.max(1, Math.min(doubled, this.max.toMillis()));
		int fifth = (int) (millis / 5);
		return Duration.ofMillis(millis - fifth + this.random.applyAsInt(2 * fifth + 1)).toNanos();
	}

}
