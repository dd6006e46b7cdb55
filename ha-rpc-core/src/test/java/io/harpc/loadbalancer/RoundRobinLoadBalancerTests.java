package io.harpc.loadbalancer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RoundRobinLoadBalancerTests extends LoadBalancerContractTests {

	@Override
	String name() {
		return "round-robin";
	}

	@Override
	boolean weighs() {
		return false;
	}

	/** The share of an excluded candidate falls to its neighbour, which is meant. */
	@Override
	@Test
	void spreadsCallsEvenlyOverThoseThatAreLeft() {
		FakeChoice choice = FakeChoice.of(5);
		choice.exclude(choice.get(2));
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(20, 20, 0, 40, 20);
	}

	@Test
	void takesTurns() {
		FakeChoice choice = FakeChoice.of(7);
		List<Candidate> chosen = new ArrayList<>();
		for (int i = 0; i < 14; i++) {
			chosen.add(this.loadBalancer.choose(choice));
		}
		assertThat(new HashSet<>(chosen.subList(0, 7))).hasSize(7);
		assertThat(chosen.subList(7, 14)).isEqualTo(chosen.subList(0, 7));
	}

}
