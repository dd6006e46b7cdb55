package io.harpc.resilience;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.ratelimiter.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * Lets calls of a service or a method in, unless too many of them run or have come:
 * bulkheads and rate limiters of Resilience4j, all of which must agree. Never blocks.
 * Thread-safe.
 */
public final class CallGate {

	/** Lets everything in. */
	public static final CallGate OPEN = new CallGate(List.of(), List.of());

	private static final long MIN_RETRY_AFTER_NANOS = Duration.ofMillis(1).toNanos();

	private static final long MAX_RETRY_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

	private final List<Bulkhead> bulkheads;

	private final List<RateLimiter> rateLimiters;

	CallGate(List<Bulkhead> bulkheads, List<RateLimiter> rateLimiters) {
		this.bulkheads = bulkheads;
		this.rateLimiters = rateLimiters;
	}

	/**
	 * Joins this gate and another.
	 * @param other the other
	 * @return a gate that lets in what both do
	 */
	public CallGate and(CallGate other) {
		return new CallGate(join(this.bulkheads, other.bulkheads), join(this.rateLimiters, other.rateLimiters));
	}

	private static <T> List<T> join(List<T> first, List<T> second) {
		List<T> all = new ArrayList<>(first);
		all.addAll(second);
		return List.copyOf(all);
	}

	/**
	 * Asks for a call to be let in.
	 * @param usualNanos how long such a call takes, for the time after which to come
	 * again; zero if unknown
	 * @return why not, {@code null} if it is in; {@link #leave()} is then to be called
	 * once
	 */
	public @Nullable Refusal tryEnter(long usualNanos) {
		for (int i = 0; i < this.bulkheads.size(); i++) {
			Bulkhead bulkhead = this.bulkheads.get(i);
			if (!bulkhead.tryAcquirePermission()) {
				leave(i);
				return full(bulkhead, usualNanos);
			}
		}
		// Last, because what they have counted is not taken back.
		for (int i = 0; i < this.rateLimiters.size(); i++) {
			RateLimiter limiter = this.rateLimiters.get(i);
			if (limiter.reservePermission() != 0) {
				leave();
				return new Refusal("rate limiter " + limiter.getName() + " has no permission left",
						limiter.getRateLimiterConfig().getLimitRefreshPeriod());
			}
		}
		return null;
	}

	private static Refusal full(Bulkhead bulkhead, long usualNanos) {
		int max = bulkhead.getBulkheadConfig().getMaxConcurrentCalls();
		long next = Math.max(MIN_RETRY_AFTER_NANOS, Math.min(MAX_RETRY_AFTER_NANOS, usualNanos / Math.max(1, max)));
		return new Refusal(bulkhead.getName() + ": " + max + " calls are running", Duration.ofNanos(next));
	}

	/** A call that was let in has ended. */
	public void leave() {
		leave(this.bulkheads.size());
	}

	private void leave(int entered) {
		for (int i = entered - 1; i >= 0; i--) {
			this.bulkheads.get(i).onComplete();
		}
	}

	/**
	 * A call is not let in.
	 *
	 * @param reason why, for a person at the client to read
	 * @param retryAfter when it makes sense to try again
	 */
	public record Refusal(String reason, Duration retryAfter) {

	}

}
