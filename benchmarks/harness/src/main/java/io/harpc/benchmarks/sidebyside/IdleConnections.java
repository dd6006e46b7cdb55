package io.harpc.benchmarks.sidebyside;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.harpc.benchmarks.process.ChildProcess;
import io.harpc.benchmarks.process.SubjectProcesses;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * What connections cost on which nothing happens: memory before and after, on both sides.
 */
final class IdleConnections {

	private static final Duration ANSWER = Duration.ofSeconds(30);

	private final int connections;

	private final List<Row> rows = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	IdleConnections(int connections) {
		this.connections = connections;
	}

	void measure(SubjectEntry subject, SubjectProcesses processes) throws IOException, InterruptedException {
		Memory serverBefore = Memory.of(processes.server());
		Memory clientBefore = Memory.of(processes.client());
		long connectionsBefore = processes.connections();
		processes.openIdleConnections(this.connections);
		Memory server = Memory.of(processes.server()).minus(serverBefore);
		Memory client = Memory.of(processes.client()).minus(clientBefore);
		this.rows.add(new Row(subject, processes.connections() - connectionsBefore, server, client));
	}

	void failed(SubjectEntry subject, IOException ex) {
		this.failures.add(subject.label() + ": " + ex.getMessage());
	}

	String toMarkdown() {
		StringBuilder text = new StringBuilder();
		text.append("What idle connections cost, where ").append(this.connections).append(" were asked for:\n\n");
		text.append("| | connections | server: heap, KiB each | resident, KiB each | threads |");
		text.append(" client: heap, KiB each | resident, KiB each | threads |\n");
		text.append("|---|---|---|---|---|---|---|---|\n");
		this.rows.forEach((row) -> text.append("| ")
			.append(row.subject.label())
			.append(" | ")
			.append(row.connections)
			.append(cells(row.connections, row.server))
			.append(cells(row.connections, row.client))
			.append(" |\n"));
		this.failures.forEach((failure) -> text.append("\nFailed: ").append(failure).append('\n'));
		return text.toString();
	}

	private static String cells(long connections, Memory grown) {
		return String.format(Locale.ROOT, " | %.1f | %.1f | %d", grown.heapBytes / 1024.0 / connections,
				(double) grown.residentKilobytes / connections, grown.threads);
	}

	String toCsv() {
		StringBuilder text = new StringBuilder("subject,side,connections,heap_bytes,resident_kilobytes,threads\n");
		for (Row row : this.rows) {
			text.append(line(row, "server", row.server)).append(line(row, "client", row.client));
		}
		return text.toString();
	}

	private static String line(Row row, String side, Memory grown) {
		return row.subject.label() + "," + side + "," + row.connections + "," + grown.heapBytes + ","
				+ grown.residentKilobytes + "," + grown.threads + "\n";
	}

	private record Row(SubjectEntry subject, long connections, Memory server, Memory client) {
	}

	private record Memory(long heapBytes, long residentKilobytes, long threads) {

		static Memory of(ChildProcess process) throws IOException, InterruptedException {
			String[] answer = process.ask("memory", ANSWER).split(" ");
			return new Memory(Long.parseLong(answer[0]), process.residentKilobytes(), Long.parseLong(answer[1]));
		}

		Memory minus(Memory before) {
			return new Memory(this.heapBytes - before.heapBytes, this.residentKilobytes - before.residentKilobytes,
					this.threads - before.threads);
		}

	}

}
