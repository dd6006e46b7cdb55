package io.harpc.transport;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that wait for an answer. Who takes a call out of it is the
 * one who ends that call. Thread-safe.
 */
final class CallTable {

	private final ConcurrentHashMap<Long, PendingCall> calls = new ConcurrentHashMap<>();

	private final AtomicInteger size = new AtomicInteger();

	/** How many cannot read for themselves. */
	private final AtomicInteger readFor = new AtomicInteger();

	/** Adds a call; what is counted never is less than what can be seen. */
	void add(PendingCall call) {
		this.size.incrementAndGet();
		if (!call.mayRead()) {
			this.readFor.incrementAndGet();
		}
		this.calls.put(call.id(), call);
	}

	/**
	 * Takes a call out.
	 * @return {@code false} if it is not here: another thread has done so, or has put
	 * another in its place
	 */
	boolean remove(PendingCall call) {
		boolean removed = this.calls.remove(call.id(), call);
		if (removed) {
			removed(call);
		}
		return removed;
	}

	/**
	 * Takes out the call with an id.
	 * @return the call, {@code null} if there is none
	 */
	@Nullable PendingCall take(long id) {
		PendingCall call = this.calls.remove(id);
		if (call != null) {
			removed(call);
		}
		return call;
	}

	private void removed(PendingCall call) {
		this.size.decrementAndGet();
		if (!call.mayRead()) {
			this.readFor.decrementAndGet();
		}
	}

	/**
	 * Has a call go on without its thread.
	 * @return the call that is here in its place, {@code null} if it was not here any
	 * more: then another thread is about to end it
	 */
	@Nullable PendingCall makeLate(PendingCall call) {
		PendingCall late = call.late();
		this.readFor.incrementAndGet();
		boolean replaced = this.calls.replace(call.id(), call, late);
		if (!replaced || !call.mayRead()) {
			this.readFor.decrementAndGet();
		}
		return replaced ? late : null;
	}

	Collection<PendingCall> all() {
		return this.calls.values();
	}

	int size() {
		return this.size.get();
	}

	/**
	 * {@return whether a virtual thread or an asynchronous call waits, for which somebody
	 * else has to read}
	 */
	boolean needReader() {
		return this.readFor.get() > 0;
	}

	/**
	 * Finds a thread that can take the reading: one whose request is on its way, because
	 * any other may still have to wait for room to send, and would not read meanwhile.
	 * @return its call, {@code null} if there is none
	 */
	@Nullable PendingCall possibleReader() {
		for (PendingCall call : this.calls.values()) {
			if (call.mayRead() && call.isAppended() && !call.isDone()) {
				return call;
			}
		}
		return null;
	}

}
