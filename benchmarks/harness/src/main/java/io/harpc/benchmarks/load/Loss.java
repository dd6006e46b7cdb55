package io.harpc.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * Has a number of threads call without a pause, kills one of the servers meanwhile, and
 * counts the calls that notice: those that fail, and those that take long.
 */
public final class Loss {

	private static final long BEFORE_MILLIS = 4000;

	private static final long AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

	/** Many times what a call takes, and what a person begins to notice. */
	private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private final RunningClient client;

	private final ProcessHandle victim;

	/** Before the kill there is none; it says when it was. */
	private volatile boolean killed;

	private volatile long killedAt;

	/**
	 * Prepares a loss.
	 * @param client calls all servers
	 * @param victim the process of one of them
	 */
	public Loss(RunningClient client, ProcessHandle victim) {
		this.client = client;
		this.victim = victim;
	}

	/**
	 * Makes the calls and kills the server.
	 * @param callers how many threads call
	 * @return what became of the calls that ended after the kill
	 * @throws Exception if the server cannot be killed
	 */
	public LossResult run(int callers) throws Exception {
		List<Noticing> all = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < callers; i++) {
			Noticing noticing = new Noticing(this.client.forCaller());
			all.add(noticing);
			threads.add(new Thread(noticing, "caller"));
		}
		threads.forEach(Thread::start);
		TimeUnit.MILLISECONDS.sleep(BEFORE_MILLIS);
		this.killedAt = System.nanoTime();
		this.killed = true;
		if (!this.victim.destroyForcibly()) {
			throw new IllegalStateException("process " + this.victim.pid() + " (expected: running)");
		}
		LossResult sum = LossResult.NONE;
		for (int i = 0; i < callers; i++) {
			threads.get(i).join();
			sum = sum.plus(all.get(i).result);
		}
		return sum;
	}

	/** One thread that calls. */
	private final class Noticing implements Runnable {

		/**
		 * A caller whose calls fail at once must not keep the processor from the others.
		 */
		private static final long PAUSE_NANOS = 1_000_000;

		private final UserCalls calls;

		private LossResult result = LossResult.NONE;

		private Noticing(UserCalls calls) {
			this.calls = calls;
		}

		@Override
		public void run() {
			long before = System.nanoTime();
			for (long sequence = 0; !isOver(before); sequence++) {
				boolean right = call(sequence);
				long after = System.nanoTime();
				if (Loss.this.killed && after - Loss.this.killedAt > 0) {
					count(right, after - before, after - Loss.this.killedAt);
				}
				if (!right) {
					LockSupport.parkNanos(PAUSE_NANOS);
				}
				before = System.nanoTime();
			}
		}

		private boolean isOver(long now) {
			return Loss.this.killed && now - Loss.this.killedAt > AFTER_NANOS;
		}

		private boolean call(long sequence) {
			try {
				return Operation.GET_USER.call(this.calls, sequence);
			}
			catch (Exception ex) {
				return false;
			}
		}

		private void count(boolean right, long took, long sinceKill) {
			boolean slow = took > LONG_NANOS;
			this.result = this.result.plus(
					new LossResult(1, right ? 0 : 1, right ? 0 : sinceKill, slow ? 1 : 0, slow ? sinceKill : 0, took));
		}

	}

}
