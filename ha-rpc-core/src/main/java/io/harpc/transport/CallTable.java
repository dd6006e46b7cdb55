package io.harpc.transport;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that wait for an answer. Who takes a call out of it is the
 * one who ends that call. Thread-safe.
 * <p>
 * A call has a slot by its id, which takes no memory but the slot itself; or, where an
 * older call still has that, an entry in a map.
 */
final class CallTable {

	private static final int SLOTS = 64;

	private final AtomicReferenceArray<@Nullable PendingCall> slots = new AtomicReferenceArray<>(SLOTS);

	private final ConcurrentHashMap<Long, PendingCall> others = new ConcurrentHashMap<>();

	private final AtomicInteger size = new AtomicInteger();

	/** How many cannot read for themselves. */
	private final AtomicInteger readFor = new AtomicInteger();

	/** Adds a call; what is counted never is less than what can be seen. */
	void add(PendingCall call) {
		this.size.incrementAndGet();
		if (!call.mayRead()) {
			this.readFor.incrementAndGet();
		}
		if (!this.slots.compareAndSet(slot(call.id()), null, call)) {
			this.others.put(call.id(), call);
		}
	}

	private static int slot(long id) {
		return (int) id & (SLOTS - 1);
	}

	/**
	 * Takes a call out.
	 * @return {@code false} if it is not here: another thread has done so, or has put
	 * another in its place
	 */
	boolean remove(PendingCall call) {
		boolean removed = this.slots.compareAndSet(slot(call.id()), call, null)
				|| !this.others.isEmpty() && this.others.remove(call.id(), call);
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
		PendingCall call = find(id);
		while (call != null && !remove(call)) {
			call = find(id);
		}
		return call;
	}

	private @Nullable PendingCall find(long id) {
		PendingCall call = this.slots.get(slot(id));
		if (call != null && call.id() == id) {
			return call;
		}
		return this.others.isEmpty() ? null : this.others.get(id);
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
		boolean replaced = this.slots.compareAndSet(slot(call.id()), call, late)
				|| this.others.replace(call.id(), call, late);
		if (!replaced || !call.mayRead()) {
			this.readFor.decrementAndGet();
		}
		return replaced ? late : null;
	}

	Collection<PendingCall> all() {
		List<PendingCall> all = new ArrayList<>(this.others.values());
		for (int i = 0; i < SLOTS; i++) {
			PendingCall call = this.slots.get(i);
			if (call != null) {
				all.add(call);
			}
		}
		return all;
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
		for (int i = 0; i < SLOTS; i++) {
			PendingCall call = this.slots.get(i);
			if (call != null && isPossibleReader(call)) {
				return call;
			}
		}
		for (PendingCall call : this.others.values()) {
			if (isPossibleReader(call)) {
				return call;
			}
		}
		return null;
	}

	private static boolean isPossibleReader(PendingCall call) {
		return call.mayRead() && call.isAppended() && !call.isDone();
	}

}
