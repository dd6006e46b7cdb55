package io.harpc.resilience;

import java.util.concurrent.TimeUnit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

/**
 * Cuts one instance off while it fails. Every permission that {@link #tryAcquire()} gives
 * is answered by exactly one of {@link #succeeded}, {@link #failed} and
 * {@link #release()}. An attempt without a permission may be told of all the same.
 * Thread-safe.
 */
public final class InstanceBreaker implements AutoCloseable {

	private final CircuitBreaker breaker;

	private final CircuitBreakerRegistry registry;

	InstanceBreaker(CircuitBreaker breaker, CircuitBreakerRegistry registry) {
		this.breaker = breaker;
		this.registry = registry;
	}

	/**
	 * Asks whether an attempt may be made.
	 * @return whether it may
	 */
	public boolean tryAcquire() {
		return this.breaker.tryAcquirePermission();
	}

	/**
	 * The instance did its part: it answered, whatever the answer.
	 * @param nanos how long that took
	 */
	public void succeeded(long nanos) {
		this.breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
	}

	/**
	 * The instance failed.
	 * @param nanos how long that took
	 * @param failure what happened
	 */
	public void failed(long nanos, AttemptFailure failure) {
		this.breaker.onError(nanos, TimeUnit.NANOSECONDS, failure);
	}

	/** The attempt said nothing about the instance. */
	public void release() {
		this.breaker.releasePermission();
	}

	/**
	 * A connection to the instance has come back. Where the breaker is open, the next
	 * calls are let through as probes, instead of waiting until its time is over.
	 */
	public void reconnected() {
		if (this.breaker.getState() == State.OPEN) {
			this.breaker.transitionToHalfOpenState();
		}
	}

	/**
	 * Whether it is known to refuse. One that has been open for long enough still says
	 * so, and yet lets the next attempt through.
	 * @return {@code true} if open or forced open
	 */
	public boolean isOpen() {
		State state = this.breaker.getState();
		return state == State.OPEN || state == State.FORCED_OPEN;
	}

	/**
	 * Whether it lets everything through.
	 * @return {@code true} if closed, disabled, or there for its metrics only
	 */
	public boolean isClosed() {
		return !isOpen() && this.breaker.getState() != State.HALF_OPEN;
	}

	/**
	 * Whether somebody has opened it by hand, so that nothing may go through.
	 * @return {@code true} if forced open
	 */
	public boolean isForcedOpen() {
		return this.breaker.getState() == State.FORCED_OPEN;
	}

	/**
	 * The state by Resilience4j's name.
	 * @return for example {@code CLOSED} or {@code HALF_OPEN}
	 */
	public String state() {
		return this.breaker.getState().name();
	}

	/** Removes it from Resilience4j's registry, unless another has taken its name. */
	@Override
	public void close() {
		this.registry.find(this.breaker.getName())
			.filter((current) -> current == this.breaker)
			.ifPresent((current) -> this.registry.remove(current.getName()));
	}

}
