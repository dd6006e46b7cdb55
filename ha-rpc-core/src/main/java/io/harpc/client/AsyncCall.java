package io.harpc.client;

import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import io.harpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Drives a call without ever blocking, and is the future that the caller gets. Cancelling
 * it cancels the attempts under way, or keeps the next from being made. Completed on a
 * thread of the transport's or of the timer's. Also takes over from a caller that was to
 * wait, when more than one attempt is to be under way.
 */
final class AsyncCall extends CompletableFuture<@Nullable Object> implements Flight.Listener {

	static final String GIVEN_UP = "The caller gave up.";

	/** Guarded by the lock, for answers, pauses and the caller come from all sides. */
	private final CallSequence call;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock. */
	private boolean finished;

	AsyncCall(CallSequence call) {
		this.call = call;
	}

	/**
	 * Begins the call.
	 * @param instancesKnown completed when there is a first view of the instances
	 * @return this future
	 */
	AsyncCall start(CompletableFuture<Void> instancesKnown) {
		whenKnown(this.call, instancesKnown, this::attempt);
		return this;
	}

	/**
	 * Begins a call when its instances are known, or its deadline has passed.
	 * @param call the call
	 * @param instancesKnown completed when there is a first view of the instances
	 * @param begin makes the first attempt
	 */
	static void whenKnown(CallSequence call, CompletableFuture<Void> instancesKnown, Runnable begin) {
		if (instancesKnown.isDone()) {
			begin.run();
			return;
		}
		AtomicBoolean started = new AtomicBoolean();
		Runnable first = () -> {
			if (started.compareAndSet(false, true)) {
				begin.run();
			}
		};
		Timing timing = call.timing();
		timing.schedule(first, call.deadline().nanoTime() - timing.nanoTime());
		// Not on the registry's thread, which has other things to do than to encode
		// requests
		instancesKnown.thenRun(() -> timing.schedule(first, 0));
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled) {
			giveUp(GIVEN_UP);
		}
		return cancelled;
	}

	/**
	 * Makes no further attempt, and cancels those under way; they land before long.
	 * @param reason why, for a person to read
	 */
	void giveUp(String reason) {
		List<Flight> underWay;
		this.lock.lock();
		try {
			underWay = this.call.giveUp(reason);
		}
		finally {
			this.lock.unlock();
		}
		underWay.forEach((flight) -> flight.cancel(reason));
		finish();
	}

	@Override
	public void overdue(Flight flight) {
		Flight another;
		this.lock.lock();
		try {
			another = this.call.overdue(flight);
		}
		finally {
			this.lock.unlock();
		}
		if (another != null) {
			another.sendAsync(this);
		}
	}

	@Override
	public void landed(Flight flight) {
		long pause;
		this.lock.lock();
		try {
			pause = this.call.landed(flight);
		}
		finally {
			this.lock.unlock();
		}
		if (pause == 0) {
			attempt();
		}
		else if (pause > 0) {
			this.call.timing().schedule(this::attempt, pause);
		}
		else {
			finish();
		}
	}

	private void attempt() {
		if (isDone()) {
			giveUp(GIVEN_UP);
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
			flight.sendAsync(this);
		}
		else {
			finish();
		}
	}

	/** Once the call has ended, those that still fly are in vain. */
	private void finish() {
		List<Flight> losers;
		this.lock.lock();
		try {
			if (!this.call.isOver() || this.finished) {
				return;
			}
			this.finished = true;
			losers = this.call.underWay();
		}
		finally {
			this.lock.unlock();
		}
		losers.forEach((flight) -> flight.cancel("no answer when another instance gave one"));
		Throwable failure = this.call.failure();
		if (failure == null) {
			complete(this.call.result());
		}
		else if (failure instanceof RpcException ex && !isDone() && this.call.method().descriptor().isAsync()) {
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
