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
		assertThat(this.average.latencyNanos(at(10))).isEqualTo(1000);
	}

	@Test
	void followsARiseAtOnceAndFallsSlowly() {
		this.average.observe(at(10), 1000);
		this.average.observe(at(10), 5000);
		assertThat(this.average.latencyNanos(at(10))).isEqualTo(5000);
		this.average.observe(at(20), 1000);
		assertThat(this.average.latencyNanos(at(20))).isCloseTo(5000 / Math.E + 1000 * (1 - 1 / Math.E), CLOSE);
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
		assertThat(this.average.latencyNanos(at(10))).isEqualTo(1000);
		this.average.observePeak(at(10), 9000);
		assertThat(this.average.latencyNanos(at(10))).isEqualTo(9000);
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
