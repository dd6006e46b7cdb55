package io.harpc.benchmarks.sidebyside;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

import io.harpc.benchmarks.load.LoadResult;
import io.harpc.benchmarks.sidebyside.Options.Cell;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * Medians of the rounds, and what they are in proportion to the echo and to the best
 * peer.
 */
final class Report {

	private static final String NONE = "–";

	private final List<Measurement> measurements;

	private final List<String> failures;

	/** In the order in which they were measured. */
	private final Map<Cell, List<Summary>> byCell = new LinkedHashMap<>();

	Report(List<Measurement> measurements, List<String> failures) {
		this.measurements = measurements;
		this.failures = failures;
		measurements.stream().map(Measurement::cell).distinct().forEach(this::summarize);
	}

	private void summarize(Cell cell) {
		Map<SubjectEntry, List<LoadResult>> bySubject = this.measurements.stream()
			.filter((measurement) -> measurement.cell().equals(cell))
			.collect(Collectors.groupingBy(Measurement::subject, LinkedHashMap::new,
					Collectors.mapping(Measurement::result, Collectors.toList())));
		List<Summary> summaries = new ArrayList<>();
		bySubject.forEach((subject, results) -> summaries.add(Summary.of(subject, results)));
		summaries.sort(Comparator.comparing(Summary::subject));
		this.byCell.put(cell, summaries);
	}

	/** Every measurement, one a line, times in microseconds. */
	String toCsv() {
		StringBuilder text = new StringBuilder("subject,operation,callers,round,calls_per_second,p50_us,p99_us,p999_us,"
				+ "client_cpu_us_per_call,server_cpu_us_per_call,client_bytes_per_call,server_bytes_per_call,calls,failed\n");
		for (Measurement measurement : this.measurements) {
			LoadResult result = measurement.result();
			text.append(String.format(Locale.ROOT, "%s,%s,%s,%d,%.1f,%.1f,%.1f,%.1f,%.3f,%.3f,%.0f,%.0f,%d,%d%n",
					measurement.subject().label(), measurement.cell().operation().label(), measurement.cell().callers(),
					measurement.round(), result.callsPerSecond(), result.p50() / 1e3, result.p99() / 1e3,
					result.p999() / 1e3, result.clientCpuMicrosPerCall(), result.serverCpuMicrosPerCall(),
					result.clientBytesPerCall(), result.serverBytesPerCall(), result.calls(), result.failed()));
		}
		return text.toString();
	}

	String toMarkdown() {
		StringBuilder text = new StringBuilder();
		appendOverview(text);
		this.byCell.forEach((cell, summaries) -> appendCell(text, cell, summaries));
		this.failures.forEach((failure) -> text.append("Failed: ").append(failure).append("\n\n"));
		return text.toString();
	}

	private void appendOverview(StringBuilder text) {
		text.append("""
				ha-rpc in proportion to the best peer (its calls a second, p99 and processor time on both sides) and to
				the bare echo:

				| | | calls/s | best peer | × best peer | × echo | p99 | processor time |
				|---|---|---|---|---|---|---|---|
				""");
		this.byCell.forEach((cell, summaries) -> summaries.stream()
			.filter((summary) -> summary.subject.isHaRpc())
			.forEach((summary) -> text.append(overview(cell, summary, summaries))));
		text.append('\n');
	}

	private static String overview(Cell cell, Summary summary, List<Summary> all) {
		String bestPeer = all.stream()
			.filter((other) -> other.subject.isPeer())
			.max(Comparator.comparingDouble(Summary::callsPerSecond))
			.map((best) -> best.subject.label())
			.orElse(NONE);
		return String.format(Locale.ROOT, "| %s | %s | %,.0f | %s | %s | %s | %s | %s |%n", cell,
				summary.subject.label(), summary.callsPerSecond, bestPeer,
				ratio(summary.callsPerSecond, mostOfPeers(all)), ratio(summary.callsPerSecond, ofEcho(all)),
				ratio(summary.p99, leastOfPeers(all, Summary::p99)),
				ratio(summary.cpu(), leastOfPeers(all, Summary::cpu)));
	}

