package io.harpc.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import io.harpc.Deadline;
import io.harpc.protocol.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its answer. Completed once, by whoever comes first: the thread
 * that reads the answer, the watchdog at the deadline, the end of the connection.
 */
final class PendingCall {

	private static final VarHandle RESULT;

	static {
		try {
			RESULT = MethodHandles.lookup().findVarHandle(PendingCall.class, "result", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final long id;

	private final long deadlineNanos;

	/** The thread that is parked, or reads; {@code null} for an asynchronous call. */
	private final @Nullable Thread waiter;

	private final boolean mayRead;

	private final @Nullable Callback callback;

	/** A {@link Frame} or a {@link TransportException} once it has ended. */
	private volatile @Nullable Object result;

	/** Where in the stream of bytes the request ends, zero until it is appended. */
	private volatile long endOffset;

	private PendingCall(long id, Deadline deadline, @Nullable Thread waiter, @Nullable Callback callback) {
		this.id = id;
		this.deadlineNanos = deadline.nanoTime();
		this.waiter = waiter;
		this.mayRead = waiter != null && !VirtualThreads.isVirtual(waiter);
		this.callback = callback;
	}

	static PendingCall blocking(long id, Deadline deadline) {
		return new PendingCall(id, deadline, Thread.currentThread(), null);
	}

	static PendingCall asynchronous(long id, Deadline deadline, Callback callback) {
		return new PendingCall(id, deadline, null, callback);
	}

	long id() {
		return this.id;
	}

	long deadlineNanos() {
		return this.deadlineNanos;
	}

	/**
	 * {@return whether the waiting thread may take over the reading of the connection}
	 */
	boolean mayRead() {
		return this.mayRead;
	}

	boolean isDone() {
		return this.result != null;
	}

	void endsAt(long offset) {
		this.endOffset = offset;
	}

	long endOffset() {
		return this.endOffset;
	}

	/**
	 * {@return whether the request is queued, from when on the peer may come to see it}
	 */
	boolean isAppended() {
		return this.endOffset != 0;
	}

	boolean complete(Object outcome) {
		if (this.result != null || !RESULT.compareAndSet(this, null, outcome)) {
			return false;
		}
		if (this.callback != null) {
			this.callback.tell(outcome);
		}
		else if (this.waiter != Thread.currentThread()) {
			LockSupport.unpark(this.waiter);
		}
		return true;
	}

	/** Wakes the waiting thread to look whether it should read. */
	void wake() {
		LockSupport.unpark(this.waiter);
	}

	Response response() throws TransportException {
		Object outcome = this.result;
		if (outcome instanceof Frame frame) {
			return new Response(frame);
		}
		throw (TransportException) Objects.requireNonNull(outcome);
	}

}
