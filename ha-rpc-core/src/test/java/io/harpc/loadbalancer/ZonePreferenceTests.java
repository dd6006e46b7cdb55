package io.harpc.loadbalancer;

import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A load balancer of a client that has a zone.
 */
class ZonePreferenceTests extends LoadBalancerContractTests {

	@Override
	String name() {
		return "weighted-round-robin";
	}

	@Override
	boolean weighs() {
		return true;
	}

	@Override
	String zone() {
		return "east";
	}

	@ParameterizedTest
	@ValueSource(strings = { "p2c", "round-robin", "random", "weighted-round-robin", "weighted-random", "least-active",
			"consistent-hash", "primary-backup", "own" })
	void staysInItsZoneWhileEnoughOfItIsAvailable(String name) {
		LoadBalancer own = (choice) -> choice.firstFrom(0);
		LoadBalancer balancer = new LoadBalancers(Map.of("own", own), "east", new Random(SEED)::nextInt).create(name);
		FakeChoice choice = zones();
		int[] counts = choice.count(balancer, 1000);
		assertThat(counts[0] + counts[1]).isEqualTo(1000);
		choice.get(0).available = false;
		choice.get(1).available = false;
		choice.nanoTime += 100_000_000;
		counts = choice.count(balancer, 1000);
		assertThat(counts[2] + counts[3]).isEqualTo(1000);
	}

	@Test
	void sendsCallsOfOneKeyToOneInstanceThoughOthersGoToAnotherZone() {
		LoadBalancer balancer = new LoadBalancers(Map.of(), "east", new Random(SEED)::nextInt)
			.create("consistent-hash");
		FakeChoice choice = zones();
		choice.get(0).available = false;
		Set<Candidate> all = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			int key = i;
			choice.hashKey = () -> key;
			Candidate chosen = balancer.choose(choice);
			assertThat(balancer.choose(choice)).isSameAs(chosen);
			all.add(chosen);
		}
		assertThat(all).hasSize(4);
	}

	private static FakeChoice zones() {
		FakeChoice choice = FakeChoice.of(4);
		choice.get(0).zone = "east";
		choice.get(1).zone = "east";
		choice.get(2).zone = "west";
		return choice;
	}

}
