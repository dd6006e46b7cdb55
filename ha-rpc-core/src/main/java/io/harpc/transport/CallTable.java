package io.harpc.transport;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one connection that wait for an answer. Thread-safe.
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

	/** Removes a call, unless another thread has done so. */
	void remove(PendingCall call) {
		if (this.calls.remove(call.id()) != null) {
			this.size.decrementAndGet();
			if (!call.mayRead()) {
				this.readFor.decrementAndGet();
			}
		}
	}

	@Nullable PendingCall get(long id) {
		return this.calls.get(id);
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
