package io.harpc.client;

import java.time.Duration;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PeakEwmaTests {

	private static final Percentage CLOSE = Percentage.withPercentage(1);

	private final long start = Long.MAX_VALUE - Duration.ofSeconds(15).toNanos();

	private final PeakEwma average = new PeakEwma(this.start);

	@Test
	void believesNoLatencyOfAnInstanceThatHasJustCome() {
		this.average.observe(at(1), 1000);
		this.average.observe(at(9), 1000);
		assertThat(this.average.latencyNanos(at(9))).isZero();
		this.average.observe(at(10), 1000);
		assertThat(this.average.latencyNanos(at(10))).isCloseTo(1000, CLOSE);
	}

	@Test
	void followsARiseAtOnceAndForgetsItWithinSecondsUnlessItIsConfirmed() {
		this.average.observe(at(10), 1000);
		this.average.observe(at(11), 1000);
		this.average.observe(at(11), 50_000);
		this.average.observe(at(11), 50_000);
		assertThat(this.average.latencyNanos(at(11))).isCloseTo(50_000, CLOSE);
		assertThat(this.average.latencyNanos(at(15))).isLessThan(1000);
	}

	@Test
	void believesARiseThatGoesOn() {
		this.average.observe(at(10), 1000);
		for (int second = 11; second <= 40; second++) {
			this.average.observe(at(second), 50_000);
		}
		assertThat(this.average.latencyNanos(at(45))).isGreaterThan(20_000);
		for (int second = 41; second <= 80; second++) {
			this.average.observe(at(second), 1000);
		}
		assertThat(this.average.latencyNanos(at(80))).isLessThan(1200);
	}

	@Test
	void saysHowLongItUsuallyTakesWhateverASingleCallTook() {
		assertThat(this.average.usualNanos()).isEqualTo(Duration.ofMillis(500).toNanos());
		this.average.observe(at(10), 1000);
		this.average.observe(at(11), 90_000);
		assertThat(this.average.usualNanos()).isBetween(1000L, 2000L);
	}

	@Test
	void fallsWhileNothingIsMeasuredEvenWhenTheClockWrapsAround() {
		this.average.observe(at(10), 1000);
		assertThat(this.average.latencyNanos(at(20))).isCloseTo(1000 / Math.E, CLOSE);
	}

	@Test
	void believesALongTimeOfAFailureAndNotAShortOne() {
		this.average.observe(at(10), 1000);
		this.average.observePeak(at(10), 1);
		assertThat(this.average.latencyNanos(at(10))).isCloseTo(1000, CLOSE);
		this.average.observePeak(at(10), 9000);
		assertThat(this.average.latencyNanos(at(10))).isCloseTo(9000, CLOSE);
	}

	@Test
	void doesNotTakeWhoAlwaysThrowsForFast() {
		for (int second = 10; second <= 40; second++) {
			this.average.observePeak(at(second), 1);
		}
		assertThat(this.average.latencyNanos(at(40))).isZero();
		assertThat(this.average.recentFailures(at(40))).isBetween(9.0, 10.0);
		assertThat(this.average.recentFailures(at(50))).isBetween(3.0, 4.0);
		for (int second = 41; second <= 60; second++) {
			this.average.observe(at(second), 1000);
		}
		assertThat(this.average.recentFailures(at(60))).isLessThan(1.5);
	}

	@Test
	void forgetsFailuresWithTime() {
		this.average.failed(at(0));
		this.average.failed(at(0));
		assertThat(this.average.recentFailures(at(0))).isEqualTo(2);
		assertThat(this.average.recentFailures(at(10))).isCloseTo(2 / Math.E, CLOSE);
		assertThat(this.average.recentFailures(at(60))).isLessThan(0.01);
		assertThat(this.average.recentFailures(at(60))).isZero();
	}

	@Test
	void beginsAgainWhenTheInstanceIsBack() {
		this.average.observe(at(10), 1000);
		this.average.failed(at(10));
		this.average.reset(at(11));
		assertThat(this.average.latencyNanos(at(11))).isZero();
		assertThat(this.average.recentFailures(at(11))).isZero();
	}

	private long at(int seconds) {
		return this.start + Duration.ofSeconds(seconds).toNanos();
	}

}
