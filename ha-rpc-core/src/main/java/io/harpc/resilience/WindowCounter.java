package io.harpc.resilience;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what happened of late, to a tenth of that time. Thread-safe without locks;
 * counting is one atomic addition.
 */
final class WindowCounter {

	private static final int SLOTS = 10;

	private static final int COUNT_BITS = 32;

	/**
	 * In the upper half of each the turn that it counts for, in the lower the count.
	 */
	private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

	private final long slotNanos;

	private final long start;

	/**
	 * Creates the counter.
	 * @param window what is of late
	 * @param now a time that none passed later lies before by more than the window
	 */
	WindowCounter(Duration window, long now) {
		this.slotNanos = window.toNanos() / SLOTS;
		this.start = now - window.toNanos();
	}

	void add(long now) {
		long turn = turn(now);
		int index = (int) (turn % SLOTS);
		for (;;) {
			long slot = this.slots.get(index);
			if (slot >>> COUNT_BITS >= turn) {
				this.slots.getAndIncrement(index);
				return;
			}
			if (this.slots.compareAndSet(index, slot, (turn << COUNT_BITS) + 1)) {
				return;
			}
		}
	}

	/** Takes back what was added at a time, unless that is forgotten. */
	void remove(long now) {
		long turn = turn(now);
		int index = (int) (turn % SLOTS);
		for (;;) {
			long slot = this.slots.get(index);
			if (slot >>> COUNT_BITS != turn || (int) slot == 0 || this.slots.compareAndSet(index, slot, slot - 1)) {
				return;
			}
		}
	}

	int sum(long now) {
		long oldest = turn(now) - SLOTS + 1;
		int sum = 0;
		for (int i = 0; i < SLOTS; i++) {
			long slot = this.slots.get(i);
			if (slot >>> COUNT_BITS >= oldest) {
				sum += (int) slot;
			}
		}
		return sum;
	}

	/** Forgets everything. */
	void clear() {
		for (int i = 0; i < SLOTS; i++) {
			this.slots.set(i, 0);
		}
	}

	private long turn(long now) {
		return Math.max(0, now - this.start) / this.slotNanos;
	}

}
