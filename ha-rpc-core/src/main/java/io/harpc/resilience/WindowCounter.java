package io.harpc.resilience;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what happened in the last ten seconds, to a second. Thread-safe without locks;
 * counting is one atomic addition.
 */
final class WindowCounter {

	/** The length of the window. */
	static final int SECONDS = 10;

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private static final int COUNT_BITS = 32;

	/**
	 * In the upper half of each the second that it counts for, in the lower the count.
	 */
	private final AtomicLongArray slots = new AtomicLongArray(SECONDS);

	private final long start;

	/**
	 * Creates the counter.
	 * @param now a time that none passed later lies before by more than the window
	 */
	WindowCounter(long now) {
		this.start = now - SECONDS * SECOND;
	}

	void add(long now) {
		long second = second(now);
		int index = (int) (second % SECONDS);
		for (;;) {
			long slot = this.slots.get(index);
			if (slot >>> COUNT_BITS >= second) {
				this.slots.getAndIncrement(index);
				return;
			}
			if (this.slots.compareAndSet(index, slot, (second << COUNT_BITS) + 1)) {
				return;
			}
		}
	}

	/** Takes back what was added at a time, unless that is forgotten. */
	void remove(long now) {
		long second = second(now);
		int index = (int) (second % SECONDS);
		for (;;) {
			long slot = this.slots.get(index);
			if (slot >>> COUNT_BITS != second || (int) slot == 0 || this.slots.compareAndSet(index, slot, slot - 1)) {
				return;
			}
		}
	}

	int sum(long now) {
		long oldest = second(now) - SECONDS + 1;
		int sum = 0;
		for (int i = 0; i < SECONDS; i++) {
			long slot = this.slots.get(i);
			if (slot >>> COUNT_BITS >= oldest) {
				sum += (int) slot;
			}
		}
		return sum;
	}

	/** Forgets everything. */
	void clear() {
		for (int i = 0; i < SECONDS; i++) {
			this.slots.set(i, 0);
		}
	}

	private long second(long now) {
		return Math.max(0, now - this.start) / SECOND;
	}

}
