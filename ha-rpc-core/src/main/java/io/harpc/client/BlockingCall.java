package io.harpc.client;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * Drives a call on the calling thread, platform or virtual, which waits. The interrupt
 * flag of a thread that is interrupted meanwhile is set when the call returns. Where an
 * attempt takes long and another is to be made beside it, an {@link AsyncCall} takes
 * over, and the thread waits for that.
 */
final class BlockingCall implements Flight.Listener {

	private static final String INTERRUPTED = "The calling thread was interrupted while it waited for an attempt.";

	private final CallSequence call;

	/** Set by the calling thread before anything can be told of a flight. */
	private @Nullable AsyncCall successor;

	BlockingCall(CallSequence call) {
		this.call = call;
	}

	/**
	 * Makes the call.
	 * @param instancesKnown completed when there is a first view of the instances
	 * @return what the method returned
	 * @throws Throwable what the caller gets thrown
	 */
	@Nullable Object run(CompletableFuture<Void> instancesKnown) throws Throwable {
		try {
			if (!instancesKnown.isDone()) {
				await(instancesKnown);
			}
			attempt();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.call.giveUp(INTERRUPTED);
		}
		Throwable failure = this.call.failure();
		if (failure != null) {
			throw failure;
		}
		return this.call.result();
	}

	private void attempt() throws InterruptedException {
		for (Flight flight = this.call.begin(); flight != null; flight = this.call.begin()) {
			if (!flight.send(this)) {
				awaitSuccessor(flight);
				return;
			}
			long pause = this.call.landed(flight);
			if (pause > 0) {
				this.call.timing().sleep(pause);
			}
		}
	}

	@Override
	public void overdue(Flight flight) {
		this.successor = new AsyncCall(this.call);
	}

	@Override
	public void landed(Flight flight) {
		successor().landed(flight);
	}

	private void awaitSuccessor(Flight late) {
		AsyncCall successor = successor();
		successor.overdue(late);
		this.call.timing().await(successor, () -> successor.giveUp(INTERRUPTED));
		Throwable failure = this.call.failure();
		if (failure != null) {
			// It was made by whoever came last, whose stack says nothing to the caller
			failure.fillInStackTrace();
		}
	}

	private AsyncCall successor() {
		return Objects.requireNonNull(this.successor);
	}

	private void await(CompletableFuture<Void> instancesKnown) throws InterruptedException {
		try {
			instancesKnown.get(this.call.deadline().nanoTime() - this.call.timing().nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			// The first attempt finds the deadline passed, and says so
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("never completed exceptionally", ex);
		}
	}

}
