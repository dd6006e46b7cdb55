package io.harpc.failback;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one reference, of which one is under way at a time. For the journal's
 * thread alone.
 */
final class ReferenceQueue {

	private final Map<String, MethodQueue> methods = new HashMap<>();

	/** What makes the calls, {@code null} as long as there is no such reference. */
	@Nullable FailbackTarget target;

	@Nullable Pending underWay;

	/** How many calls wait. */
	int size;

	MethodQueue method(Pending call) {
		return this.methods.computeIfAbsent(call.heading().signature(), (signature) -> new MethodQueue());
	}

	/**
	 * {@return the oldest call that may be tried now}
	 */
	@Nullable Pending next(long now) {
		Pending oldest = null;
		if (this.target != null && this.underWay == null) {
			for (MethodQueue method : this.methods.values()) {
				Pending next = method.next(now);
				if (next != null && (oldest == null || next.id() < oldest.id())) {
					oldest = next;
				}
			}
		}
		return oldest;
	}

	/**
	 * {@return nanoseconds until a call may be tried, {@link Long#MAX_VALUE} if none may}
	 */
	long untilNext(long now) {
		if (this.target == null || this.underWay != null) {
			return Long.MAX_VALUE;
		}
		return this.methods.values().stream().mapToLong((method) -> method.untilNext(now)).min().orElse(Long.MAX_VALUE);
	}

}
