package io.harpc.transport;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Has as many threads as are wanted, but for a while none, as a process that has reached
 * a limit of the system.
 */
final class Starving extends ThreadPoolExecutor {

	/** How many tasks get none. */
	final AtomicInteger missing = new AtomicInteger();

	Starving() {
		super(0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>(),
				TransportFixture.daemons("transport-worker"));
	}

	@Override
	public void execute(Runnable task) {
		if (this.missing.getAndDecrement() > 0) {
			throw new OutOfMemoryError("unable to create native thread: possibly out of memory or process limits");
		}
		super.execute(task);
	}

}
