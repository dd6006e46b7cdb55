package io.harpc.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

import io.harpc.transport.Response;
import io.harpc.transport.TransportException;
import org.jspecify.annotations.Nullable;

/**
 * Drives a call without ever blocking, and is the future that the caller gets. Cancelling
 * it cancels the attempt under way, or keeps the next from being made. Completed on a
 * thread of the transport's or of the timer's.
 */
final class AsyncCall extends CompletableFuture<@Nullable Object> {

	private final CallSequence call;

	private final Timing timing;

	private volatile @Nullable Flight flight;

	AsyncCall(CallSequence call, Timing timing) {
		this.call = call;
		this.timing = timing;
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
		this.timing.schedule(first, this.call.deadline().nanoTime() - this.timing.nanoTime());
		// Not on the registry's thread, which has other things to do than to encode
		// requests
		instancesKnown.thenRun(() -> this.timing.schedule(first, 0));
		return this;
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		Flight current = this.flight;
		if (cancelled && current != null) {
			current.cancel();
		}
		return cancelled;
	}

	private void attempt() {
		if (isDone()) {
			this.call.abandon("The caller gave up.");
		}
		else if (this.call.begin()) {
			Flight next = new Flight();
			this.flight = next;
			next.send();
			return;
		}
		finish();
	}

	private void next(long pause) {
		if (pause == CallSequence.ENDED) {
			finish();
		}
		else if (pause == 0) {
			attempt();
		}
		else {
			this.timing.schedule(this::attempt, pause);
		}
	}

	private void finish() {
		Throwable failure = this.call.failure();
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(this.call.result());
		}
	}

	/** One attempt under way. */
	private final class Flight implements BiConsumer<@Nullable Response, @Nullable TransportException> {

		private volatile @Nullable Runnable cancellation;

		void send() {
			this.cancellation = AsyncCall.this.call.sendAsync(this);
			if (isCancelled()) {
				cancel();
			}
		}

		void cancel() {
			Runnable how = this.cancellation;
			if (how != null) {
				how.run();
			}
		}

		@Override
		public void accept(@Nullable Response response, @Nullable TransportException ex) {
			if (response != null) {
				next(AsyncCall.this.call.answered(response));
			}
			else if (ex != null) {
				next(AsyncCall.this.call.failed(ex));
			}
		}

	}

}
