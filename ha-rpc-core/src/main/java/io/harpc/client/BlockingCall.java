package io.harpc.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

/**
 * Drives a call on the calling thread, platform or virtual, which waits. The interrupt
 * flag of a thread that is interrupted meanwhile is set when the call returns.
 */
final class BlockingCall {

	private final CallSequence call;

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
			this.call.giveUp("The calling thread was interrupted while it waited for an attempt.");
		}
		Throwable failure = this.call.failure();
		if (failure != null) {
			throw failure;
		}
		return this.call.result();
	}

	private void attempt() throws InterruptedException {
		for (Flight flight = this.call.begin(); flight != null; flight = this.call.begin()) {
			flight.send();
			long pause = this.call.landed(flight);
			if (pause > 0) {
				this.call.timing().sleep(pause);
			}
		}
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
