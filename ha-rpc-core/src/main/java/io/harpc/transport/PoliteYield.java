package io.harpc.transport;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Gives way a few times to the threads that are about to hand over an answer, because
 * parking and being woken costs both sides more than that. Where no answer comes of it,
 * or a yield takes so long that somebody else must have wanted the processor, it lets
 * callers block at once for a while. Thread-safe; races lose a count, which does no harm.
 */
final class PoliteYield {

	/** Fewer block too often; more take the processor from the one who reads. */
	private static final int TURNS = 4;

	/** The callers of one process, taking turns, take less. */
	private static final long CONTENDED_NANOS = 1_000_000;

	private static final int MAX_SKIPPED = 256;

	private final AtomicReference<@Nullable Thread> reader;

	private final Runnable yielding;

	private final LongSupplier clock;

	private volatile int skip;

	private volatile int skipNext = 1;

	/**
	 * Creates one for the callers of one connection.
	 * @param reader holds the thread that reads; without one there is nothing to wait for
	 */
	PoliteYield(AtomicReference<@Nullable Thread> reader) {
		this(reader, Thread::yield, System::nanoTime);
	}

	PoliteYield(AtomicReference<@Nullable Thread> reader, Runnable yielding, LongSupplier clock) {
		this.reader = reader;
		this.yielding = yielding;
		this.clock = clock;
	}

	/**
	 * Waits for the end of a call that another thread reads for.
	 * @param call the call
	 * @return {@code true} if it is done, {@code false} if the wait is better done by
	 * blocking
	 */
	boolean await(PendingCall call) {
		int skipped = this.skip;
		if (skipped > 0) {
			this.skip = skipped - 1;
			return false;
		}
		if (isWorthwhile(call)) {
			this.skipNext = Math.max(1, this.skipNext / 2);
		}
		else {
			this.skip = this.skipNext;
			this.skipNext = Math.min(MAX_SKIPPED, this.skipNext * 2);
		}
		return call.isDone();
	}

	private boolean isWorthwhile(PendingCall call) {
		long before = this.clock.getAsLong();
		for (int turn = 0; turn < TURNS && !call.isDone() && this.reader.get() != null; turn++) {
			this.yielding.run();
			long now = this.clock.getAsLong();
			if (now - before > CONTENDED_NANOS) {
				return false;
			}
			before = now;
		}
		return call.isDone() || this.reader.get() == null;
	}

}