	private static void appendCell(StringBuilder text, Cell cell, List<Summary> summaries) {
		text.append("**").append(cell.operation().label()).append("**, ").append(cell.callers().count());
		text.append(
				cell.callers().virtual() ? " virtual threads" : (cell.callers().count() == 1) ? " caller" : " callers")
			.append("\n\n");
		text.append("""
				| | calls/s | least to most | × best peer | × echo | p50 µs | p99 µs | p99.9 µs | client: CPU µs |\
				 bytes | server: CPU µs | bytes | failed |
				|---|---|---|---|---|---|---|---|---|---|---|---|---|
				""");
		for (Summary summary : summaries) {
			text.append(String.format(Locale.ROOT,
					"| %s | %,.0f | %,.0f – %,.0f | %s | %s | %,.1f | %,.1f | %,.1f | %.1f | %,.0f | %.1f | %,.0f | %s |%n",
					summary.subject.label(), summary.callsPerSecond, summary.slowest, summary.fastest,
					ratio(summary.callsPerSecond, mostOfPeers(summaries)),
					ratio(summary.callsPerSecond, ofEcho(summaries)), summary.p50, summary.p99, summary.p999,
					summary.clientCpu, summary.clientBytes, summary.serverCpu, summary.serverBytes,
					(summary.failed == 0) ? "" : Long.toString(summary.failed)));
		}
		text.append('\n');
	}

	private static double mostOfPeers(List<Summary> all) {
		return all.stream()
			.filter((summary) -> summary.subject.isPeer())
			.mapToDouble(Summary::callsPerSecond)
			.max()
			.orElse(Double.NaN);
	}

	private static double leastOfPeers(List<Summary> all, ToDoubleFunction<Summary> figure) {
		return all.stream()
			.filter((summary) -> summary.subject.isPeer())
			.mapToDouble(figure)
			.filter(Double::isFinite)
			.min()
			.orElse(Double.NaN);
	}

	private static double ofEcho(List<Summary> all) {
		return all.stream()
			.filter((summary) -> summary.subject == SubjectEntry.ECHO)
			.mapToDouble(Summary::callsPerSecond)
			.findFirst()
			.orElse(Double.NaN);
	}

	private static String ratio(double figure, double reference) {
		double ratio = figure / reference;
		return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : NONE;
	}

	/** Medians of the rounds; times in microseconds. */
	private record Summary(SubjectEntry subject, double callsPerSecond, double slowest, double fastest, double p50,
			double p99, double p999, double clientCpu, double serverCpu, double clientBytes, double serverBytes,
			long failed) {

		static Summary of(SubjectEntry subject, List<LoadResult> results) {
			return new Summary(subject, median(results, LoadResult::callsPerSecond),
					results.stream().mapToDouble(LoadResult::callsPerSecond).min().orElseThrow(),
					results.stream().mapToDouble(LoadResult::callsPerSecond).max().orElseThrow(),
					median(results, (result) -> result.p50() / 1e3), median(results, (result) -> result.p99() / 1e3),
					median(results, (result) -> result.p999() / 1e3),
					median(results, LoadResult::clientCpuMicrosPerCall),
					median(results, LoadResult::serverCpuMicrosPerCall),
					median(results, LoadResult::clientBytesPerCall), median(results, LoadResult::serverBytesPerCall),
					results.stream().mapToLong(LoadResult::failed).sum());
		}

		private static double median(List<LoadResult> results, ToDoubleFunction<LoadResult> figure) {
			double[] sorted = results.stream().mapToDouble(figure).sorted().toArray();
			int middle = sorted.length / 2;
			return (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		}

		double cpu() {
			return this.clientCpu + this.serverCpu;
		}

	}

}
