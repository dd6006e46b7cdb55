package io.harpc.loadbalancer;

import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.loadbalancer.FakeChoice.FakeCandidate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConsistentHashLoadBalancerTests extends LoadBalancerContractTests {

	private final AtomicInteger key = new AtomicInteger();

	@Override
	String name() {
		return "consistent-hash";
	}

	@Override
	boolean weighs() {
		return true;
	}

	/** With 160 places for each on the ring, one standard deviation is 8 %. */
	@Override
	double tolerance() {
		return 0.2;
	}

	@Override
	FakeChoice prepare(FakeChoice choice) {
		choice.hashKey = this.key::incrementAndGet;
		return choice;
	}

	@Test
	void sendsCallsOfOneKeyToOneInstance() {
		FakeChoice choice = FakeChoice.of(10);
		for (Object each : List.of("tea", 7L, 'c', true, UUID.fromString("1-2-3-4-5"), LocalDate.EPOCH)) {
			choice.hashKey = () -> each;
			Set<Candidate> chosen = new HashSet<>();
			for (int i = 0; i < 100; i++) {
				chosen.add(this.loadBalancer.choose(choice));
			}
			assertThat(chosen).as(each.toString()).hasSize(1);
		}
	}

	/** What these texts hash to is a promise to clients of other versions. */
	@Test
	void hashesTheSameInEveryProcess() {
		assertThat(HashRing.hash("tea")).isEqualTo(0x488c2471f4598fdbL);
		assertThat(HashRing.hash(7)).isEqualTo(HashRing.hash(7L)).isEqualTo(HashRing.hash("7"));
		assertThat(HashRing.hash(2e-3)).isEqualTo(HashRing.hash("3f60624dd2f1a9fc"));
		assertThat(HashRing.hash(TimeUnit.DAYS)).isEqualTo(HashRing.hash("DAYS"));
	}

	@Test
	void agreesWithAClientThatSeesTheInstancesInAnotherOrderAndAfterARestart() {
		FakeChoice choice = FakeChoice.of(20);
		FakeChoice other = FakeChoice.shuffled(20, new Random(SEED));
		other.each((candidate) -> candidate.run = 20 - candidate.index);
		LoadBalancer another = new LoadBalancers(Map.of(), "", new Random(1)::nextInt).create(name());
		for (int i = 0; i < 1000; i++) {
			String each = "key-" + i;
			choice.hashKey = () -> each;
			other.hashKey = () -> each;
			assertThat(index(another.choose(other))).isEqualTo(index(this.loadBalancer.choose(choice)));
		}
	}

	@Test
	void movesOnlyTheKeysOfAnInstanceThatGoesAndNotManyOfThem() {
		int keys = 20_000;
		for (int size : new int[] { 3, 10, 100 }) {
			FakeChoice all = FakeChoice.of(size);
			FakeChoice less = FakeChoice.of(size - 1);
			int moved = 0;
			for (int i = 0; i < keys; i++) {
				int each = i;
				all.hashKey = () -> each;
				less.hashKey = () -> each;
				int before = index(this.loadBalancer.choose(all));
				int after = index(this.loadBalancer.choose(less));
				assertThat(before == after || before == size - 1).isTrue();
				moved += (before == after) ? 0 : 1;
			}
			assertThat(moved).as(size + " instances").isLessThanOrEqualTo((int) (1.5 * keys / size));
		}
	}

	@Test
	void walksTheRingWhereTheInstanceOfAKeyIsExcluded() {
		FakeChoice choice = FakeChoice.of(10);
		Set<Candidate> second = new HashSet<>();
		for (int i = 0; i < 1000; i++) {
			String each = "key-" + i;
			choice.hashKey = () -> each;
			if (this.loadBalancer.choose(choice) == choice.get(3)) {
				FakeChoice without = FakeChoice.of(10);
				without.hashKey = choice.hashKey;
				without.exclude(without.get(3));
				Candidate next = this.loadBalancer.choose(without);
				assertThat(this.loadBalancer.choose(without)).isSameAs(next);
				second.add(choice.get(index(next)));
			}
		}
		assertThat(second).as("the load of one is shared by the others").hasSizeGreaterThan(5);
	}

	@Test
	void keepsEveryInstanceBelowFiveFourthsOfTheMeanThoughAFewKeysAreAllThereIs() {
		Random random = new Random(SEED);
		FakeChoice choice = FakeChoice.of(8);
		choice.hashKey = () -> (int) (1 / (random.nextDouble() + 0.01));
		Deque<FakeCandidate> outstanding = new ArrayDeque<>();
		for (int i = 0; i < 20_000; i++) {
			FakeCandidate chosen = (FakeCandidate) this.loadBalancer.choose(choice);
			chosen.outstanding++;
			outstanding.add(chosen);
			assertThat(chosen.outstanding).as("seed " + SEED)
				.isLessThanOrEqualTo((int) Math.ceil(1.25 * outstanding.size() / 8));
			if (outstanding.size() > 40 + random.nextInt(100)) {
				outstanding.remove().outstanding--;
			}
		}
	}

	@Test
	void takesTheInstanceOfTheKeyWhereAllSeemFull() {
		FakeChoice choice = FakeChoice.of(20);
		choice.hashKey = () -> "tea";
		Candidate home = this.loadBalancer.choose(choice);
		choice.each((candidate) -> candidate.outstanding = 1);
		assertThat(this.loadBalancer.choose(choice)).isSameAs(home);
	}

	@Test
	void balancesCallsWithoutAKey() {
		FakeChoice choice = FakeChoice.of(2);
		choice.get(0).outstanding = 5;
		assertThat(choice.count(this.loadBalancer, 100)).containsExactly(0, 100);
	}

	@Test
	void keepsTheRingWithinItsBoundsHoweverHeavyTheInstancesAre() {
		FakeChoice choice = FakeChoice.of(500);
		choice.each((candidate) -> candidate.weight = 100_000);
		HashRing ring = new HashRing(choice.candidates(), null);
		assertThat(ring.size()).isBetween(HashRing.MAX_NODES / 4, HashRing.MAX_NODES);
		Map<Integer, Integer> nodes = new HashMap<>();
		for (int i = 0; i < ring.size(); i++) {
			nodes.merge(ring.owner(i), 1, Integer::sum);
		}
		assertThat(nodes).hasSize(500);
		List<Integer> counts = new ArrayList<>(nodes.values());
		assertThat(Collections.min(counts)).isEqualTo(Collections.max(counts));
	}

	private static int index(Candidate candidate) {
		return ((FakeCandidate) candidate).index;
	}

}
