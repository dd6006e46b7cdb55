package io.harpc.demo.consumer;

import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LoadStatisticsTests {

	private static final long MILLI = 1_000_000;

	private final LoadStatistics statistics = new LoadStatistics();

	@Test
	void countsCallsByTheInstanceThatAnswered() {
		this.statistics.succeeded("a:1", MILLI);
		this.statistics.succeeded("b:1", MILLI);
		this.statistics.succeeded("a:1", MILLI);

		LoadSummary summary = this.statistics.take();

		assertThat(summary.calls()).isEqualTo(3);
		assertThat(summary.failures()).isZero();
		assertThat(summary.callsByInstance()).isEqualTo(Map.of("a:1", 2, "b:1", 1));
		assertThat(summary.firstFailure()).isNull();
	}

	@Test
	void countsFailuresAsCallsAndKeepsTheFirst() {
		this.statistics.failed("connection refused", 2 * MILLI);
		this.statistics.failed("another", MILLI);
		this.statistics.succeeded("a:1", MILLI);

		LoadSummary summary = this.statistics.take();

		assertThat(summary.calls()).isEqualTo(3);
		assertThat(summary.failures()).isEqualTo(2);
		assertThat(summary.firstFailure()).isEqualTo("connection refused");
		assertThat(summary.p99Nanos()).isEqualTo(2 * MILLI);
	}

	@Test
	void findsExactPercentilesInAnyOrder() {
		for (int i = 200; i >= 1; i--) {
			this.statistics.succeeded("a:1", i * MILLI);
		}

		LoadSummary summary = this.statistics.take();

		assertThat(summary.p50Nanos()).isEqualTo(100 * MILLI);
		assertThat(summary.p99Nanos()).isEqualTo(198 * MILLI);
	}

	@Test
	void takesTheOnlyCallForEachPercentile() {
		this.statistics.succeeded("a:1", 7);

		LoadSummary summary = this.statistics.take();

		assertThat(summary.p50Nanos()).isEqualTo(7);
		assertThat(summary.p99Nanos()).isEqualTo(7);
	}

	@Test
	void countsAnewOnceTaken() {
		this.statistics.failed("connection refused", MILLI);
		this.statistics.take();

		assertThat(this.statistics.take()).isEqualTo(new LoadSummary(0, 0, 0, 0, Map.of(), null));
	}

	@Test
	void countsMoreCallsThanItKeepsLatenciesOf() {
		int calls = 4 * LoadProperties.MAX_CALLS_PER_SECOND + 1;
		for (int i = 0; i < calls; i++) {
			this.statistics.succeeded("a:1", MILLI);
		}

		assertThat(this.statistics.take().calls()).isEqualTo(calls);
	}

	@Test
	void printsAllOfItInOneLine() {
		LoadSummary summary = new LoadSummary(200, 1, 412_000, 2_304_000,
				new TreeMap<>(Map.of("127.0.0.1:20881", 66, "127.0.0.1:20882", 67, "10.0.0.7:20880", 66)), "refused");

		assertThat(summary.toLine())
			.isEqualTo("  200 calls  1 failed  p50 0.41 ms  p99 2.30 ms  10.0.0.7:20880 33%  20881 33%  20882 34%");
	}

	@Test
	void printsAQuietSecond() {
		assertThat(new LoadSummary(0, 0, 0, 0, Map.of(), null).toLine())
			.isEqualTo("    0 calls  0 failed  p50 0.00 ms  p99 0.00 ms  ");
	}

}
