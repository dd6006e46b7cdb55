package io.harpc.transport;

import java.io.IOException;
import java.io.InputStream;

/**
 * Waits a moment for bytes without blocking, because being woken costs more than an
 * answer takes. It gives way to everybody else who wants the processor: it yields at each
 * turn, stops where a yield takes long, does less of it while it does not pay, and never
 * spins on a machine with one processor. Used by one thread at a time.
 */
final class PoliteSpin {

	private static final boolean WORTHWHILE = Runtime.getRuntime().availableProcessors() > 1;

	private static final long MAX_NANOS = 50_000;

	/** A yield that takes longer has let another thread run. */
	private static final long CONTENDED_NANOS = 15_000;

	/** Few enough that a spin that would pay again is found out soon. */
	private static final int MAX_SKIPPED = 32;

	private int skip;

	private int skipNext = 1;

	/**
	 * Waits for bytes.
	 * @param in the stream
	 * @return {@code true} if there are some, {@code false} if the wait is better done by
	 * blocking
	 * @throws IOException if the stream is closed
	 */
	boolean await(InputStream in) throws IOException {
		if (!WORTHWHILE) {
			return false;
		}
		if (this.skip > 0) {
			this.skip--;
			return false;
		}
		long start = System.nanoTime();
		long now = start;
		while (now - start < MAX_NANOS) {
			if (in.available() > 0) {
				this.skipNext = 1;
				return true;
			}
			long before = now;
			Thread.yield();
			now = System.nanoTime();
			if (now - before > CONTENDED_NANOS) {
				break;
			}
		}
		this.skip = this.skipNext;
		this.skipNext = Math.min(MAX_SKIPPED, this.skipNext * 2);
		return false;
	}

}
