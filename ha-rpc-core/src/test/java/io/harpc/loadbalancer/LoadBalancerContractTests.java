package io.harpc.loadbalancer;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.harpc.loadbalancer.FakeChoice.FakeCandidate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What holds for every load balancer.
 */
abstract class LoadBalancerContractTests {

	static final long SEED = 20_261_120;

	final LoadBalancer loadBalancer = new LoadBalancers(Map.of(), zone(), new Random(SEED)::nextInt).create(name());

	abstract String name();

	/** Whether the weight of an instance decides how many calls it gets. */
	abstract boolean weighs();

	String zone() {
		return "";
	}

	/** How far from even is even enough, as a part. */
	double tolerance() {
		return 0.1;
	}

	FakeChoice prepare(FakeChoice choice) {
		return choice;
	}

	@Test
	void choosesNothingFromNothing() {
		assertThat(this.loadBalancer.choose(choice(0))).isNull();
	}

	@Test
	void choosesTheOnlyOne() {
		FakeChoice choice = choice(1);
		assertThat(this.loadBalancer.choose(choice)).isSameAs(choice.get(0));
	}

	@Test
	void choosesNothingIfAllAreExcluded() {
		for (int size = 1; size < 5; size++) {
			FakeChoice choice = choice(size);
			choice.each(choice::exclude);
			assertThat(this.loadBalancer.choose(choice)).isNull();
		}
	}

	@Test
	void neverChoosesWhatIsExcludedAndFindsTheLastThatIsNot() {
		for (int size = 2; size < 50; size++) {
			FakeChoice choice = choice(size);
			for (int i = 0; i < size; i++) {
				// The others are hard to draw
				choice.get(i).weight = (i == 0) ? 100_000 : 1;
			}
			for (int left = size; left > 0; left--) {
				Candidate chosen = this.loadBalancer.choose(choice);
				assertThat(chosen).isNotNull();
				assertThat(choice.isExcluded(chosen)).isFalse();
				choice.exclude(chosen);
			}
		}
	}

	@Test
	void choosesFromTheListAtHand() {
		FakeChoice first = choice(5);
		FakeChoice second = choice(3);
		for (int i = 0; i < 100; i++) {
			assertThat(first.candidates()).contains(this.loadBalancer.choose(first));
			assertThat(second.candidates()).contains(this.loadBalancer.choose(second));
		}
		FakeChoice third = choice(4);
		assertThat(third.candidates()).contains(this.loadBalancer.choose(third));
	}

	@Test
	void spreadsCallsEvenlyOverEquals() {
		FakeChoice choice = choice(10);
		int[] counts = choice.count(this.loadBalancer, 100_000);
		for (int count : counts) {
			assertThat(count / 10_000.0).as("seed " + SEED).isCloseTo(1, within(tolerance()));
		}
	}

	@Test
	void spreadsCallsEvenlyOverThoseThatAreLeft() {
		FakeChoice choice = choice(5);
		choice.exclude(choice.get(2));
		int[] counts = choice.count(this.loadBalancer, 100_000);
		assertThat(counts[2]).isZero();
		for (int i : new int[] { 0, 1, 4 }) {
			assertThat(counts[i] / 25_000.0).as("seed " + SEED).isCloseTo(1, within(2 * tolerance()));
		}
	}

	@Test
	void givesEachInstanceCallsByItsWeight() {
		assumeTrue(weighs());
		FakeChoice choice = prepare(FakeChoice.ofWeights(50, 100, 200, 650));
		int[] counts = choice.count(this.loadBalancer, 100_000);
		for (FakeCandidate candidate : candidates(choice)) {
			assertThat(counts[candidate.index] / 100.0 / candidate.weight).as("seed " + SEED)
				.isCloseTo(1, within(1.5 * tolerance()));
		}
	}

	@Test
	void noticesAWeightThatChanges() {
		assumeTrue(weighs() && !name().equals("consistent-hash"));
		FakeChoice choice = choice(2);
		choice.count(this.loadBalancer, 10);
		choice.get(1).weight = 300;
		choice.nanoTime += 1_000_000_000;
		assertThat(choice.count(this.loadBalancer, 10_000)[1]).as("seed " + SEED).isBetween(7_000, 8_000);
	}

	@Test
	void doesNotFloodAnInstanceThatWarmsUpThoughItIsIdleAndFast() {
		assumeTrue(weighs() && !name().equals("consistent-hash"));
		FakeChoice choice = choice(10);
		choice.each((candidate) -> {
			candidate.outstanding = 3;
			candidate.latencyNanos = 2_000_000;
		});
		choice.get(4).warmUp = 0.1;
		choice.get(4).outstanding = 0;
		choice.get(4).latencyNanos = 100_000;
		assertThat(choice.count(this.loadBalancer, 100_000)[4]).as("seed " + SEED).isBetween(900, 2_400);
	}

	@Test
	void neverStarvesAnInstanceThatWarmsUp() {
		assumeTrue(weighs() && !name().equals("consistent-hash"));
		FakeChoice choice = choice(10);
		choice.get(4).warmUp = 0.1;
		assertThat(choice.count(this.loadBalancer, 100_000)[4]).as("seed " + SEED).isBetween(900, 1_300);
	}

	@Test
	void looksAtAsManyCandidatesOfThreeAsOfTenThousand() {
		for (int size : new int[] { 3, 10_000 }) {
			FakeChoice choice = choice(size);
			choice.get(0).weight = 5000;
			this.loadBalancer.choose(choice);
			choice.reads.set(0);
			choice.count(this.loadBalancer, 1000);
			assertThat(choice.reads.get() / 1000.0).as(size + " candidates").isLessThan(24);
		}
	}

	@Test
	void isThreadSafe() throws Exception {
		int threads = 4;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			Callable<Void> calls = () -> {
				for (int i = 0; i < 200; i++) {
					FakeChoice choice = choice(1 + i % 7);
					for (int j = 0; j < 20; j++) {
						choice.nanoTime += 200_000_000;
						assertThat(choice.candidates()).contains(this.loadBalancer.choose(choice));
					}
				}
				return null;
			};
			for (Future<Void> future : executor.invokeAll(Stream.generate(() -> calls).limit(threads).toList())) {
				future.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	FakeChoice choice(int size) {
		return prepare(FakeChoice.of(size));
	}

	static FakeCandidate[] candidates(FakeChoice choice) {
		return choice.candidates().toArray(new FakeCandidate[0]);
	}

}
