package io.harpc.resilience;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AdaptiveLimit}.
 */
class AdaptiveLimitTests {

	private final AdaptiveLimit limit = new AdaptiveLimit(1024);

	@Test
	void staysAtTheMaximumWhileCallsTakeWhatTheyTakeAlone() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.limit.update(1.5, 900)).isEqualTo(1024);
		}
	}

	@Test
	void oneSlowMomentChangesNothing() {
		assertThat(this.limit.update(50, 900)).isEqualTo(1024);
		assertThat(this.limit.update(1, 900)).isEqualTo(1024);
		assertThat(this.limit.update(50, 900)).isEqualTo(1024);
	}

	@Test
	void aFewCallsAtOnceAreNotEachOthersFault() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.limit.update(50, 4)).isEqualTo(1024);
		}
	}

	@Test
	void fallsToWhatOneResourceCanServe() {
		assertThat(overload(4, 1, 30)).isBetween(6, 16);
	}

	@Test
	void findsWhatALargerResourceCanServe() {
		assertThat(overload(100, 1, 30)).isBetween(150, 260);
	}

	@Test
	void comesBackWithinSecondsOfGoodBehaviour() {
		int now = overload(4, 1, 30);
		int windows = 0;
		while (now < 500) {
			now = this.limit.update(1, now);
			windows++;
		}
		assertThat(windows).as("of a tenth of a second").isLessThan(15);
	}

	@Test
	void doesNotGrowWhereNobodyAsksForMore() {
		int low = overload(4, 1, 30);
		assertThat(this.limit.update(1, 1)).isEqualTo(low);
	}

	@Test
	void isNeverBelowFourNorAboveTheMaximum() {
		for (int i = 0; i < 100; i++) {
			assertThat(this.limit.update(1_000, 5)).isBetween(AdaptiveLimit.MIN, 1024);
		}
		assertThat(new AdaptiveLimit(2).update(1_000, 5)).isEqualTo(2);
	}

	/**
	 * As many calls as may want a resource that serves some at a time, one tick each.
	 */
	private int overload(int servers, double alone, int windows) {
		int running = 400;
		for (int i = 0; i < windows; i++) {
			double taken = alone * Math.max(1, running / (double) servers);
			running = Math.min(400, this.limit.update(taken / alone, running));
		}
		return running;
	}

}
