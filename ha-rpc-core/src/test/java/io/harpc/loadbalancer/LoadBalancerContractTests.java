package io.harpc.loadbalancer;

import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for every load balancer.
 */
abstract class LoadBalancerContractTests {

	static final long SEED = 20_261_120;

	final LoadBalancer loadBalancer = new LoadBalancers(Map.of(), new Random(SEED)::nextInt).create(name());

	abstract String name();

	@Test
	void choosesNothingFromNothing() {
		assertThat(this.loadBalancer.choose(FakeChoice.of(0))).isNull();
	}

	@Test
	void choosesTheOnlyOne() {
		FakeChoice choice = FakeChoice.of(1);
		assertThat(this.loadBalancer.choose(choice)).isSameAs(choice.candidates().get(0));
	}

	@Test
	void choosesNothingIfAllAreExcluded() {
		for (int size = 1; size < 5; size++) {
			FakeChoice choice = FakeChoice.of(size);
			choice.candidates().forEach(choice::exclude);
			assertThat(this.loadBalancer.choose(choice)).isNull();
		}
	}

	@Test
	void neverChoosesWhatIsExcludedAndFindsTheLastThatIsNot() {
		for (int size = 2; size < 50; size++) {
			FakeChoice choice = FakeChoice.of(size);
			for (int left = size; left > 0; left--) {
				Candidate chosen = this.loadBalancer.choose(choice);
				assertThat(chosen).isNotNull();
				assertThat(choice.isExcluded(chosen)).isFalse();
				choice.exclude(chosen);
			}
		}
	}

	@Test
	void spreadsCallsEvenlyOverEquals() {
		FakeChoice choice = FakeChoice.of(10);
		int[] counts = choice.count(this.loadBalancer, 100_000);
		for (int count : counts) {
			assertThat(count).as("seed " + SEED).isBetween(9_000, 11_000);
		}
	}

	@Test
	void spreadsCallsEvenlyOverThoseThatAreLeft() {
		FakeChoice choice = FakeChoice.of(5);
		choice.exclude(choice.candidates().get(2));
		int[] counts = choice.count(this.loadBalancer, 100_000);
		assertThat(counts[2]).isZero();
		for (int i : new int[] { 0, 1, 4 }) {
			assertThat(counts[i]).as("seed " + SEED).isBetween(20_000, 30_000);
		}
	}

}
