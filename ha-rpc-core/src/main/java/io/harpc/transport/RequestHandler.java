package io.harpc.transport;

/**
 * Runs the requests for one method. The transport learns how long it takes: a quick one
 * runs on the thread that read the request, a slow one on a thread of its own.
 * Thread-safe.
 */
public abstract class RequestHandler {

	/** Above this a method gets a thread of its own at once. */
	private static final long SLOW_NANOS = 100_000;

	/** Below this it goes back to the reading thread. */
	private static final long QUICK_NANOS = 50_000;

	/** The recent time as a moving average; races lose a sample, which does no harm. */
	private volatile long recentNanos;

	private volatile boolean slow;

	/**
	 * Runs one request and answers it, now or later, exactly once. What it throws is
	 * answered as an internal error.
	 * @param request the request
	 * @param answer takes the answer
	 */
	protected abstract void handle(Request request, Answer answer);

	final boolean isSlow() {
		return this.slow;
	}

	final void took(long nanos) {
		long before = this.recentNanos;
		// One outlier of a quick method, a pause of the collector say, must not move it.
		long after = before + (Math.min(nanos, before + 10 * SLOW_NANOS) - before) / 8;
		this.recentNanos = after;
		if (after > SLOW_NANOS) {
			this.slow = true;
		}
		else if (after < QUICK_NANOS) {
			this.slow = false;
		}
	}

}
