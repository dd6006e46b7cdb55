package io.harpc.client;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import io.harpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Drives a call without ever blocking, and is the future that the caller gets. Cancelling
 * it cancels the attempt under way, or keeps the next from being made. Completed on a
 * thread of the transport's or of the timer's.
 */
final class AsyncCall extends CompletableFuture<@Nullable Object> {

	private static final String GIVEN_UP = "The caller gave up.";

	/** Guarded by the lock, for answers, pauses and the caller come from all sides. */
	private final CallSequence call;

	private final ReentrantLock lock = new ReentrantLock();

	AsyncCall(CallSequence call) {
		this.call = call;
	}

	/**
	 * Begins the call.
	 * @param instancesKnown completed when there is a first view of the instances
	 * @return this future
	 */
	AsyncCall start(CompletableFuture<Void> instancesKnown) {
		if (instancesKnown.isDone()) {
			attempt();
			return this;
		}
		AtomicBoolean started = new AtomicBoolean();
		Runnable first = () -> {
			if (started.compareAndSet(false, true)) {
				attempt();
			}
		};
		Timing timing = this.call.timing();
		timing.schedule(first, this.call.deadline().nanoTime() - timing.nanoTime());
		// Not on the registry's thread, which has other things to do than to encode
		// requests
		instancesKnown.thenRun(() -> timing.schedule(first, 0));
		return this;
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled) {
			giveUp();
		}
		return cancelled;
	}

	private void giveUp() {
		Flight underWay;
		this.lock.lock();
		try {
			underWay = this.call.giveUp(GIVEN_UP);
		}
		finally {
			this.lock.unlock();
		}
		if (underWay != null) {
			underWay.cancel();
		}
	}

	private void attempt() {
		if (isDone()) {
			giveUp();
			return;
		}
		Flight flight;
		this.lock.lock();
		try {
			flight = this.call.begin();
		}
		finally {
			this.lock.unlock();
		}
		if (flight != null) {
			flight.send(() -> landed(flight));
		}
		else {
			finish();
		}
	}

	private void landed(Flight flight) {
		long pause;
		this.lock.lock();
		try {
			pause = this.call.landed(flight);
		}
		finally {
			this.lock.unlock();
		}
		if (pause == CallSequence.NONE) {
			finish();
		}
		else if (pause == 0) {
			attempt();
		}
		else {
			this.call.timing().schedule(this::attempt, pause);
		}
	}

	private void finish() {
		Throwable failure = this.call.failure();
		if (failure == null) {
			complete(this.call.result());
		}
		else if (failure instanceof RpcException ex && !isDone()) {
			answerInstead(ex);
		}
		else {
			completeExceptionally(failure);
		}
	}

	private void answerInstead(RpcException failure) {
		try {
			Object answer = this.call.method()
				.reference()
				.answerInstead(this.call.method(), this.call.arguments(), failure);
			if (answer instanceof CompletionStage<?> stage) {
				stage.whenComplete((value, thrown) -> finish(value, thrown, failure));
			}
			else {
				complete(answer);
			}
		}
		catch (InvocationTargetException ex) {
			completeExceptionally(ex.getTargetException());
		}
		catch (RpcException ex) {
			completeExceptionally(ex);
		}
	}

	private void finish(@Nullable Object value, @Nullable Throwable thrown, RpcException failure) {
		if (thrown == null) {
			complete(value);
			return;
		}
		// A stage after the one that failed has it wrapped
		Throwable cause = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		cause.addSuppressed(failure);
		completeExceptionally(cause);
	}

}
