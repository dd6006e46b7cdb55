package io.harpc.protocol;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

/**
 * A load report says the same after its eight bytes as before, as far as they go.
 */
class LoadReportTests {

	@ParameterizedTest
	@EnumSource
	void carriesEveryState(ServerState state) {
		LoadReport report = new LoadReport(state, 0, 100, 50, 0, 0, 0);
		assertThat(LoadReport.decode(report.encode())).isEqualTo(report);
	}

	@Test
	void carriesWhatIsUnknown() {
		LoadReport report = new LoadReport(ServerState.SERVING, LoadReport.UNKNOWN, LoadReport.UNKNOWN, 0, 0, 0, 0);
		assertThat(LoadReport.decode(report.encode())).isEqualTo(report);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 15, 16, 17, 31, 32, 100, 1_000, 123_456, 500_000 })
	void carriesCountsExactlyWhileTheyAreSmall(int count) {
		LoadReport report = carried(0, count, count);
		assertThat(report.runningCalls()).isEqualTo(report.queuedCalls());
		if (count <= 32) {
			assertThat(report.runningCalls()).isEqualTo(count);
		}
		else {
			assertThat(report.runningCalls()).isCloseTo(count, within(count / 32));
		}
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0, 0.003, 0.3, 1, 4.095, 9.999, 250.5, 80_000, 1_234_567.891, 4e9 })
	void carriesRatesOfSlowAndOfFastServers(double rate) {
		assertThat(carried(rate, 0, 0).callsPerSecond()).isCloseTo(rate, within(rate / 4096 + 0.0005));
	}

	@Test
	void carriesTheLargestInPlaceOfWhatIsLarger() {
		LoadReport report = carried(Double.MAX_VALUE, Integer.MAX_VALUE, 600_000);
		assertThat(report.callsPerSecond()).isEqualTo(carried(5e9, 0, 0).callsPerSecond()).isGreaterThan(4e9);
		assertThat(report.runningCalls()).isEqualTo(507_904).isEqualTo(report.queuedCalls());
	}

	@Test
	void largerCountsAreNeverCarriedAsSmallerOnes() {
		int before = 0;
		for (int count = 0; count < 100_000; count++) {
			int carried = carried(0, count, 0).runningCalls();
			assertThat(carried).isGreaterThanOrEqualTo(before);
			before = carried;
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { LoadReport.NONE, 0x00ff_ffff_ffff_ffffL, 0x0400_0000_0000_0000L, -1 })
	void isNoneWithoutAStateThatIsKnown(long bytes) {
		assertThat(LoadReport.decode(bytes)).isNull();
	}

	@Test
	void readsWhateverAForeignServerSends() {
		LoadReport report = LoadReport.decode(0x01ff_ffff_ffff_ffffL);
		assertThat(report).isNotNull();
		assertThat(report.cpuPercent()).isEqualTo(LoadReport.UNKNOWN);
		assertThat(report.failedPercent()).isZero();
		assertThat(report.runningCalls()).isPositive();
	}

	@ParameterizedTest
	@CsvSource({ "-2, 0, 0, 0, 0, 0, cpuPercent: -2", "0, 101, 0, 0, 0, 0, heapPercent: 101",
			"0, 0, -1, 0, 0, 0, failedPercent: -1", "0, 0, 0, -0.5, 0, 0, callsPerSecond: -0.5",
			"0, 0, 0, NaN, 0, 0, callsPerSecond: NaN", "0, 0, 0, 0, -1, 0, runningCalls: -1",
			"0, 0, 0, 0, 0, -1, queuedCalls: -1" })
	void refusesWhatCannotBe(int cpu, int heap, int failed, double rate, int running, int queued, String message) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new LoadReport(ServerState.SERVING, cpu, heap, failed, rate, running, queued))
			.withMessageContaining(message)
			.withMessageContaining("expected");
	}

	private static LoadReport carried(double rate, int running, int queued) {
		LoadReport report = LoadReport
			.decode(new LoadReport(ServerState.SERVING, 1, 2, 3, rate, running, queued).encode());
		assertThat(report).isNotNull();
		return report;
	}

}
