package io.harpc.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

import io.harpc.Deadline;
import io.harpc.protocol.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A request that waits for its answer. Completed once, by who has taken it out of the
 * {@link CallTable}: the thread that reads the answer, the watchdog at the deadline, the
 * end of the connection.
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

	/** Whether the waiting thread is blocked, or about to be. */
	private volatile boolean parks;

	private final long deadlineNanos;

	/**
	 * Until when its thread waits, or when who listens is to hear that it is late; the
	 * deadline if that is all that matters. Changed by the watchdog alone.
	 */
	private long patientUntilNanos;

	/** The thread that is parked, or reads; {@code null} for an asynchronous call. */
	private final @Nullable Thread waiter;

	private final boolean mayRead;

	/**
	 * A {@link Frame} or a {@link TransportException} once it has ended; before that the
	 * {@link Callback} that is to hear of it, if any.
	 */
	private volatile @Nullable Object result;

	/** Where in the stream of bytes the request ends, zero until it is appended. */
	private volatile long endOffset;

	private PendingCall(long id, long deadlineNanos, long patientUntilNanos, @Nullable Thread waiter,
			@Nullable Callback callback) {
		this.id = id;
		this.deadlineNanos = deadlineNanos;
		this.patientUntilNanos = patientUntilNanos;
		this.waiter = waiter;
		this.mayRead = waiter != null && !VirtualThreads.isVirtual(waiter);
		this.result = callback;
	}

	/** A call of the calling thread. */
	static PendingCall blocking(long id, Deadline deadline) {
		return blocking(id, deadline, deadline.nanoTime());
	}

	/** A call of the calling thread, which may go on before it ends. */
	static PendingCall blocking(long id, Deadline deadline, long patientUntilNanos) {
		return new PendingCall(id, deadline.nanoTime(), patientUntilNanos, Thread.currentThread(), null);
	}

	static PendingCall asynchronous(long id, Deadline deadline, long patientUntilNanos, Callback callback) {
		return new PendingCall(id, deadline.nanoTime(), patientUntilNanos, null, callback);
	}

	/** The same call, nobody waiting for it any more, and nobody listening yet. */
	PendingCall late() {
		PendingCall late = new PendingCall(this.id, this.deadlineNanos, this.deadlineNanos, null, null);
		late.endOffset = this.endOffset;
		return late;
	}

	long id() {
		return this.id;
	}

	long deadlineNanos() {
		return this.deadlineNanos;
	}

	long patientUntilNanos() {
		return this.patientUntilNanos;
	}

	/**
	 * {@return whether its thread has something better to do than to wait, the deadline
	 * being another matter}
	 */
	boolean isLate() {
		return this.patientUntilNanos != this.deadlineNanos && System.nanoTime() - this.patientUntilNanos >= 0;
	}

	/**
	 * {@return whether the waiting thread may take over the reading of the connection}
	 */
	boolean mayRead() {
		return this.mayRead;
	}

	boolean isDone() {
		return isOutcome(this.result);
	}

	private static boolean isOutcome(@Nullable Object result) {
		return result != null && !(result instanceof Callback);
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

	/** Ends the call, unless it has ended. */
	void complete(Object outcome) {
		Object before = this.result;
		while (!isOutcome(before)) {
			if (RESULT.compareAndSet(this, before, outcome)) {
				if (before instanceof Callback callback) {
					callback.tell(outcome);
				}
				else if (this.parks) {
					LockSupport.unpark(this.waiter);
				}
				return;
			}
			before = this.result;
		}
	}

	/** Has what comes of a {@link #late()} call told, be it there or still to come. */
	void listen(Callback callback) {
		if (!RESULT.compareAndSet(this, null, callback)) {
			callback.tell(Objects.requireNonNull(this.result));
		}
	}

	/**
	 * Blocks the calling thread, which is the one that waits, until the call is done or
	 * it is {@link #wake() woken}.
	 */
	void park(Object blocker) {
		this.parks = true;
		if (!isDone()) {
			LockSupport.park(blocker);
		}
		this.parks = false;
	}

	/** Wakes the waiting thread to look whether it should read, or go on. */
	void wake() {
		LockSupport.unpark(this.waiter);
	}

	/**
	 * Patience is over: its thread looks whether it goes on, or who listens is told,
	 * once.
	 */
	void outOfPatience(Runnable cancellation) {
		if (this.waiter != null) {
			wake();
			return;
		}
		this.patientUntilNanos = this.deadlineNanos;
		if (this.result instanceof Callback callback) {
			callback.tellLate(cancellation);
		}
	}

	Response response() throws TransportException {
		Object outcome = this.result;
		if (outcome instanceof Frame frame) {
			return new Response(frame);
		}
		throw (TransportException) Objects.requireNonNull(outcome);
	}

}
