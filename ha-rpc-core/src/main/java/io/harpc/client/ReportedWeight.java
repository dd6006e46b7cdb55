package io.harpc.client;

import java.time.Duration;

import io.harpc.protocol.LoadReport;
import org.jspecify.annotations.Nullable;

/**
 * The weight that a server's load report amounts to, as in gRPC's weighted round robin
 * (gRFC A58): calls per second, divided by how busy they make the process, where failed
 * calls count as work of a process that is fully busy.
 */
final class ReportedWeight {

	private static final double FAILURE_PENALTY = 1;

	private static final long EXPIRY_NANOS = Duration.ofMinutes(3).toNanos();

	/** Below this, what is rounded to whole percents says nothing. */
	private static final double LEAST_PERCENT = 5;

	private ReportedWeight() {
	}

	/**
	 * {@return the weight, zero if it is not known}
	 * @param report what the server said
	 * @param age how long ago that was, in nanoseconds
	 */
	static double of(@Nullable LoadReport report, long age) {
		if (report == null || age > EXPIRY_NANOS || report.cpuPercent() == LoadReport.UNKNOWN) {
			return 0;
		}
		double busy = report.cpuPercent() + report.failedPercent() * FAILURE_PENALTY;
		return (busy >= LEAST_PERCENT) ? report.callsPerSecond() * 100 / busy : 0;
	}

}
