package io.harpc.client;

import java.util.Random;
import java.util.function.DoubleSupplier;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LatencyQuantileTests {

	private static final double MILLI = 1e6;

	private final LatencyQuantile quantile = new LatencyQuantile();

	private final long seed = System.nanoTime();

	private final Random random = new Random(this.seed);

	@Test
	void knowsNothingOfTooFewCalls() {
		for (int i = 0; i < LatencyQuantile.MIN_CALLS - 1; i++) {
			this.quantile.record(1);
		}
		assertThat(this.quantile.nanos()).isEqualTo(Long.MAX_VALUE);
		this.quantile.record(1);
		assertThat(this.quantile.nanos()).isEqualTo((long) MILLI);
	}

	@RepeatedTest(10)
	void aboutOneCallOfTwentyIsLonger() {
		DoubleSupplier calls = () -> 5 * MILLI * Math.exp(this.random.nextGaussian());
		int longer = longer(calls);
		assertThat(longer).as("of 10,000, seed %d", this.seed).isBetween(300, 800);
	}

	@RepeatedTest(10)
	void followsCallsThatGetSlowerAndFaster() {
		longer(() -> MILLI * (2 + this.random.nextDouble()));
		assertThat(this.quantile.nanos() / MILLI).as("seed %d", this.seed).isBetween(2.5, 3.5);
		longer(() -> MILLI * (200 + 100 * this.random.nextDouble()));
		assertThat(this.quantile.nanos() / MILLI).as("seed %d", this.seed).isBetween(250.0, 350.0);
		longer(() -> MILLI * (2 + this.random.nextDouble()));
		assertThat(this.quantile.nanos() / MILLI).as("seed %d", this.seed).isBetween(2.5, 3.5);
	}

	@Test
	void aCallThatWasGivenUpCountsAsLonger() {
		for (int i = 0; i < 10_000; i++) {
			// What would take longer is given up soon after the estimate
			double took = 5 * MILLI * Math.exp(this.random.nextGaussian());
			this.quantile.record((long) Math.min(took, this.quantile.nanos() * 1.01));
		}
		assertThat(this.quantile.nanos() / MILLI).as("seed %d", this.seed).isBetween(18.0, 40.0);
	}

	/**
	 * {@return how many of the second half took longer than estimated}
	 */
	private int longer(DoubleSupplier calls) {
		int longer = 0;
		for (int i = 0; i < 20_000; i++) {
			long nanos = (long) calls.getAsDouble();
			longer += (i >= 10_000 && nanos > this.quantile.nanos()) ? 1 : 0;
			this.quantile.record(nanos);
		}
		return longer;
	}

}
