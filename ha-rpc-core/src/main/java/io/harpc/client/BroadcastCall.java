package io.harpc.client;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Makes a call on every instance that does not drain, at the same time, each as a call of
 * its own that may be tried again at its instance; and is the future of them all.
 */
final class BroadcastCall extends CompletableFuture<@Nullable Object> {

	private static final CompletableFuture<Void> COMPLETED = CompletableFuture.completedFuture(null);

	private final CallSequence whole;

	private final @Nullable Broadcast broadcast = Broadcast.current();

	private volatile List<Part> parts = List.of();

	BroadcastCall(CallSequence whole) {
		this.whole = whole;
	}

	/**
	 * Begins the call.
	 * @param instancesKnown completed when there is a first view of the instances
	 * @return this future
	 */
	BroadcastCall start(CompletableFuture<Void> instancesKnown) {
		AsyncCall.whenKnown(this.whole, instancesKnown, this::callAll);
		return this;
	}

	/**
	 * Makes the call, and waits for the end.
	 * @param instancesKnown completed when there is a first view of the instances
	 * @return what the method returned at the first instance
	 * @throws Throwable what the caller gets thrown
	 */
	@Nullable Object run(CompletableFuture<Void> instancesKnown) throws Throwable {
		start(instancesKnown);
		this.whole.timing().await(this, () -> giveUp("The calling thread was interrupted."));
		Throwable failure = this.whole.failure();
		if (failure != null && (this.broadcast == null || this.parts.isEmpty())) {
			// It was made by whoever came last, whose stack says nothing to the caller
			throw failure.fillInStackTrace();
		}
		return (failure != null) ? this.whole.method().nothing() : this.whole.result();
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		boolean cancelled = super.cancel(mayInterruptIfRunning);
		if (cancelled) {
			giveUp(AsyncCall.GIVEN_UP);
		}
		return cancelled;
	}

	/** The parts end before long. */
	private void giveUp(String reason) {
		this.parts.forEach((part) -> part.call().giveUp(reason));
	}

	private void callAll() {
		if (isDone()) {
			this.whole.giveUp(AsyncCall.GIVEN_UP);
			return;
		}
		Reference reference = this.whole.method().reference();
		List<Part> all = reference.instances()
			.states()
			.filter((instance) -> !instance.isDraining())
			.map((instance) -> new Part(instance, this.whole.partFor(instance)))
			.toList();
		if (all.isEmpty()) {
			this.whole.giveUp(reference.describeNoInstance(reference.instances().snapshot()));
		}
		this.parts = all;
		all.forEach((part) -> part.call().start(COMPLETED));
		CompletableFuture.allOf(all.stream().map(Part::call).toArray(CompletableFuture<?>[]::new))
			.whenComplete((nothing, failure) -> finish(all));
	}

	private void finish(List<Part> all) {
		if (this.broadcast != null) {
			this.broadcast.take(all.stream().map(Part::result).toList());
		}
		List<CallSequence> failed = all.stream()
			.map(Part::sequence)
			.filter((sequence) -> sequence.failure() != null)
			.toList();
		if (!failed.isEmpty()) {
			this.whole.fail(failed, all.size());
		}
		else if (!all.isEmpty()) {
			this.whole.succeed(all.get(0).sequence().result());
		}
		Throwable failure = this.whole.failure();
		if (failure != null) {
			completeExceptionally(failure);
		}
		else {
			complete(this.whole.result());
		}
	}

	/**
	 * One instance's share.
	 *
	 * @param instance the instance
	 * @param sequence the call as it is made there
	 * @param call drives it
	 */
	private record Part(InstanceState instance, CallSequence sequence, AsyncCall call) {

		Part(InstanceState instance, CallSequence sequence) {
			this(instance, sequence, new AsyncCall(sequence));
		}

		Broadcast.Result<?> result() {
			return new Broadcast.Result<>(this.instance.instance().address(), this.sequence.result(),
					this.sequence.failure());
		}

	}

}
