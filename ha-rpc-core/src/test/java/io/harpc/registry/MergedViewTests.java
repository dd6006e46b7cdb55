package io.harpc.registry;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.harpc.Address;
import io.harpc.registry.Instances.Origin;

import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

class MergedViewTests {

	private static final Instance A = instance("a", 1);

	private static final Instance B = instance("b", 2);

	private static final Instance C = instance("c", 3);

	private final Set<Address> answering = new HashSet<>();

	private final MergedView view = new MergedView(ORDERS,
			new KeepingSettings(null, Duration.ZERO, Duration.ofSeconds(15), Duration.ofSeconds(10), Trust.ALL),
			this.answering::contains);

	private Instances source = Instances.unknown(ORDERS);

	private long now = Long.MAX_VALUE - 5_000_000_000L;

	@Test
	void knowsNothingBeforeTheRegistryDoes() {
		assertThat(pass(1).isKnown()).isFalse();
	}

	@Test
	void believesASingleDeregistrationAtOnce() {
		allAnswer();
		registryLists(A, B, C);
		assertThat(registryLists(A, B).list()).containsExactly(A, B);
	}

	@Test
	void believesThatOneOfTwoIsGoneButNotBoth() {
		allAnswer();
		registryLists(A, B);
		assertThat(registryLists(B).list()).containsExactly(B);
		pass(10);
		assertThat(registryLists().list()).containsExactly(B);
	}

	@Test
	void keepsMostOfThemWhileTheyAnswer() {
		allAnswer();
		registryLists(A, B, C);
		Instances kept = registryLists(A);
		assertThat(kept.list()).containsExactlyInAnyOrder(A, B, C);
		assertThat(kept.isConfirmed(A)).isTrue();
		assertThat(kept.isConfirmed(B)).isFalse();
		assertThat(pass(3600).list()).containsExactlyInAnyOrder(A, B, C);
	}

	@Test
	void givesUpEachOneAsSoonAsItDoesNotAnswerEither() {
		allAnswer();
		registryLists(A, B, C);
		registryLists();
		this.answering.remove(B.address());
		assertThat(pass(1).list()).containsExactlyInAnyOrder(A, C);
		this.answering.clear();
		assertThat(pass(1).list()).isEmpty();
		assertThat(this.view.isInDoubt()).isTrue();
		pass(10);
		assertThat(this.view.isInDoubt()).isFalse();
	}

	@Test
	void givesUpAtOnceMostOfThemWhereNoneAnswers() {
		registryLists(A, B, C);
		assertThat(registryLists().list()).isEmpty();
	}

	@Test
	void letsTheOnlyInstanceGoOnceItDrains() {
		allAnswer();
		registryLists(A);
		assertThat(registryLists().list()).containsExactly(A);
		this.answering.clear();
		assertThat(pass(1).list()).isEmpty();
	}

	@Test
	void countsTogetherWhatVanishesOneAfterAnother() {
		allAnswer();
		registryLists(A, B, C);
		assertThat(registryLists(B, C).list()).containsExactly(B, C);
		pass(2);
		assertThat(registryLists(C).list()).as("the first one is taken back").containsExactlyInAnyOrder(A, B, C);
	}

	@Test
	void doesNotCountTogetherWhatVanishesFarApart() {
		allAnswer();
		registryLists(A, B, C);
		registryLists(B, C);
		pass(10);
		assertThat(registryLists(C).list()).containsExactly(C);
	}

	@Test
	void believesInNewIncarnationsAtTheSameAddresses() {
		allAnswer();
		registryLists(A, B);
		Instance newA = instance("a2", 1);
		Instance newB = instance("b2", 2);
		assertThat(registryLists(newA, newB).list()).containsExactly(newA, newB);
		assertThat(this.view.isInDoubt()).isFalse();
	}

	@Test
	void dropsAKeptOneWhoseAddressAnotherOneTakes() {
		allAnswer();
		registryLists(A, B, C);
		registryLists();
		Instance newA = instance("a2", 1);
		assertThat(registryLists(newA).list()).containsExactlyInAnyOrder(newA, B, C);
	}

	@Test
	void confirmsAgainWhatIsListedAgain() {
		allAnswer();
		registryLists(A, B, C);
		registryLists();
		Instances again = registryLists(A, B, C);
		assertThat(again.list()).containsExactly(A, B, C).allMatch(again::isConfirmed);
		assertThat(this.view.isInDoubt()).isFalse();
	}

	@Test
	void keepsEverythingWhileTheRegistryIsAway() {
		registryLists(A, B);
		Instances away = registryIsAway(A, B);
		assertThat(away.origin()).isEqualTo(Origin.KEPT);
		assertThat(away.list()).containsExactly(A, B).noneMatch(away::isConfirmed);
		assertThat(pass(36_000).list()).containsExactly(A, B);
	}

	@Test
	void doubtsEvenASingleDisappearanceWhenTheRegistryIsJustBack() {
		allAnswer();
		registryLists(A, B, C);
		registryIsAway(A, B, C);
		assertThat(registryLists(A, B).list()).containsExactlyInAnyOrder(A, B, C);
		this.answering.remove(C.address());
		assertThat(pass(1).list()).containsExactly(A, B);
	}

	@Test
	void believesAgainOnceTheRegistryHasSettled() {
		allAnswer();
		registryLists(A, B, C);
		registryIsAway(A, B, C);
		registryLists(A, B, C);
		pass(15);
		assertThat(registryLists(A, B).list()).containsExactly(A, B);
	}

	@Test
	void doesNotBelieveInNothingAtAllUntilTheRegistryHasSettled() {
		registryLists(A, B);
		registryIsAway(A, B);
		assertThat(registryLists().list()).containsExactlyInAnyOrder(A, B);
		assertThat(pass(14).list()).hasSize(2);
		assertThat(registryLists(A).list()).containsExactly(A);
		registryLists();
		assertThat(pass(1).list()).isEmpty();
	}

	@Test
	void startsFromASnapshotAndLeavesItForTheRegistry() {
		Instances first = take(Instances.of(ORDERS, List.of(A, B), Origin.SNAPSHOT));
		assertThat(first.list()).containsExactly(A, B).noneMatch(first::isConfirmed);
		assertThat(first.origin()).isEqualTo(Origin.SNAPSHOT);
		assertThat(registryLists(B, C).list()).containsExactly(B, C);
	}

	@Test
	void keepsWhatAnswersOfASnapshotWhileServersRegisterAgain() {
		take(Instances.of(ORDERS, List.of(A, B), Origin.SNAPSHOT));
		this.answering.add(A.address());
		assertThat(registryLists().list()).containsExactly(A);
		assertThat(registryLists(C).list()).containsExactlyInAnyOrder(A, C);
	}

	@Test
	void returnsTheSameViewWhereNothingChanged() {
		Instances first = registryLists(A, B);
		assertThat(registryLists(A, B)).isSameAs(first);
		assertThat(pass(1)).isSameAs(first);
	}

	private void allAnswer() {
		Stream.of(A, B, C).map(Instance::address).forEach(this.answering::add);
	}

	private Instances registryLists(Instance... instances) {
		return take(Instances.of(ORDERS, List.of(instances), Origin.REGISTRY));
	}

	private Instances registryIsAway(Instance... last) {
		return take(Instances.of(ORDERS, List.of(last), Origin.KEPT));
	}

	private Instances pass(int seconds) {
		this.now += seconds * 1_000_000_000L;
		return take(this.source);
	}

	private Instances take(Instances newest) {
		this.source = newest;
		return this.view.update(newest, this.now);
	}

}
