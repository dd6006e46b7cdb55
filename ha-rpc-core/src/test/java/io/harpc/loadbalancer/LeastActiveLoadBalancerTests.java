package io.harpc.loadbalancer;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LeastActiveLoadBalancerTests extends LoadBalancerContractTests {

	@Override
	String name() {
		return "least-active";
	}

	@Override
	boolean weighs() {
		return true;
	}

	@Test
	void prefersTheOneWithFewerOutstandingCallsHoweverSlow() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).outstanding = 3;
		choice.get(0).latencyNanos = 1_000;
		choice.get(1).outstanding = 2;
		choice.get(1).latencyNanos = 1_000_000;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(0, 100);
	}

	@Test
	void takesTwiceAsManyCallsForEquallyMuchWhereTheWeightIsTwice() {
		FakeChoice choice = FakeChoice.ofWeights(200, 100, 100, 100);
		choice.get(0).outstanding = 11;
		choice.get(1).outstanding = 6;
		choice.get(2).outstanding = 6;
		choice.get(3).outstanding = 6;
		int[] counts = choice.count(this.loadBalancer, 10_000);
		assertThat(counts[0]).as("seed " + SEED).isGreaterThan(5_500);
	}

	@Test
	void isNotAttractedByOneThatFailsFast() {
		FakeChoice choice = FakeChoice.of(3);
		choice.each((candidate) -> candidate.outstanding = 2);
		choice.get(1).outstanding = 0;
		choice.get(1).recentFailures = 5;
		assertThat(choice.count(this.loadBalancer, 100)[1]).isZero();
	}

}
