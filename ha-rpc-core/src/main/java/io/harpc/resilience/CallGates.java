package io.harpc.resilience;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes gates from limits, and from the bulkheads and rate limiters that an application
 * has configured in Resilience4j's registries. Thread-safe.
 */
public final class CallGates {

	private final BulkheadRegistry bulkheads;

	private final RateLimiterRegistry rateLimiters;

	/**
	 * Creates the factory.
	 * @param bulkheads knows the bulkheads by name
	 * @param rateLimiters knows the rate limiters by name
	 */
	public CallGates(BulkheadRegistry bulkheads, RateLimiterRegistry rateLimiters) {
		this.bulkheads = bulkheads;
		this.rateLimiters = rateLimiters;
	}

	/**
	 * Makes a gate.
	 * @param name what it stands in front of, for the message of a refusal
	 * @param maxConcurrentCalls how many calls it lets in at once, {@code null} for any
	 * number
	 * @param bulkhead the name of a bulkhead to ask, {@code null} for none
	 * @param rateLimiter the name of a rate limiter to ask, {@code null} for none
	 * @return the gate
	 * @throws IllegalArgumentException if there is none of that name, or it would have
	 * its callers wait, which are the server's reading threads here
	 */
	public CallGate gate(String name, @Nullable Integer maxConcurrentCalls, @Nullable String bulkhead,
			@Nullable String rateLimiter) {
		CallGate gate = CallGate.OPEN;
		if (maxConcurrentCalls != null) {
			gate = gate.and(new CallGate(List.of(limit(name, maxConcurrentCalls)), List.of()));
		}
		if (bulkhead != null) {
			gate = gate.and(new CallGate(List.of(bulkhead(bulkhead)), List.of()));
		}
		if (rateLimiter != null) {
			gate = gate.and(new CallGate(List.of(), List.of(rateLimiter(rateLimiter))));
		}
		return gate;
	}

	private static Bulkhead limit(String name, int maxConcurrentCalls) {
		if (maxConcurrentCalls < 1) {
			throw new IllegalArgumentException("max-concurrent-calls: " + maxConcurrentCalls + " (expected: >= 1)");
		}
		return Bulkhead.of(name, BulkheadConfig.custom().maxConcurrentCalls(maxConcurrentCalls).build());
	}

	private Bulkhead bulkhead(String name) {
		Bulkhead bulkhead = find("bulkhead", name, this.bulkheads::find, this.bulkheads.getAllBulkheads(),
				Bulkhead::getName);
		refuseWaiting("bulkhead", name, "max-wait-duration", bulkhead.getBulkheadConfig().getMaxWaitDuration());
		return bulkhead;
	}

	private RateLimiter rateLimiter(String name) {
		RateLimiter limiter = find("rate-limiter", name, this.rateLimiters::find,
				this.rateLimiters.getAllRateLimiters(), RateLimiter::getName);
		refuseWaiting("rate-limiter", name, "timeout-duration", limiter.getRateLimiterConfig().getTimeoutDuration());
		return limiter;
	}

	private static <T> T find(String kind, String name, Function<String, Optional<T>> registry, Collection<T> all,
			Function<T, String> nameOf) {
		return registry.apply(name)
			.orElseThrow(() -> new IllegalArgumentException(
					kind + ": " + name + " (expected: one that Resilience4j knows, of "
							+ new TreeSet<>(all.stream().map(nameOf).toList()) + ")"));
	}

	private static void refuseWaiting(String kind, String name, String property, Duration wait) {
		if (!wait.isZero()) {
			throw new IllegalArgumentException(kind + ": " + name + " with " + property + " " + wait
					+ " (expected: 0, because calls wait in the server's own queue)");
		}
	}

}
