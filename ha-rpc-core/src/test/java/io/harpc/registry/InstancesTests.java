package io.harpc.registry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import io.harpc.registry.Instances.Change;
import io.harpc.registry.Instances.Origin;

import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

class InstancesTests {

	private static final Instance A = instance("a", 1);

	private static final Instance B = instance("b", 2);

	private static final Instance C = instance("c", 3);

	@Test
	void saysWhatHasComeAndGone() {
		assertThat(of(A, B).since(Instances.unknown(ORDERS))).isEqualTo(change(List.of(), List.of(A, B)));
		assertThat(of(A, C).since(of(A, B))).isEqualTo(change(List.of(B), List.of(C)));
		assertThat(of().since(of(A, B))).isEqualTo(change(List.of(A, B), List.of()));
	}

	@Test
	void saysThatNothingHasChangedInWhateverOrderAndObjects() {
		assertThat(of(A, B, C).since(of(A, B, C))).isEqualTo(change(List.of(), List.of()));
		assertThat(of(C, A, B).since(of(A, B, C))).isEqualTo(change(List.of(), List.of()));
		assertThat(of(instance("b", 2), instance("a", 1)).since(of(A, B))).isEqualTo(change(List.of(), List.of()));
	}

	@Test
	void hasAnInstanceInBothListsOfWhichSomethingElseIsSaid() {
		Instance heavier = A.withWeight(500);
		assertThat(of(heavier, B).since(of(A, B))).isEqualTo(change(List.of(A), List.of(heavier)));
	}

	@Test
	void makesTheNewerViewOfTheOlderOneWhateverTheyAre() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		List<Instance> all = IntStream.range(0, 20).mapToObj((i) -> instance("i" + i, i + 1)).toList();
		for (int i = 0; i < 500; i++) {
			List<Instance> older = some(all, random);
			List<Instance> newer = some(all, random);
			Change change = view(newer).since(view(older));
			List<Instance> made = new ArrayList<>(older);
			made.removeAll(change.gone());
			assertThat(made).as("seed %s", seed).hasSize(older.size() - change.gone().size());
			assertThat(change.come()).doesNotContainAnyElementsOf(older);
			made.addAll(change.come());
			assertThat(made).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(newer);
		}
	}

	private static List<Instance> some(List<Instance> all, Random random) {
		List<Instance> some = new ArrayList<>(all);
		some.removeIf((instance) -> random.nextBoolean());
		if (random.nextBoolean()) {
			Collections.shuffle(some, random);
		}
		return some;
	}

	private static Change change(List<Instance> gone, List<Instance> come) {
		return new Change(gone, come);
	}

	private static Instances of(Instance... instances) {
		return view(List.of(instances));
	}

	private static Instances view(List<Instance> list) {
		return Instances.of(ORDERS, list, Origin.REGISTRY);
	}

}
