package io.harpc.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Time that passes only when a test says so, or when a call pauses.
 */
final class FakeTiming implements Timing {

	private long now;

	private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::at));

	/** All pauses between attempts, of blocking and asynchronous calls. */
	final List<Duration> pauses = new ArrayList<>();

	boolean interruptNextSleep;

	/** Deadlines are made on the real clock, so this begins with it. */
	FakeTiming() {
		this(System.nanoTime());
	}

	FakeTiming(long start) {
		this.now = start;
	}

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public long currentMillis() {
		return 1_800_000_000_000L + this.now / 1_000_000;
	}

	@Override
	public void sleep(long nanos) throws InterruptedException {
		if (this.interruptNextSleep) {
			throw new InterruptedException();
		}
		this.pauses.add(Duration.ofNanos(nanos));
		this.now += nanos;
	}

	/** Lets time pass, which brings what the caller waits for. */
	@Override
	public void await(CompletableFuture<?> future) throws InterruptedException {
		while (!future.isDone() && runNext()) {
			if (this.interruptNextSleep) {
				throw new InterruptedException();
			}
		}
		assertThat(future).as("what a caller waits for").isDone();
	}

	@Override
	public void schedule(Runnable task, long nanos) {
		this.pauses.add(Duration.ofNanos(nanos));
		this.tasks.add(new Task(this.now + nanos, task));
	}

	@Override
	public void close() {
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().task().run();
		}
	}

	/** The same time, for those who want a clock. */
	Clock clock() {
		return new Clock() {

			@Override
			public Instant instant() {
				return Instant.EPOCH.plusNanos(FakeTiming.this.now);
			}

			@Override
			public ZoneId getZone() {
				return ZoneOffset.UTC;
			}

			@Override
			public Clock withZone(ZoneId zone) {
				return this;
			}

		};
	}

	void advance(Duration duration) {
		this.now += duration.toNanos();
	}

	/** Has something happen that nobody has scheduled, such as an answer that comes. */
	void at(long nanoTime, Runnable event) {
		this.tasks.add(new Task(nanoTime, event));
	}

	/** Lets time pass until the next scheduled task, and runs it. */
	boolean runNext() {
		Task next = this.tasks.poll();
		if (next == null) {
			return false;
		}
		this.now = Math.max(this.now, next.at());
		next.task().run();
		return true;
	}

	private record Task(long at, Runnable task) {

	}

}
