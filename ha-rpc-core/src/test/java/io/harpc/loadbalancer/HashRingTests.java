package io.harpc.loadbalancer;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import io.harpc.loadbalancer.FakeChoice.FakeCandidate;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HashRingTests {

	@Test
	void isTheSameRingWhetherMadeOfAnotherOrAnew() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		FakeChoice all = FakeChoice.shuffled(300, random);
		List<Candidate> current = new ArrayList<>();
		HashRing ring = new HashRing(current, null);
		for (int step = 0; step < 200; step++) {
			int changes = random.nextInt((step % 20 == 0) ? 100 : 3);
			for (int i = 0; i < changes; i++) {
				FakeCandidate changed = all.get(random.nextInt(300));
				// As an instance of which something else is said: it moves to the end.
				boolean comes = !current.remove(changed) || random.nextBoolean();
				if (comes) {
					changed.weight = 1 + random.nextInt(300);
					current.add(changed);
				}
			}
			ring = new HashRing(List.copyOf(current), ring);
			assertSame(ring, new HashRing(List.copyOf(current), null), "seed " + seed + ", step " + step);
		}
	}

	@Test
	void isTheSameRingWhereItBecomesTooLargeForAllNodesAndSmallerAgain() {
		int many = HashRing.MAX_NODES / HashRing.NODES;
		List<Candidate> list = new ArrayList<>(FakeChoice.of(many + 2).candidates());
		HashRing below = new HashRing(List.copyOf(list.subList(0, many - 1)), null);
		HashRing above = new HashRing(List.copyOf(list), below);
		assertThat(above.size()).isLessThan(below.size());
		assertSame(above, new HashRing(list, null), "above");
		assertSame(new HashRing(List.copyOf(list.subList(0, many - 1)), above), below, "below");
	}

	@Test
	void isOfUseToListsThatHaveNothingInCommon() {
		FakeChoice some = FakeChoice.of(10);
		HashRing other = new HashRing(some.candidates().subList(0, 5), null);
		List<Candidate> rest = some.candidates().subList(5, 10);
		assertSame(new HashRing(rest, other), new HashRing(rest, null), "rest");
		assertThat(new HashRing(List.of(), other).size()).isZero();
	}

	private static void assertSame(HashRing ring, HashRing expected, String what) {
		assertThat(owners(ring)).as(what).isEqualTo(owners(expected));
	}

	private static List<Integer> owners(HashRing ring) {
		return IntStream.range(0, ring.size()).mapToObj(ring::owner).toList();
	}

}
