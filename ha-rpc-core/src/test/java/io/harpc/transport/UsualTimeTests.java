package io.harpc.transport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UsualTime}.
 */
class UsualTimeTests {

	private final UsualTime usual = new UsualTime();

	@Test
	void isTheMeanOfCallsInCalm() {
		this.usual.learn(100, 1);
		assertThat(this.usual.learn(300, UsualTime.CALM)).isEqualTo(200);
	}

	@Test
	void doesNotFollowCallsThatHinderEachOther() {
		this.usual.learn(100, 1);
		for (int i = 0; i < 100_000; i++) {
			this.usual.learn(5_000, 50);
		}
		assertThat(this.usual.learn(5_000, 50)).isEqualTo(100);
	}

	@Test
	void takesWhatThereIsWhereItHasNeverBeenCalm() {
		for (int i = 0; i < 1_000; i++) {
			this.usual.learn(5_000, 50);
		}
		assertThat(this.usual.learn(5_000, 50)).isEqualTo(5_000);
	}

	@Test
	void forgetsAFirstCallThatHadToLoadClasses() {
		this.usual.learn(500_000, 1);
		for (int i = 0; i < 5_000; i++) {
			this.usual.learn(100, 50);
		}
		assertThat(this.usual.learn(100, 50)).isBetween(100L, 200L);
	}

	@Test
	void followsAMethodThatTakesLongerForGood() {
		this.usual.learn(100, 1);
		for (int i = 0; i < 500; i++) {
			this.usual.learn(1_000, 4);
		}
		assertThat(this.usual.learn(1_000, 4)).isBetween(990L, 1_000L);
	}

}
