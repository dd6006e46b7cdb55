package io.harpc.benchmarks.sidebyside;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.harpc.benchmarks.load.Callers;
import io.harpc.benchmarks.load.LoadSettings;
import io.harpc.benchmarks.load.Operation;
import io.harpc.benchmarks.process.SubjectProcesses;
import io.harpc.benchmarks.process.SubjectProcesses.Jvm;
import io.harpc.benchmarks.sidebyside.Options.Cell;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * Compares ha-rpc with its peers. In each round every subject gets two fresh processes,
 * one after another, so that whatever disturbs the machine for a while disturbs all.
 */
public final class SideBySide {

	/** As many callers as are usual, until the code is compiled. */
	private static final Callers WARMING = new Callers(8, false);

	private static final List<String> HEAP = List.of("-Xms256m", "-Xmx256m");

	@SuppressWarnings("checkstyle:StandardStreams")
	private final PrintStream console = System.out;

	private final Options options;

	private final Path results;

	private final Jvm jvm;

	private SideBySide(Options options, Path benchmarks) {
		this.options = options;
		String now = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss"));
		this.results = benchmarks.resolve("target/results").resolve(now);
		this.jvm = new Jvm(options.java(), benchmarks, HEAP);
	}

	/**
	 * Runs what the command line asks for.
	 * @param args see {@code benchmarks/README.md}
	 * @throws Exception if nothing can be measured at all
	 */
	public static void main(String[] args) throws Exception {
		Path benchmarks = Path.of(System.getProperty("benchmarks.directory", "benchmarks"));
		new SideBySide(Options.of(args), benchmarks).run(String.join(" ", args));
	}

	private void run(String commandLine) throws IOException, InterruptedException {
		Files.createDirectories(this.results);
		String report = (this.options.idleConnections() > 0) ? measureIdleConnections() : compare();
		String text = Machine.describe(commandLine) + report;
		Files.writeString(this.results.resolve("report.md"), text);
		this.console.println("\n" + text + "\nIn " + this.results + ": report.md, results.csv and logs");
	}

	private String compare() throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>();
		List<String> failures = new ArrayList<>();
		for (int round = 1; round <= this.options.rounds(); round++) {
			for (SubjectEntry subject : inOrderOf(round)) {
				try {
					measurements.addAll(measure(subject, round));
				}
				catch (IOException ex) {
					failures.add(subject.label() + ", round " + round + ": " + ex.getMessage());
					this.console.println("  FAILED: " + ex.getMessage());
				}
			}
		}
		Report report = new Report(measurements, failures);
		Files.writeString(this.results.resolve("results.csv"), report.toCsv());
		return report.toMarkdown();
	}

	/** Nobody is always behind the same one. */
	private List<SubjectEntry> inOrderOf(int round) {
		List<SubjectEntry> order = new ArrayList<>(this.options.subjects());
		Collections.rotate(order, round - 1);
		return order;
	}

	private List<Measurement> measure(SubjectEntry subject, int round) throws IOException, InterruptedException {
		this.console.println("round " + round + " of " + this.options.rounds() + ": " + subject.label());
		List<Measurement> measured = new ArrayList<>();
		try (SubjectProcesses processes = start(subject, round)) {
			warmUp(processes);
			for (Cell cell : this.options.cells()) {
				Measurement measurement = new Measurement(subject, cell, round,
						processes.load(new LoadSettings(cell.operation(), cell.callers(), this.options.slowCallers(),
								this.options.cellWarmUp(), this.options.measured())));
				this.console.println("  " + measurement);
				measured.add(measurement);
			}
		}
		return measured;
	}

	private SubjectProcesses start(SubjectEntry subject, int round) throws IOException, InterruptedException {
		return SubjectProcesses.start(subject, this.jvm, this.results.resolve("logs").resolve("round-" + round));
	}

	private void warmUp(SubjectProcesses processes) throws IOException, InterruptedException {
		List<Operation> operations = this.options.cells().stream().map(Cell::operation).distinct().toList();
		Duration each = this.options.warmUp().dividedBy(operations.size());
		if (each.isZero()) {
			return;
		}
		for (Operation operation : operations) {
			processes.load(new LoadSettings(operation, WARMING, 0, Duration.ZERO, each));
		}
	}

	private String measureIdleConnections() throws IOException, InterruptedException {
		IdleConnections idle = new IdleConnections(this.options.idleConnections());
		for (SubjectEntry subject : this.options.subjects()) {
			this.console.println(subject.label());
			try (SubjectProcesses processes = start(subject, 1)) {
				idle.measure(subject, processes);
			}
			catch (IOException ex) {
				idle.failed(subject, ex);
			}
		}
		Files.writeString(this.results.resolve("results.csv"), idle.toCsv());
		return idle.toMarkdown();
	}

}
