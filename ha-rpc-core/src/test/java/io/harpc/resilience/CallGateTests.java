package io.harpc.resilience;

import java.time.Duration;

import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.harpc.resilience.CallGate.Refusal;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link CallGate} and {@link CallGates}.
 */
class CallGateTests {

	private final BulkheadRegistry bulkheads = BulkheadRegistry.ofDefaults();

	private final RateLimiterRegistry rateLimiters = RateLimiterRegistry.ofDefaults();

	private final CallGates gates = new CallGates(this.bulkheads, this.rateLimiters);

	@Test
	void anOpenGateLetsEverythingIn() {
		for (int i = 0; i < 10_000; i++) {
			assertThat(CallGate.OPEN.tryEnter(0)).isNull();
		}
	}

	@Test
	void letsInAsManyAsMayRunAndAnotherWhenOneLeaves() {
		CallGate gate = this.gates.gate("Shop#find", 2, null, null);
		assertThat(gate.tryEnter(0)).isNull();
		assertThat(gate.tryEnter(0)).isNull();
		Refusal refusal = gate.tryEnter(Duration.ofMillis(80).toNanos());
		assertThat(refusal).isEqualTo(new Refusal("Shop#find: 2 calls are running", Duration.ofMillis(40)));
		gate.leave();
		assertThat(gate.tryEnter(0)).isNull();
	}

	@Test
	void theTimeToComeAgainIsBounded() {
		CallGate gate = this.gates.gate("Shop", 1, null, null);
		gate.tryEnter(0);
		assertThat(gate.tryEnter(1)).extracting(Refusal::retryAfter).isEqualTo(Duration.ofMillis(1));
		assertThat(gate.tryEnter(Long.MAX_VALUE)).extracting(Refusal::retryAfter).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void asksTheApplicationsOwnBulkhead() {
		this.bulkheads.bulkhead("shared", BulkheadConfig.custom().maxConcurrentCalls(1).build());
		CallGate one = this.gates.gate("one", null, "shared", null);
		CallGate other = this.gates.gate("other", null, "shared", null);
		assertThat(one.tryEnter(0)).isNull();
		assertThat(other.tryEnter(0)).isNotNull();
		one.leave();
		assertThat(other.tryEnter(0)).isNull();
	}

	@Test
	void asksTheApplicationsOwnRateLimiter() {
		rateLimiter(Duration.ZERO);
		CallGate gate = this.gates.gate("Shop", null, null, "slowly");
		assertThat(gate.tryEnter(0)).isNull();
		assertThat(gate.tryEnter(0))
			.isEqualTo(new Refusal("rate limiter slowly has no permission left", Duration.ofHours(1)));
	}

	@Test
	void whatOneGateRefusesTakesNoPlaceInAnother() {
		rateLimiter(Duration.ZERO);
		CallGate service = this.gates.gate("Shop", 10, null, null);
		CallGate method = this.gates.gate("Shop#find", 1, null, null);
		CallGate both = service.and(method).and(this.gates.gate("Shop", null, null, "slowly"));
		assertThat(both.tryEnter(0)).isNull();
		for (int i = 0; i < 100; i++) {
			assertThat(both.tryEnter(0)).extracting(Refusal::reason).isEqualTo("Shop#find: 1 calls are running");
		}
		both.leave();
		for (int i = 0; i < 100; i++) {
			assertThat(both.tryEnter(0)).extracting(Refusal::reason)
				.isEqualTo("rate limiter slowly has no permission left");
		}
		for (int i = 0; i < 10; i++) {
			assertThat(service.tryEnter(0)).isNull();
		}
	}

	@Test
	void aNameThatResilience4jDoesNotKnowIsRefusedWithThoseItDoes() {
		this.bulkheads.bulkhead("shared");
		assertThatIllegalArgumentException().isThrownBy(() -> this.gates.gate("Shop", null, "shred", null))
			.withMessage("bulkhead: shred (expected: one that Resilience4j knows, of [shared])");
		assertThatIllegalArgumentException().isThrownBy(() -> this.gates.gate("Shop", null, null, "slow"))
			.withMessage("rate-limiter: slow (expected: one that Resilience4j knows, of [])");
		assertThatIllegalArgumentException().isThrownBy(() -> this.gates.gate("Shop", 0, null, null))
			.withMessage("max-concurrent-calls: 0 (expected: >= 1)");
	}

	@Test
	void whatWouldBlockItsCallersIsRefused() {
		this.bulkheads.bulkhead("patient", BulkheadConfig.custom().maxWaitDuration(Duration.ofSeconds(1)).build());
		assertThatIllegalArgumentException().isThrownBy(() -> this.gates.gate("Shop", null, "patient", null))
			.withMessageContaining("max-wait-duration PT1S (expected: 0");
		rateLimiter(Duration.ofSeconds(5));
		assertThatIllegalArgumentException().isThrownBy(() -> this.gates.gate("Shop", null, null, "slowly"))
			.withMessageContaining("timeout-duration PT5S (expected: 0");
	}

	private void rateLimiter(Duration timeout) {
		this.rateLimiters.rateLimiter("slowly",
				RateLimiterConfig.custom()
					.limitForPeriod(1)
					.limitRefreshPeriod(Duration.ofHours(1))
					.timeoutDuration(timeout)
					.build());
	}

}
