package io.harpc.client;

import java.time.Duration;

import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportedWeightTests {

	private static final LoadReport REPORT = report(50, 0, 1000);

	@Test
	void isCallsPerSecondAtFullUse() {
		assertThat(ReportedWeight.of(REPORT, 0)).isEqualTo(2000);
		assertThat(ReportedWeight.of(report(25, 0, 1000), 0)).isEqualTo(4000);
	}

	@Test
	void isLowerForOneThatFails() {
		assertThat(ReportedWeight.of(report(50, 50, 1000), 0)).isEqualTo(1000);
		// Failing is no work
		assertThat(ReportedWeight.of(report(0, 100, 1000), 0)).isEqualTo(1000);
	}

	@Test
	void isUnknownWithoutAReportOrWithAnOldOne() {
		assertThat(ReportedWeight.of(null, 0)).isZero();
		assertThat(ReportedWeight.of(REPORT, Duration.ofSeconds(180).toNanos())).isPositive();
		assertThat(ReportedWeight.of(REPORT, Duration.ofSeconds(181).toNanos())).isZero();
	}

	@Test
	void isUnknownWhereUseIsUnknownOrTooLowToTellFromNone() {
		assertThat(ReportedWeight.of(report(LoadReport.UNKNOWN, 0, 1000), 0)).isZero();
		assertThat(ReportedWeight.of(report(4, 0, 1000), 0)).isZero();
		assertThat(ReportedWeight.of(report(50, 0, 0), 0)).isZero();
	}

	private static LoadReport report(int cpu, int failed, double rate) {
		return new LoadReport(ServerState.SERVING, cpu, 50, failed, rate, 1, 0);
	}

}
