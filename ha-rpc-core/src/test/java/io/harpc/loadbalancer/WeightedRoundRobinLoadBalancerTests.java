package io.harpc.loadbalancer;

import java.util.Arrays;

import io.harpc.loadbalancer.FakeChoice.FakeCandidate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class WeightedRoundRobinLoadBalancerTests extends ReportedWeightContractTests {

	@Override
	String name() {
		return "weighted-round-robin";
	}

	@Test
	void takesTurnsAmongEquals() {
		FakeChoice choice = FakeChoice.of(7);
		assertThat(choice.count(this.loadBalancer, 70)).containsOnly(10);
	}

	@Test
	void spreadsTheCallsOfEachEvenlyOverTime() {
		FakeChoice choice = FakeChoice.ofWeights(500, 100, 100, 50, 250);
		int[] largestGap = new int[5];
		int[] last = new int[5];
		for (int call = 1; call <= 10_000; call++) {
			int chosen = ((FakeCandidate) this.loadBalancer.choose(choice)).index;
			largestGap[chosen] = Math.max(largestGap[chosen], call - last[chosen]);
			last[chosen] = call;
		}
		assertThat(largestGap[0]).isLessThanOrEqualTo(4);
		assertThat(largestGap[4]).isLessThanOrEqualTo(8);
		assertThat(largestGap[1]).isLessThanOrEqualTo(20);
		assertThat(largestGap[3]).isLessThanOrEqualTo(40);
	}

	@Test
	void givesTheHeaviestOfManyItsWholeWeightAndNotManyCallsInARow() {
		int[] weights = new int[1001];
		Arrays.fill(weights, 1);
		weights[500] = 1000;
		FakeChoice choice = FakeChoice.ofWeights(weights);
		int inARow = 0;
		int most = 0;
		int count = 0;
		for (int call = 0; call < 20_000; call++) {
			boolean heavy = this.loadBalancer.choose(choice) == choice.get(500);
			count += heavy ? 1 : 0;
			inARow = heavy ? inARow + 1 : 0;
			most = Math.max(most, inARow);
		}
		assertThat(count).isBetween(9_900, 10_100);
		assertThat(most).isLessThan(10);
	}

}
