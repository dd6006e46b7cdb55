package io.harpc.resilience;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalBiFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;

/**
 * Makes breakers and retries in Resilience4j's registries, so that its endpoints and
 * metrics show them. Thread-safe.
 * <p>
 * A breaker is configured by {@code resilience4j.circuitbreaker.configs.ha-rpc}, else by
 * defaults that work at low traffic: half of the last 20 calls failed, of at least 5;
 * closed again after 5 s by two probes. Which outcomes count as failures is decided here
 * in any case. A retry takes from the instance of the reference's name in
 * {@code resilience4j.retry}, else from the configuration {@code ha-rpc}, only which
 * exceptions of an idempotent method are worth another attempt, and the pause before
 * that.
 */
public final class Resilience {

	/** The name of the shared configurations in Resilience4j's properties. */
	public static final String CONFIGURATION = "ha-rpc";

	private final CircuitBreakerRegistry breakers;

	private final RetryRegistry retries;

	private final ResilienceSettings settings;

	private final IntUnaryOperator random;

	/**
	 * Creates the factory.
	 * @param breakers keeps the breakers
	 * @param retries keeps the retries
	 * @param settings what these have no settings for
	 */
	public Resilience(CircuitBreakerRegistry breakers, RetryRegistry retries, ResilienceSettings settings) {
		this(breakers, retries, settings, (bound) -> ThreadLocalRandom.current().nextInt(bound));
	}

	/**
	 * Creates the factory.
	 * @param breakers keeps the breakers
	 * @param retries keeps the retries
	 * @param settings what these have no settings for
	 * @param random returns a number from zero to its argument less one; thread-safe
	 */
	public Resilience(CircuitBreakerRegistry breakers, RetryRegistry retries, ResilienceSettings settings,
			IntUnaryOperator random) {
		this.breakers = breakers;
		this.retries = retries;
		this.settings = settings;
		this.random = random;
	}

	/**
	 * Returns a factory with registries of its own.
	 * @return the factory
	 */
	public static Resilience ofDefaults() {
		return new Resilience(CircuitBreakerRegistry.ofDefaults(), RetryRegistry.ofDefaults(),
				ResilienceSettings.defaults());
	}

	/**
	 * What Resilience4j has no settings for.
	 * @return the settings
	 */
	public ResilienceSettings settings() {
		return this.settings;
	}

	/**
	 * Makes a closed breaker. Replaces one of the same name: that of an earlier process
	 * at the same address, whose failures are not those of this one.
	 * @param name {@code service@host:port}
	 * @return the breaker, to be closed when the instance is gone
	 */
	public InstanceBreaker breaker(String name) {
		CircuitBreakerConfig base = this.breakers.getConfiguration(CONFIGURATION)
			.orElseGet(Resilience::breakerDefaults);
		CircuitBreakerConfig config = CircuitBreakerConfig.from(base)
			.recordExceptions()
			.ignoreExceptions()
			.recordException((failure) -> true)
			.ignoreException((failure) -> false)
			.build();
		CircuitBreaker fresh = CircuitBreaker.of(name, config, this.breakers.getTags());
		boolean replaced = this.breakers.replace(name, fresh).isPresent();
		return new InstanceBreaker(replaced ? fresh : this.breakers.circuitBreaker(name, config), this.breakers);
	}

	/**
	 * Makes the retry of a reference. Replaces one of the same name.
	 * @param name the reference's name
	 * @param maxAttempts how many attempts a call may take; the first counts
	 * @param nanoTime the time of the retry budget
	 * @return the retry
	 */
	public ReferenceRetry retry(String name, int maxAttempts, LongSupplier nanoTime) {
		RetryConfig base = this.retries.find(name)
			.map(Retry::getRetryConfig)
			.or(() -> this.retries.getConfiguration(CONFIGURATION))
			.orElseGet(RetryConfig::ofDefaults);
		IntervalBiFunction<Object> interval = base.getIntervalBiFunction();
		RetryBudget budget = new RetryBudget(name, this.settings.retryBudget(), nanoTime);
		RetryRule rule = new RetryRule(base.getExceptionPredicate(), interval, budget, this.random);
		RetryConfig config = RetryConfig.custom()
			.maxAttempts(maxAttempts)
			.retryOnException(rule::permits)
			.intervalBiFunction(rule::delayMillis)
			.build();
		Retry fresh = Retry.of(name, config, this.retries.getTags());
		boolean replaced = this.retries.replace(name, fresh).isPresent();
		return new ReferenceRetry(replaced ? fresh : this.retries.retry(name, config), budget);
	}

	/**
	 * The defaults of a breaker. The window without locks is on the path of every call.
	 */
	private static CircuitBreakerConfig breakerDefaults() {
		return CircuitBreakerConfig.custom()
			.slidingWindow(20, 5, SlidingWindowType.COUNT_BASED, SlidingWindowSynchronizationStrategy.LOCK_FREE)
			.failureRateThreshold(50)
			.waitDurationInOpenState(Duration.ofSeconds(5))
			.permittedNumberOfCallsInHalfOpenState(2)
			.build();
	}

}
