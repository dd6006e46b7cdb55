package io.harpc.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The one thread of a client that minds the time: deadlines of waiting calls, heartbeats,
 * reconnecting. It looks at everything every few milliseconds while calls wait, and now
 * and then while none do, so that no call needs a timer of its own.
 */
final class Watchdog {

	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

	private static final long DOZE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/** How long after the last call it goes on looking often. */
	private static final long AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final Set<Channel> channels = ConcurrentHashMap.newKeySet();

	private final Thread thread;

	private volatile boolean dozing;

	private volatile boolean stopped;

	Watchdog(ThreadFactory threads) {
		this.thread = threads.newThread(this::run);
		this.thread.start();
	}

	void watch(Channel channel) {
		this.channels.add(channel);
		wake();
	}

	void forget(Channel channel) {
		this.channels.remove(channel);
	}

	/** Called for each call, after it can be seen in its connection's table. */
	void callBegins() {
		if (this.dozing) {
			wake();
		}
	}

	void wake() {
		this.dozing = false;
		LockSupport.unpark(this.thread);
	}

	void stop() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

	private void run() {
		long busyUntil = System.nanoTime();
		while (!this.stopped) {
			long now = System.nanoTime();
			if (lookAtAll(now)) {
				busyUntil = now + AWAKE_NANOS;
			}
			if (now - busyUntil < 0) {
				LockSupport.parkNanos(this, TICK_NANOS);
				continue;
			}
			this.dozing = true;
			// A call that began before it could see that nobody is awake is seen here.
			if (!lookAtAll(System.nanoTime()) && this.dozing) {
				LockSupport.parkNanos(this, DOZE_NANOS);
			}
			this.dozing = false;
		}
	}

	private boolean lookAtAll(long now) {
		boolean busy = false;
		for (Channel channel : this.channels) {
			busy |= channel.tick(now);
		}
		return busy;
	}

}
