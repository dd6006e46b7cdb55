package io.harpc.loadbalancer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PrimaryBackupLoadBalancerTests extends LoadBalancerContractTests {

	@Override
	String name() {
		return "primary-backup";
	}

	@Override
	boolean weighs() {
		return true;
	}

	@Test
	void goesOnWithWhatChoosesWithinAGroupWhereInstancesComeAndGo() {
		AtomicInteger made = new AtomicInteger();
		List<List<Candidate>> seen = new ArrayList<>();
		LoadBalancer balancer = new SpillOverLoadBalancer((candidate) -> candidate.instance().priority(), () -> {
			made.incrementAndGet();
			return (choice) -> {
				seen.add(choice.candidates());
				return choice.firstFrom(0);
			};
		}, (choice) -> 0);
		FakeChoice choice = groups(3, 2);
		balancer.choose(choice);
		balancer.choose(new Other(choice, choice.candidates().subList(0, 4)));
		assertThat(seen.get(1)).as("the list of a group that stays").isSameAs(seen.get(0));
		assertThat(balancer.choose(new Other(choice, choice.candidates().subList(1, 4)))).isSameAs(choice.get(1));
		assertThat(made).as("one for each group").hasValue(2);
	}

	/** Another list of the same candidates. */
	private record Other(Choice choice, List<Candidate> candidates) implements Choice {

		@Override
		public boolean isExcluded(Candidate candidate) {
			return this.choice.isExcluded(candidate);
		}

		@Override
		public long nanoTime() {
			return this.choice.nanoTime();
		}

		@Override
		public @Nullable Object hashKey() {
			return null;
		}

	}

	@Test
	void usesOnlyThePrimariesWhileEnoughOfThemAreAvailable() {
		FakeChoice choice = groups(10, 5);
		choice.get(0).available = false;
		choice.get(1).available = false;
		assertThat(backups(choice)).isZero();
	}

	@Test
	void spillsOverInProportionAsPrimariesBecomeUnavailable() {
		FakeChoice choice = groups(10, 5);
		for (int i = 0; i < 5; i++) {
			choice.get(i).available = false;
		}
		// 1.4 times a half is 0.7
		assertThat(backups(choice)).as("seed " + SEED).isBetween(28_000, 32_000);
	}

	@Test
	void leavesAllToTheBackupsWhereNoPrimaryIsAvailableAndComesBack() {
		FakeChoice choice = groups(3, 2);
		choice.get(0).available = false;
		choice.get(1).available = false;
		choice.get(2).available = false;
		assertThat(backups(choice)).isEqualTo(100_000);
		choice.each((candidate) -> candidate.available = true);
		choice.nanoTime += 100_000_000;
		assertThat(backups(choice)).isZero();
	}

	@Test
	void dividesTheCallsByWhatIsLeftWhereNothingIsWhole() {
		FakeChoice choice = groups(10, 10);
		for (int i = 2; i < 20; i++) {
			choice.get(i).available = i == 10;
		}
		assertThat(backups(choice)).as("seed " + SEED).isBetween(32_000, 35_000);
	}

	@Test
	void triesThePrimariesFirstWhereNothingIsAvailable() {
		FakeChoice choice = groups(3, 2);
		choice.each((candidate) -> candidate.available = false);
		assertThat(backups(choice)).isZero();
	}

	@Test
	void goesToABackupWhereAllPrimariesWereTriedAndBackWhereAllBackupsWere() {
		FakeChoice choice = groups(2, 2);
		choice.exclude(choice.get(0));
		choice.exclude(choice.get(1));
		assertThat(choice.get(2).instance().priority()).isOne();
		assertThat(backups(choice)).isEqualTo(100_000);
		FakeChoice back = groups(2, 2);
		back.get(0).available = false;
		back.get(1).available = false;
		back.exclude(back.get(2));
		back.exclude(back.get(3));
		assertThat(backups(back)).isZero();
	}

	private int backups(FakeChoice choice) {
		int[] counts = choice.count(this.loadBalancer, 100_000);
		int backups = 0;
		for (int i = 0; i < counts.length; i++) {
			backups += choice.get(i).instance().priority() * counts[i];
		}
		return backups;
	}

	private static FakeChoice groups(int primaries, int backups) {
		FakeChoice choice = FakeChoice.of(primaries + backups);
		for (int i = primaries; i < primaries + backups; i++) {
			choice.get(i).metadata = Map.of(Instance.PRIORITY, "1");
		}
		return choice;
	}

}
