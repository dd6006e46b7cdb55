package io.harpc.benchmarks.sidebyside;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.harpc.benchmarks.load.LossResult;
import io.harpc.benchmarks.process.ChildProcess;
import io.harpc.benchmarks.process.ClientMain;
import io.harpc.benchmarks.process.ServerMain;
import io.harpc.benchmarks.process.SubjectProcesses.Jvm;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * What calls notice of {@code kill -9}: two servers, a client that calls both without a
 * pause, and one of the servers dies.
 */
public final class KillMain {

	private static final List<SubjectEntry> SUBJECTS = List.of(SubjectEntry.HA_RPC_JSON, SubjectEntry.GRPC,
			SubjectEntry.DUBBO, SubjectEntry.DUBBO_TRIPLE);

	private static final int ROUNDS = 5;

	private static final int CALLERS = 8;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	@SuppressWarnings("checkstyle:StandardStreams")
	private static final PrintStream CONSOLE = System.out;

	private KillMain() {
	}

	/**
	 * Measures.
	 * @param args how many rounds, 5 if it is not said
	 * @throws Exception if it cannot be measured
	 */
	public static void main(String[] args) throws Exception {
		int rounds = (args.length > 0) ? Integer.parseInt(args[0]) : ROUNDS;
		Path benchmarks = Path.of(System.getProperty("benchmarks.directory", "benchmarks"));
		Jvm jvm = new Jvm(Path.of(System.getProperty("java.home"), "bin", "java"), benchmarks, List.of("-Xmx256m"));
		Path logs = Files.createTempDirectory("ha-rpc-kill");
		CONSOLE.println("| | round | calls | failed | the last, ms after | longer than 100 ms | the last, ms after"
				+ " | longest, ms |");
		CONSOLE.println("|---|---|---|---|---|---|---|---|");
		for (int round = 1; round <= rounds; round++) {
			for (SubjectEntry subject : SUBJECTS) {
				LossResult result = kill(subject, jvm, logs);
				CONSOLE.printf("| %s | %d | %,d | %d | %.0f | %d | %.0f | %.0f |%n", subject.label(), round,
						result.calls(), result.failed(), result.lastFailed() / 1e6, result.slow(),
						result.lastSlow() / 1e6, result.longest() / 1e6);
			}
		}
	}

	private static LossResult kill(SubjectEntry subject, Jvm jvm, Path logs) throws IOException, InterruptedException {
		List<ChildProcess> all = new ArrayList<>();
		try {
			List<String> ports = new ArrayList<>();
			for (String name : List.of("victim", "survivor")) {
				all.add(ChildProcess.start(jvm.command(subject, ServerMain.class, List.of()), logs.resolve(name)));
			}
			for (ChildProcess server : all) {
				ports.add(server.answer(PATIENCE));
			}
			String victim = Long.toString(all.get(0).pid());
			ChildProcess client = ChildProcess.start(
					jvm.command(subject, ClientMain.class, List.of(String.join(",", ports), victim)),
					logs.resolve("client"));
			all.add(client);
			client.answer(PATIENCE);
			return LossResult.of(client.ask("kill " + CALLERS, PATIENCE));
		}
		finally {
			all.forEach(ChildProcess::close);
		}
	}

}
