package io.harpc.client;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * Time as calls see it: the seam through which tests bring their own.
 */
interface Timing extends AutoCloseable {

	/**
	 * {@return a value of the clock that deadlines are measured on}
	 */
	long nanoTime();

	/**
	 * {@return the time by the calendar, in milliseconds since 1970}
	 */
	long currentMillis();

	/**
	 * Pauses the calling thread.
	 * @param nanos how long
	 * @throws InterruptedException if interrupted, with the flag cleared
	 */
	void sleep(long nanos) throws InterruptedException;

	/**
	 * Blocks the calling thread until a future is done.
	 * @param future ends in time by itself, and never exceptionally
	 * @throws InterruptedException if interrupted, with the flag cleared
	 */
	void await(CompletableFuture<?> future) throws InterruptedException;

	/**
	 * Blocks the calling thread until a call is over, whatever came of it. A thread that
	 * is interrupted meanwhile gives it up, and keeps its flag.
	 * @param call ends in time by itself
	 * @param giveUp has it end before long
	 */
	default void await(CompletableFuture<?> call, Runnable giveUp) {
		CompletableFuture<?> over = call.handle((result, failure) -> null);
		try {
			await(over);
		}
		catch (InterruptedException ex) {
			giveUp.run();
			over.join();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Runs a task later, on a thread that must not be blocked.
	 * @param task what to run, exactly once; early if this is closed before
	 * @param nanos in how long
	 */
	void schedule(Runnable task, long nanos);

	@Override
	void close();

	/**
	 * Returns the time of this process.
	 * @param threads makes the one thread that runs scheduled tasks
	 * @return the time
	 */
	static Timing system(ThreadFactory threads) {
		return new SystemTiming(threads);
	}

	/** The clock and the timer of this process. Starts its thread with the first task. */
	final class SystemTiming implements Timing {

		private final ScheduledThreadPoolExecutor timer;

		/** What has to run though the timer is shut down: a call waits for it. */
		private final Set<Runnable> pending = ConcurrentHashMap.newKeySet();

		private SystemTiming(ThreadFactory threads) {
			this.timer = new ScheduledThreadPoolExecutor(1, threads);
		}

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public long currentMillis() {
			return System.currentTimeMillis();
		}

		@Override
		public void sleep(long nanos) throws InterruptedException {
			TimeUnit.NANOSECONDS.sleep(nanos);
		}

		@Override
		public void await(CompletableFuture<?> future) throws InterruptedException {
			try {
				future.get();
			}
			catch (ExecutionException ex) {
				throw new IllegalArgumentException("future that failed (expected: none)", ex);
			}
		}

		@Override
		public void schedule(Runnable task, long nanos) {
			this.pending.add(task);
			try {
				this.timer.schedule(() -> runOnce(task), nanos, TimeUnit.NANOSECONDS);
			}
			catch (RejectedExecutionException closed) {
				runOnce(task);
			}
		}

		@Override
		public void close() {
			this.timer.shutdownNow();
			this.pending.forEach(this::runOnce);
		}

		private void runOnce(Runnable task) {
			if (this.pending.remove(task)) {
				task.run();
			}
		}

	}

}
