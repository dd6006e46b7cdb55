package io.harpc.simulation;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What came of the calls that were counted.
 */
final class Statistics {

	private double[] millis = new double[1024];

	private int calls;

	private int failures;

	private double oddShare;

	private double maxToMean;

	void ended(boolean counted, boolean successful, double seconds) {
		if (!counted) {
			return;
		}
		if (this.calls == this.millis.length) {
			this.millis = Arrays.copyOf(this.millis, 2 * this.calls);
		}
		this.millis[this.calls++] = seconds * 1000;
		this.failures += successful ? 0 : 1;
	}

	void received(List<SimulatedServer> servers, List<SimulatedServer> odds) {
		double mean = servers.stream().mapToInt((server) -> server.received).average().orElseThrow();
		this.maxToMean = servers.stream().mapToInt((server) -> server.received).max().orElseThrow() / mean;
		this.oddShare = odds.stream().mapToInt((server) -> server.received).average().orElseThrow() / mean;
	}

	/**
	 * {@return what the odd instance got, in parts of what it would have got of equals}
	 */
	double oddShare() {
		return this.oddShare;
	}

	double failedPercent() {
		return 100.0 * this.failures / this.calls;
	}

	double millis(double percentile) {
		double[] sorted = Arrays.copyOf(this.millis, this.calls);
		Arrays.sort(sorted);
		return sorted[(int) Math.min(this.calls - 1, Math.ceil(percentile / 100 * this.calls))];
	}

	double maxToMean() {
		return this.maxToMean;
	}

	/**
	 * {@return the columns of a table}
	 */
	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%,d | %.2f | %.0f | %.0f | %.1f %% | %.2f", this.calls, this.oddShare,
				millis(50), millis(99), failedPercent(), this.maxToMean);
	}

}
