package io.harpc.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.List;

import io.harpc.benchmarks.load.Callers;
import io.harpc.benchmarks.load.LoadResult;
import io.harpc.benchmarks.load.Operation;
import io.harpc.benchmarks.sidebyside.Options.Cell;
import io.harpc.benchmarks.subject.SubjectEntry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReportTests {

	private static final long SECOND = 1_000_000_000;

	private final List<Measurement> measurements = new ArrayList<>();

	@Test
	void comparesMediansWithTheBestPeerAndTheEcho() {
		measured(SubjectEntry.HA_RPC_JSON, 100_000, 900_000, 200_000);
		measured(SubjectEntry.ECHO, 80_000, 100_000, 120_000);
		measured(SubjectEntry.GRPC, 10_000, 20_000, 30_000);
		measured(SubjectEntry.RMI, 50_000, 50_000, 50_000);
		assertThat(new Report(this.measurements, List.of()).toMarkdown())
			.contains("| existUser by 8 | ha-rpc-json | 200,000 | rmi | 4.00 | 2.00 | 1.00 | 0.25 |")
			.contains("| ha-rpc-json | 200,000 | 100,000 – 900,000 | 4.00 | 2.00 | 10.0 | 20.0 | 30.0 |")
			.contains("| grpc | 20,000 | 10,000 – 30,000 | 0.40 | 0.20 |");
	}

	@Test
	void leavesOutWhatThereIsNothingToCompareWith() {
		measured(SubjectEntry.HA_RPC_JSON, 1_000);
		assertThat(new Report(this.measurements, List.of("grpc, round 1: no answer")).toMarkdown())
			.contains("| existUser by 8 | ha-rpc-json | 1,000 | – | – | – | – | – |")
			.contains("Failed: grpc, round 1: no answer");
	}

	@Test
	void listsEveryMeasurement() {
		measured(SubjectEntry.HA_RPC_JSON, 1_000, 2_000);
		assertThat(new Report(this.measurements, List.of()).toCsv().lines()).hasSize(3)
			.contains("ha-rpc-json,existUser,8,2,2000.0,10.0,20.0,30.0,500.000,500.000,250,450,2000,0");
	}

	/** Each second of either process is used up. */
	private void measured(SubjectEntry subject, long... callsPerSecond) {
		for (int i = 0; i < callsPerSecond.length; i++) {
			LoadResult result = new LoadResult(callsPerSecond[i], 0, SECOND, 10_000, 20_000, 30_000, SECOND, SECOND,
					500_000, 900_000);
			this.measurements
				.add(new Measurement(subject, new Cell(Operation.EXIST_USER, new Callers(8, false)), i + 1, result));
		}
	}

}
