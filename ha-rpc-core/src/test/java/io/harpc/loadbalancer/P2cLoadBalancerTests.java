package io.harpc.loadbalancer;

import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class P2cLoadBalancerTests extends LoadBalancerContractTests {

	@Override
	String name() {
		return "p2c";
	}

	@Override
	boolean weighs() {
		return true;
	}

	@Test
	void prefersTheFasterOfTwo() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).latencyNanos = 10_000;
		choice.get(1).latencyNanos = 1_000;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(0, 100);
	}

	@Test
	void weighsLatencyAgainstWhatIsOutstanding() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).latencyNanos = 2_000;
		choice.get(1).latencyNanos = 1_000;
		choice.get(1).outstanding = 2;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(100, 0);
	}

	@Test
	void comparesOnlyWhatIsOutstandingWhereOneIsNew() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).latencyNanos = 1_000;
		choice.get(1).outstanding = 1;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(100, 0);
		choice.get(0).outstanding = 2;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(0, 100);
	}

	@Test
	void doesNotTakeOneThatFailsFastForAFastOne() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).latencyNanos = 1_000;
		choice.get(1).latencyNanos = 500;
		choice.get(1).recentFailures = 3;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(100, 0);
	}

	@Test
	void givesTheWorstOfManyNothingButTheLeftovers() {
		FakeChoice choice = FakeChoice.of(10);
		choice.get(3).outstanding = 50;
		assertThat(choice.count(this.loadBalancer, 10_000)[3]).isZero();
	}

	@Test
	void givesTwoThatCostAboutTheSameCallsByTheirWeights() {
		Random random = new Random(SEED);
		FakeChoice choice = FakeChoice.ofWeights(200, 100);
		int first = 0;
		for (int i = 0; i < 30_000; i++) {
			choice.each((candidate) -> candidate.latencyNanos = 900 + random.nextInt(200));
			first += (this.loadBalancer.choose(choice) == choice.get(0)) ? 1 : 0;
		}
		assertThat(first).as("seed " + SEED).isBetween(19_500, 20_500);
	}

	@Test
	void givesTheHeavierOfTwoNothingIfItIsMuchSlower() {
		FakeChoice choice = FakeChoice.ofWeights(200, 100);
		choice.get(0).latencyNanos = 10_000;
		choice.get(1).latencyNanos = 1_000;
		assertThat(choice.count(this.loadBalancer, 1000)).containsExactly(0, 1000);
	}

	@Test
	void doesNotFloodTheOneOfTwoThatWarmsUpThoughTheOtherHasMuchToDo() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).outstanding = 5;
		choice.get(1).warmUp = 0.1;
		assertThat(choice.count(this.loadBalancer, 10_000)[1]).as("seed " + SEED).isBetween(900, 2000);
	}

}
