package io.harpc.transport;

/**
 * Runs the requests for one method. The transport learns how long it takes: a quick one
 * runs on the thread that read the request, a slow one on a thread of its own.
 * Thread-safe.
 */
public abstract class RequestHandler {

	/** A call that takes longer speaks for a thread of its own. */
	private static final long LONG_NANOS = 100_000;

	/**
	 * So many more long calls than short ones make a method slow, and the reverse quick.
	 */
	private static final int DECIDED = 8;

	/**
	 * Counts up for a long call and down for a short one, which follows the median. A
	 * mean would follow the few calls that had to wait for a processor, and send a quick
	 * method to threads of its own just when there are too many already. Races lose a
	 * count, which does no harm.
	 */
	private volatile int score;

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
		int before = this.score;
		int after = Math.max(0, Math.min(DECIDED, before + ((nanos > LONG_NANOS) ? 1 : -1)));
		if (after != before) {
			this.score = after;
			if (after == DECIDED) {
				this.slow = true;
			}
			else if (after == 0) {
				this.slow = false;
			}
		}
	}

}
