package io.harpc.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.resilience.AdaptiveLimit;
import io.harpc.transport.LoadControl.Load;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoadMonitor}.
 */
class LoadMonitorTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private @Nullable Duration cpuTime = Duration.ZERO;

	private final LoadMonitor monitor = new LoadMonitor(null, () -> this.cpuTime);

	@Test
	void servesFromTheFirstAnswerOnAndKnowsNothingElseYet() {
		LoadReport report = report();
		assertThat(report.state()).isEqualTo(ServerState.SERVING);
		assertThat(report.cpuPercent()).isEqualTo(LoadReport.UNKNOWN);
		assertThat(report.heapPercent()).isBetween(0, 100);
		assertThat(report.callsPerSecond()).isZero();
	}

	@Test
	void measuresBetweenTwoSamples() {
		this.monitor.sample(new Load(0, 1000, 0, 0));
		this.cpuTime = Duration.ofMillis(500L * Runtime.getRuntime().availableProcessors());
		for (int i = 0; i < 50; i++) {
			this.monitor.failed();
		}
		this.monitor.sample(new Load(2 * SECOND, 1200, 7, 3));
		LoadReport report = report();
		assertThat(report.callsPerSecond()).isEqualTo(100);
		assertThat(report.failedPercent()).isEqualTo(25);
		assertThat(report.cpuPercent()).isEqualTo(25);
		assertThat(report.runningCalls()).isEqualTo(7);
		assertThat(report.queuedCalls()).isEqualTo(3);
	}

	@Test
	void cpuIsUnknownWhereTheMachineDoesNotSay() {
		this.cpuTime = null;
		this.monitor.sample(new Load(0, 0, 0, 0));
		this.monitor.sample(new Load(SECOND, 0, 0, 0));
		assertThat(report().cpuPercent()).isEqualTo(LoadReport.UNKNOWN);
	}

	@Test
	void aCallThatFailedAndIsNotAnsweredYetMakesNoMoreThanAll() {
		this.monitor.sample(new Load(0, 0, 0, 0));
		this.monitor.failed();
		this.monitor.sample(new Load(SECOND, 0, 1, 0));
		assertThat(report().failedPercent()).isEqualTo(100);
	}

	@Test
	void aNewStateIsSaidAtOnceAndKeptByTheNextSample() {
		this.monitor.setState(ServerState.NOT_READY);
		assertThat(report().state()).isEqualTo(ServerState.NOT_READY);
		this.monitor.sample(new Load(0, 0, 0, 0));
		this.monitor.sample(new Load(SECOND, 0, 0, 0));
		assertThat(report().state()).isEqualTo(ServerState.NOT_READY);
	}

	@Test
	void limitsNothingUnlessItIsToAdapt() {
		assertThat(this.monitor.limit(100, 900)).isEqualTo(Integer.MAX_VALUE);
		LoadMonitor adaptive = new LoadMonitor(new AdaptiveLimit(1024), () -> null);
		adaptive.limit(100, 900);
		assertThat(adaptive.limit(100, 900)).isLessThan(900);
	}

	private LoadReport report() {
		LoadReport report = LoadReport.decode(this.monitor.report());
		assertThat(report).isNotNull();
		return report;
	}

}
