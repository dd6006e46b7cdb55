package io.harpc.resilience;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OutlierDetector}: what it says of an outlier.
 */
class OutlierDetectorTests {

	private final OutlierDetector detector = new OutlierDetector(EjectionSettings.defaults(), 0);

	@Test
	void theFifthFailureInARowIsEnough() {
		fail(4);
		assertThat(this.detector.failed(0)).isEqualTo("5 failures in a row");
	}

	@Test
	void saysHowManyWereEnoughWhereThereAreMore() {
		fail(5);
		assertThat(this.detector.failed(0)).isEqualTo("6 failures in a row (5 are enough)");
	}

	@Test
	void aSuccessBreaksTheRow() {
		fail(4);
		this.detector.succeeded(0);
		assertThat(this.detector.failed(0)).isNull();
	}

	private void fail(int times) {
		for (int i = 0; i < times; i++) {
			this.detector.failed(0);
		}
	}

}
