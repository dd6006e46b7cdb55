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
	 * The call that has been running for long.
	 * @param now the time
	 * @param nanos how long is long
	 * @return the call, {@code null} if there is none
	 */
	@Nullable ServerCall longRunning(long now, long nanos) {
		return (isHandling() && now - this.since > nanos) ? this.call : null;
	}

	/**
	 * Takes the turn away, unless its thread has come back, perhaps to handle another
	 * call.
	 * @param running the call that was seen running for long
	 * @return whether the reading is free now
	 */
	boolean takeFrom(ServerCall running) {
		return this.call == running && this.state.compareAndSet(HANDLING, LOST);
	}

}
