package io.harpc.transport;

import java.util.Map;

import io.harpc.Identity;
import io.harpc.protocol.Status;
import org.jspecify.annotations.Nullable;

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

	private final UsualTime usualTime = new UsualTime();

	/**
	 * A request has come. Called first, on the thread that reads, so it must not block.
	 * @param caller who sent it, {@code null} if the other end has not proven who it is
	 * @param peer the other end's address
	 * @param headers what the caller sent along
	 * @throws RefusedException if the caller may not
	 */
	protected void authorize(@Nullable Identity caller, String peer, Map<String, String> headers)
			throws RefusedException {
	}

	/**
	 * An authorized request has come: the last chance to refuse it before anything of it
	 * is decoded. Called on the thread that reads, so it must not block. Unless it
	 * throws, {@link #leave()} is called once.
	 * @throws RefusedException if the request is not to be run now
	 */
	protected void enter() throws RefusedException {
	}

	/** A request that had entered is answered, or has been dropped. On any thread. */
	protected void leave() {
	}

	/**
	 * A request is refused without having been run. On any thread.
	 * @param status what its caller is told
	 * @param headers what the caller sent along
	 */
	protected void refused(Status status, Map<String, String> headers) {
	}

	/**
	 * Runs one request and answers it, now or later, exactly once. What it throws is
	 * answered as an internal error.
	 * @param request the request
	 * @param answer takes the answer
	 */
	protected abstract void handle(Request request, Answer answer);

	/**
	 * How long a request takes while next to nothing else runs.
	 * @return nanoseconds, zero before the first one
	 */
	protected final long usualNanos() {
		return this.usualTime.nanos();
	}

	final UsualTime usualTime() {
		return this.usualTime;
	}

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
