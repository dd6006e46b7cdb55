package io.harpc.transport;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that minds the time for everybody, so that no call needs a timer of its own:
 * it looks at everything in short steps while something is going on, and now and then
 * while nothing is.
 */
final class Ticker {

	private static final Logger logger = LoggerFactory.getLogger(Ticker.class);

	private static final long DOZE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/** How long after the last activity it goes on looking often. */
	private static final long AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final long stepNanos;

	private final LongPredicate look;

	private final Thread thread;

	private volatile boolean dozing;

	private volatile boolean stopped;

	/**
	 * Creates a ticker; its thread begins with {@link #start()}.
	 * @param threads makes its thread
	 * @param step the pause between two looks while something is going on
	 * @param unit the unit of the pause
	 * @param look takes the time and says whether something is going on
	 */
	Ticker(ThreadFactory threads, long step, TimeUnit unit, LongPredicate look) {
		this.stepNanos = unit.toNanos(step);
		this.look = look;
		this.thread = threads.newThread(this::run);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Something has begun that {@code look} can see by now. Costs a read unless the
	 * thread is dozing.
	 */
	void begins() {
		if (this.dozing) {
			this.dozing = false;
			LockSupport.unpark(this.thread);
		}
	}

	void stop() {
		this.stopped = true;
		LockSupport.unpark(this.thread);
	}

	private void run() {
		long awakeUntil = System.nanoTime();
		while (!this.stopped) {
			long now = System.nanoTime();
			if (look(now)) {
				awakeUntil = now + AWAKE_NANOS;
			}
			if (now - awakeUntil < 0) {
				LockSupport.parkNanos(this, this.stepNanos);
				continue;
			}
			this.dozing = true;
			// What began before it could know that nobody is awake is seen by this look.
			if (!look(System.nanoTime()) && this.dozing) {
				LockSupport.parkNanos(this, DOZE_NANOS);
			}
			this.dozing = false;
		}
	}

	/** Without this thread no deadline holds: it outlives whatever it comes across. */
	private boolean look(long now) {
		try {
			return this.look.test(now);
		}
		catch (RuntimeException | Error ex) {
			logger.error("The thread that minds deadlines came across what it should not", ex);
			return false;
		}
	}

}
