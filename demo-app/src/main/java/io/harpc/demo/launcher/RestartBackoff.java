package io.harpc.demo.launcher;

import java.time.Duration;

/**
 * How long to wait before a process that ended is started again: at first briefly, and
 * twice as long each time it ends soon after a start, up to a limit. Not thread-safe.
 */
final class RestartBackoff {

	private final Settings settings;

	private Duration next;

	RestartBackoff(Settings settings) {
		this.settings = settings;
		this.next = settings.initial();
	}

	/**
	 * Returns the time to wait now.
	 * @param lived how long the process ran
	 * @return the time
	 */
	Duration after(Duration lived) {
		if (lived.compareTo(this.settings.stableAfter()) >= 0) {
			this.next = this.settings.initial();
		}
		Duration now = this.next;
		Duration doubled = now.multipliedBy(2);
		this.next = (doubled.compareTo(this.settings.max()) < 0) ? doubled : this.settings.max();
		return now;
	}

	/**
	 * The times.
	 *
	 * @param initial the first wait
	 * @param max the longest wait
	 * @param stableAfter how long a process must run for the waits to begin anew
	 */
	record Settings(Duration initial, Duration max, Duration stableAfter) {

		Settings {
			if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
				throw new IllegalArgumentException(
						"initial: " + initial + ", max: " + max + " (expected: 0 < initial <= max)");
			}
		}

	}

}
