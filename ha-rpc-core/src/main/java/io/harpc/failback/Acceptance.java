package io.harpc.failback;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call on its way into the journal. Completed when it is on disk, or refused; either
 * the journal takes it or its caller withdraws it, not both.
 */
final class Acceptance extends CompletableFuture<Void> {

	private final FailbackCall call;

	private final AtomicBoolean decided = new AtomicBoolean();

	/** Set and read by the journal's thread, once taken. */
	private long id;

	Acceptance(FailbackCall call) {
		this.call = call;
	}

	/**
	 * {@return whether it may be written}
	 */
	boolean take() {
		return this.decided.compareAndSet(false, true);
	}

	/**
	 * {@return whether it certainly will not be written}
	 */
	boolean withdraw() {
		return this.decided.compareAndSet(false, true);
	}

	FailbackCall call() {
		return this.call;
	}

	long id() {
		return this.id;
	}

	void setId(long id) {
		this.id = id;
	}

}
