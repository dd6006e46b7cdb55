package io.harpc.benchmarks.sidebyside;

import java.util.Locale;

import io.harpc.benchmarks.load.LoadResult;
import io.harpc.benchmarks.sidebyside.Options.Cell;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * One cell of one round.
 *
 * @param subject who was measured
 * @param cell at what
 * @param round in which round, from 1
 * @param result what came of it
 */
record Measurement(SubjectEntry subject, Cell cell, int round, LoadResult result) {

	@Override
	public String toString() {
		return String.format(Locale.ROOT, "%-20s %,10.0f calls/s  p50 %,.1f  p99 %,.1f  p99.9 %,.1f µs%s", this.cell,
				this.result.callsPerSecond(), this.result.p50() / 1e3, this.result.p99() / 1e3,
				this.result.p999() / 1e3, (this.result.failed() > 0) ? "  " + this.result.failed() + " FAILED" : "");
	}

}
