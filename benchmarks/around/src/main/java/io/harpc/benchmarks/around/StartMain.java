package io.harpc.benchmarks.around;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.harpc.benchmarks.process.ChildProcess;

/**
 * What ha-rpc adds to the start of a Boot application: the same class path each time,
 * with ha-rpc disabled, enabled but unused, with a service and a reference, and with
 * these and a ZooKeeper that does not answer.
 */
public final class StartMain {

	private static final List<String> VARIANTS = List.of("disabled", "unused", "used", "zookeeper");

	private static final int ROUNDS = 10;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	@SuppressWarnings("checkstyle:StandardStreams")
	private static final PrintStream CONSOLE = System.out;

	private StartMain() {
	}

	/**
	 * Measures.
	 * @param args how many rounds, 10 if it is not said
	 * @throws Exception if an application does not start
	 */
	public static void main(String[] args) throws Exception {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : ROUNDS;
		Path logs = Files.createTempDirectory("ha-rpc-start");
		Map<String, List<Long>> millis = new LinkedHashMap<>();
		for (int round = 0; round < rounds; round++) {
			for (String variant : VARIANTS) {
				millis.computeIfAbsent(variant, (key) -> new ArrayList<>()).add(start(variant, logs));
			}
		}
		CONSOLE.println("| ha-rpc | start, ms | more than disabled | least to most |");
		CONSOLE.println("|---|---|---|---|");
		long disabled = median(millis.getOrDefault(VARIANTS.get(0), List.of(0L)));
		millis.forEach((variant, all) -> CONSOLE.printf("| %s | %d | %d | %d – %d |%n", variant, median(all),
				median(all) - disabled, Collections.min(all), Collections.max(all)));
	}

	private static long start(String variant, Path logs) throws IOException, InterruptedException {
		try (ChildProcess application = JavaChild.start(StartedMain.class, logs, variant)) {
			return Long.parseLong(application.answer(PATIENCE));
		}
	}

	private static long median(List<Long> all) {
		return all.stream().sorted().skip(all.size() / 2).findFirst().orElseThrow();
	}

}
