package io.harpc.resilience;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.harpc.Attempt;
import io.harpc.Outcome;
import io.harpc.resilience.AttemptFailure.Circumstances;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResilienceTests {

	private static final String NAME = "shop@10.0.0.1:1";

	private static final LongSupplier NOW = () -> 0;

	private static final AttemptFailure FAILURE = failure(Outcome.NOT_SENT, new IOException("refused"));

	private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	private final RetryRegistry retries = RetryRegistry.ofDefaults();

	private final Resilience resilience = new Resilience(this.breakers, this.retries, ResilienceSettings.defaults(),
			(bound) -> bound / 2);

	@Test
	void opensAfterFiveFailuresAndNotAfterFour() {
		InstanceBreaker breaker = this.resilience.breaker(NAME);
		fail(breaker, 4);
		assertThat(breaker.isOpen()).isFalse();
		fail(breaker, 1);
		assertThat(breaker.isOpen()).isTrue();
		assertThat(breaker.tryAcquire()).isFalse();
	}

	@Test
	void closesAfterTwoProbesOnceTheWaitIsOver() {
		MovableClock clock = new MovableClock();
		this.resilience.breaker("any");
		CircuitBreakerConfig defaults = this.breakers.circuitBreaker("any").getCircuitBreakerConfig();
		this.breakers.addConfiguration("ha-rpc", CircuitBreakerConfig.from(defaults).clock(clock).build());
		InstanceBreaker breaker = this.resilience.breaker(NAME);
		fail(breaker, 5);
		clock.now = clock.now.plusMillis(4_999);
		assertThat(breaker.tryAcquire()).isFalse();
		clock.now = clock.now.plusMillis(2);
		assertThat(breaker.tryAcquire()).isTrue();
		assertThat(breaker.tryAcquire()).isTrue();
		assertThat(breaker.tryAcquire()).isFalse();
		breaker.succeeded(1);
		breaker.succeeded(1);
		assertThat(breaker.isClosed()).isTrue();
	}

	@Test
	void givesAProbeBackThatSaidNothing() {
		InstanceBreaker breaker = this.resilience.breaker(NAME);
		fail(breaker, 5);
		breaker.reconnected();
		for (int i = 0; i < 10; i++) {
			assertThat(breaker.tryAcquire()).isTrue();
			breaker.release();
		}
		assertThat(breaker.state()).isEqualTo("HALF_OPEN");
	}

	@Test
	void leavesAClosedBreakerAloneWhenTheConnectionIsBack() {
		InstanceBreaker breaker = this.resilience.breaker(NAME);
		breaker.reconnected();
		assertThat(breaker.isClosed()).isTrue();
	}

	@Test
	void followsTheApplicationsConfigurationButNotItsIdeaOfAFailure() {
		this.breakers.addConfiguration("ha-rpc",
				CircuitBreakerConfig.custom()
					.slidingWindowSize(2)
					.minimumNumberOfCalls(2)
					.recordExceptions(IllegalStateException.class)
					.ignoreExceptions(AttemptFailure.class)
					.build());
		InstanceBreaker breaker = this.resilience.breaker(NAME);
		fail(breaker, 2);
		assertThat(breaker.isOpen()).isTrue();
	}

	@Test
	void replacesTheBreakerOfAnEarlierProcessAndKeepsTheNewOneWhenTheOldIsClosed() {
		InstanceBreaker old = this.resilience.breaker(NAME);
		fail(old, 5);
		InstanceBreaker fresh = this.resilience.breaker(NAME);
		assertThat(fresh.isClosed()).isTrue();
		old.close();
		assertThat(this.breakers.find(NAME)).isPresent();
		fresh.close();
		assertThat(this.breakers.find(NAME)).isEmpty();
	}

	@Test
	void keepsWhatTheApplicationNamedWhenTwoReferencesShareAName() {
		this.retries.retry("orders", RetryConfig.custom().retryExceptions(IOException.class).build());
		this.resilience.retry("orders", 2, NOW);
		ReferenceRetry second = this.resilience.retry("orders", 3, NOW);
		AttemptFailure named = failure(Outcome.FAILED, new IOException());
		assertThat(second.begin().failed(named)).isNotEqualTo(ReferenceRetry.STOP);
		AttemptFailure unnamed = failure(Outcome.FAILED, new IllegalStateException());
		assertThat(second.begin().failed(unnamed)).isEqualTo(ReferenceRetry.STOP);
	}

	@Test
	void stopsAfterAsManyAttemptsAsTheReferenceAllowsAndTellsResilience4jsListeners() {
		ReferenceRetry retry = this.resilience.retry("orders", 3, NOW);
		List<String> events = new ArrayList<>();
		this.retries.retry("orders").getEventPublisher().onEvent((event) -> events.add(event.getEventType().name()));
		ReferenceRetry.Attempts attempts = retry.begin();
		assertThat(attempts.failed(FAILURE)).isEqualTo(50_000_000);
		assertThat(attempts.failed(FAILURE)).isEqualTo(100_000_000);
		assertThat(attempts.failed(FAILURE)).isEqualTo(ReferenceRetry.STOP);
		assertThat(events).containsExactly("RETRY", "RETRY", "ERROR");
	}

	private static void fail(InstanceBreaker breaker, int times) {
		for (int i = 0; i < times; i++) {
			assertThat(breaker.tryAcquire()).isTrue();
			breaker.failed(1, FAILURE);
		}
	}

	private static AttemptFailure failure(Outcome outcome, Throwable thrown) {
		Attempt attempt = new Attempt("10.0.0.1:1", Duration.ofMillis(1), outcome, "because");
		return new AttemptFailure(attempt, thrown, new Circumstances(true, false, 10_000_000_000L, 0, false, false));
	}

	private static final class MovableClock extends Clock {

		private Instant now = Instant.EPOCH;

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return this.now;
		}

	}

}
