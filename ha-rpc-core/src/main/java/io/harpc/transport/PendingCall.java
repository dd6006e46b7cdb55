package io.harpc.transport;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

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

	private final @Nullable Executor executor;

	private final @Nullable BiConsumer<@Nullable Response, @Nullable TransportException> callback;

	/** A {@link Frame} or a {@link TransportException} once it has ended. */
	private volatile @Nullable Object result;

	/** Where in the stream of bytes the request ends, zero until it is appended. */
	private volatile long endOffset;

	private PendingCall(long id, long deadlineNanos, @Nullable Thread waiter, @Nullable Executor executor,
			@Nullable BiConsumer<@Nullable Response, @Nullable TransportException> callback) {
		this.id = id;
		this.deadlineNanos = deadlineNanos;
		this.waiter = waiter;
		this.mayRead = waiter != null && !VirtualThreads.isVirtual(waiter);
		this.executor = executor;
		this.callback = callback;
	}

	static PendingCall blocking(long id, long deadlineNanos) {
		return new PendingCall(id, deadlineNanos, Thread.currentThread(), null, null);
	}

	static PendingCall asynchronous(long id, long deadlineNanos, Executor executor,
			BiConsumer<@Nullable Response, @Nullable TransportException> callback) {
		return new PendingCall(id, deadlineNanos, null, executor, callback);
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

	boolean complete(Object outcome) {
		if (this.result != null || !RESULT.compareAndSet(this, null, outcome)) {
			return false;
		}
		if (this.callback != null) {
			Objects.requireNonNull(this.executor).execute(this::callBack);
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

	private void callBack() {
		BiConsumer<@Nullable Response, @Nullable TransportException> receiver = Objects.requireNonNull(this.callback);
		if (this.result instanceof Frame frame) {
			receiver.accept(new Response(frame), null);
		}
		else {
			receiver.accept(null, (TransportException) this.result);
		}
	}

}
