package io.harpc.transport;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Pace}.
 */
class PaceTests {

	private long now = Long.MAX_VALUE - 1_000_000;

	private final Pace pace = new Pace(this.now);

	@Test
	void isNotThickBeforeItIsKnown() {
		assertThat(this.pace.isThick()).isFalse();
		write(63, 1, 1_000);
		assertThat(this.pace.isThick()).isFalse();
	}

	@Test
	void isThickWhereManyComeOneByOne() {
		write(64, 1, 20_000);
		assertThat(this.pace.isThick()).isTrue();
	}

	@Test
	void isThickWhereManyComeAtOnceAndSeldom() {
		write(4, 30, 200_000);
		assertThat(this.pace.isThick()).isTrue();
	}

	@Test
	void isNotThickWhereFewCome() {
		write(200, 1, 150_000);
		assertThat(this.pace.isThick()).isFalse();
	}

	@Test
	void isNoLongerThickSoonAfterItBecameQuiet() {
		write(1_000, 1, 5_000);
		assertThat(this.pace.isThick()).isTrue();
		write(2, 1, 10_000_000);
		assertThat(this.pace.isThick()).isFalse();
	}

	private void write(int times, int frames, long apartNanos) {
		for (int i = 0; i < times; i++) {
			this.now += apartNanos;
			this.pace.wrote(frames, this.now);
		}
	}

}
