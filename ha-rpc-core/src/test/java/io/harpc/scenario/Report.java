package io.harpc.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The numbers of all runs of all scenarios, as a table for docs/failure-semantics.md:
 * printed when the last test has ended, and written to {@code target/scenarios}.
 */
final class Report implements CloseableResource {

	private static final Logger LOG = LoggerFactory.getLogger("SCENARIO");

	private final List<Numbers> runs = new CopyOnWriteArrayList<>();

	void add(Numbers numbers) {
		this.runs.add(numbers);
	}

	@Override
	public void close() throws IOException {
		String table = table();
		LOG.info("report\n{}", table);
		Files.writeString(Path.of("target", "scenarios", "report.md"), table);
	}

	/** A row for each scenario; where it ran more than once, lowest, median, highest. */
	private String table() {
		Map<String, List<Numbers>> byScenario = new TreeMap<>(
				this.runs.stream().collect(Collectors.groupingBy(Numbers::scenario)));
		List<String> lines = new ArrayList<>(List.of("| scenario | runs | numbers |", "|---|---|---|"));
		byScenario
			.forEach((scenario, each) -> lines.add("| " + scenario + " | " + each.size() + " | " + row(each) + " |"));
		return String.join("\n", lines) + "\n";
	}

	private static String row(List<Numbers> runs) {
		Set<String> names = new LinkedHashSet<>();
		runs.forEach((run) -> names.addAll(run.values().keySet()));
		return names.stream().map((name) -> name + " " + spread(runs, name)).collect(Collectors.joining(", "));
	}

	private static String spread(List<Numbers> runs, String name) {
		List<Long> values = runs.stream()
			.filter((run) -> run.values().containsKey(name))
			.map((run) -> run.values().get(name))
			.sorted()
			.toList();
		long lowest = values.get(0);
		long highest = values.get(values.size() - 1);
		return (lowest == highest) ? String.valueOf(lowest)
				: lowest + "/" + values.get(values.size() / 2) + "/" + highest;
	}

}
