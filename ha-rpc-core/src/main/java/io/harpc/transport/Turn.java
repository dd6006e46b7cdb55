package io.harpc.transport;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * One thread's turn at reading a server's connection. While that thread runs a handler
 * the monitor may take the turn away and give the reading to another thread; the first
 * one then only finishes its call.
 */
final class Turn {

	private static final int READING = 0;

	private static final int HANDLING = 1;

	private static final int LOST = 2;

	private final AtomicInteger state = new AtomicInteger(READING);

	private final Thread thread = Thread.currentThread();

	private volatile long since;

	private volatile @Nullable ServerCall call;

	/** The thread goes into a handler. */
	void enter(ServerCall call, long now) {
		this.call = call;
		this.since = now;
		this.state.set(HANDLING);
	}

	/**
	 * The thread comes back from the handler.
	 * @return whether it still has its turn
	 */
	boolean leave() {
		return this.state.compareAndSet(HANDLING, READING);
	}

	/**
	 * {@return whether no call runs that this turn has begun, unless its connection holds
	 * it}
	 */
	boolean isQuiet() {
		return this.state.get() == READING;
	}

	boolean isHandling() {
		return this.state.get() == HANDLING;
	}

	/**
	 * {@return whether the calling thread is the one that reads, so that it will flush}
	 */
	boolean isMine() {
		return this.thread == Thread.currentThread() && this.state.get() != LOST;
	}

	/**
	 * Takes the turn away where a handler has been running for long. From then on the
	 * thread begins no other call, so that the one returned is the one it runs.
	 * @param now the time
	 * @param nanos how long is long
	 * @return the call that runs without a turn now, {@code null} if there is none
	 */
	@Nullable ServerCall takeFromLongRunning(long now, long nanos) {
		return (isHandling() && now - this.since > nanos && this.state.compareAndSet(HANDLING, LOST)) ? this.call
				: null;
	}

}
