package io.harpc.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * What happens, in order, and the time, which passes only from one event to the next.
 */
final class Events {

	/** So that no time is the zero that means "never". */
	private static final long START = 1_000_000_000_000L;

	private final PriorityQueue<Event> queue = new PriorityQueue<>(
			Comparator.comparingLong(Event::nanos).thenComparingLong(Event::number));

	private long now = START;

	private long number;

	long nanoTime() {
		return this.now;
	}

	double seconds() {
		return (this.now - START) / 1e9;
	}

	void in(double seconds, Runnable action) {
		this.queue.add(new Event(this.now + (long) (seconds * 1e9), this.number++, action));
	}

	void runUntil(double seconds) {
		long end = START + (long) (seconds * 1e9);
		while (!this.queue.isEmpty() && this.queue.peek().nanos() <= end) {
			Event event = this.queue.remove();
			this.now = event.nanos();
			event.action().run();
		}
	}

	/**
	 * {@return the same time as a clock of Java's}
	 */
	Clock clock() {
		return new Clock() {

			@Override
			public Instant instant() {
				return Instant.ofEpochSecond(0, nanoTime());
			}

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				throw new UnsupportedOperationException();
			}

		};
	}

	private record Event(long nanos, long number, Runnable action) {

	}

}
