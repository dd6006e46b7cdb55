package io.harpc.benchmarks.around;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import io.harpc.registry.Instances;
import io.harpc.registry.InstancesListener;

/** The view that a client has of a service, and when it came. Thread-safe. */
final class Watched implements InstancesListener {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private int size = -1;

	private long since;

	@Override
	public void update(Instances instances) {
		this.lock.lock();
		try {
			this.size = instances.isKnown() ? instances.list().size() : -1;
			this.since = System.nanoTime();
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits until the view has so many instances.
	 * @param expected how many
	 * @param timeoutNanos how long to wait
	 * @return the {@link System#nanoTime()} at which it came to have them
	 * @throws InterruptedException if the wait is interrupted
	 * @throws TimeoutException if it does not come to have them
	 */
	long await(int expected, long timeoutNanos) throws InterruptedException, TimeoutException {
		long left = timeoutNanos;
		this.lock.lock();
		try {
			while (this.size != expected) {
				if (left <= 0) {
					throw new TimeoutException(this.size + " instances (expected: " + expected + ")");
				}
				left = this.changed.awaitNanos(left);
			}
			return this.since;
		}
		finally {
			this.lock.unlock();
		}
	}

}
