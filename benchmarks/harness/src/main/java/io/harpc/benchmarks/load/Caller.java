package io.harpc.benchmarks.load;

import java.util.concurrent.CountDownLatch;

import io.harpc.benchmarks.load.Load.Window;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.UserCalls;
import org.HdrHistogram.IntCountsHistogram;
import org.jspecify.annotations.Nullable;

/** One thread that calls. What it counts may be read after {@link #join}. */
final class Caller implements Runnable {

	/** Answer times are told apart from 100 ns to a minute, to 1 in 100. */
	private static final long FINEST_NANOS = 100;

	private static final long LONGEST_NANOS = 60_000_000_000L;

	private final RunningClient client;

	private final Operation operation;

	private final Window window;

	private final CountDownLatch ready;

	private final CountDownLatch done = new CountDownLatch(1);

	private final IntCountsHistogram answered = histogram();

	private long failed;

	private @Nullable Exception failure;

	private @Nullable Exception firstFailedCall;

	Caller(RunningClient client, Operation operation, Window window, CountDownLatch ready) {
		this.client = client;
		this.operation = operation;
		this.window = window;
		this.ready = ready;
	}

	static IntCountsHistogram histogram() {
		return new IntCountsHistogram(FINEST_NANOS, LONGEST_NANOS, 2);
	}

	@Override
	public void run() {
		try (UserCalls calls = this.client.forCaller()) {
			this.ready.countDown();
			this.window.awaitOpening();
			callUntilTheEnd(calls);
		}
		catch (Exception ex) {
			this.failure = ex;
		}
		finally {
			this.ready.countDown();
			this.done.countDown();
		}
	}

	private void callUntilTheEnd(UserCalls calls) {
		long before = System.nanoTime();
		for (long sequence = 0; !this.window.isOver(before); sequence++) {
			boolean right = call(calls, sequence);
			long after = System.nanoTime();
			if (this.window.contains(after)) {
				count(right, after - before);
			}
			before = after;
		}
	}

	private boolean call(UserCalls calls, long sequence) {
		try {
			return this.operation.call(calls, sequence);
		}
		catch (Exception ex) {
			if (this.firstFailedCall == null) {
				this.firstFailedCall = ex;
			}
			return false;
		}
	}

	private void count(boolean right, long nanos) {
		if (right) {
			this.answered.recordValue(Math.min(nanos, LONGEST_NANOS));
		}
		else {
			this.failed++;
		}
	}

	/**
	 * Waits for the end.
	 * @throws Exception if it could not begin
	 */
	void join() throws Exception {
		this.done.await();
		if (this.failure != null) {
			throw this.failure;
		}
	}

	IntCountsHistogram answered() {
		return this.answered;
	}

	long failed() {
		return this.failed;
	}

	@Nullable Exception firstFailedCall() {
		return this.firstFailedCall;
	}

}
