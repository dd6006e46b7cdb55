package io.harpc.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A timer whose time passes only when it is told to. */
final class ManualTimer extends ScheduledThreadPoolExecutor {

	private final List<Task> tasks = new ArrayList<>();

	private long nanos;

	ManualTimer() {
		super(1);
		setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	long nanoTime() {
		return this.nanos;
	}

	void pass(long millis) {
		long end = this.nanos + TimeUnit.MILLISECONDS.toNanos(millis);
		while (true) {
			Task next = this.tasks.stream()
				.filter((task) -> task.at <= end)
				.min((a, b) -> Long.compare(a.at, b.at))
				.orElse(null);
			if (next == null) {
				this.nanos = end;
				return;
			}
			this.nanos = Math.max(this.nanos, next.at);
			this.tasks.remove(next);
			if (next.every > 0) {
				this.tasks.add(new Task(next.action, this.nanos + next.every, next.every));
			}
			next.action.run();
		}
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
		this.tasks.add(new Task(command, this.nanos + unit.toNanos(delay), 0));
		return super.schedule(() -> {
		}, 1, TimeUnit.DAYS);
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long initial, long delay, TimeUnit unit) {
		this.tasks.add(new Task(command, this.nanos + unit.toNanos(initial), unit.toNanos(delay)));
		return super.schedule(() -> {
		}, 1, TimeUnit.DAYS);
	}

	private record Task(Runnable action, long at, long every) {
	}

}
