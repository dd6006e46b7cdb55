package io.harpc.benchmarks.process;

import java.util.Arrays;
import java.util.List;

import io.harpc.benchmarks.load.Load;
import io.harpc.benchmarks.load.LoadSettings;
import io.harpc.benchmarks.load.Loss;
import io.harpc.benchmarks.load.Operation;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.SubjectEntry;
import io.harpc.benchmarks.subject.UserCalls;
import org.jspecify.annotations.Nullable;

/**
 * The client process of a subject. Checks every answer once, says so, then answers
 * {@code load …}, {@code kill <callers>}, {@code idle <connections>}, {@code memory} and
 * {@code allocated}.
 */
public final class ClientMain {

	private final Subject subject;

	private final int port;

	private final Load load;

	private final Loss loss;

	/** Not used again, but they must not be collected. */
	private @Nullable AutoCloseable idle;

	private ClientMain(Subject subject, int port, Load load, Loss loss) {
		this.subject = subject;
		this.port = port;
		this.load = load;
		this.loss = loss;
	}

	/**
	 * Runs until the standard input ends.
	 * @param args the subject's name, the server's port and its process id; or several
	 * ports with commas between them and the process id of the server that will be killed
	 */
	public static void main(String[] args) {
		CommandLoop.orEndProcess(() -> {
			Subject subject = SubjectEntry.of(args[0]).create();
			List<Integer> ports = Arrays.stream(args[1].split(",")).map(Integer::valueOf).toList();
			int port = ports.get(0);
			ProcessHandle server = ProcessHandle.of(Long.parseLong(args[2])).orElseThrow();
			RunningClient client = (ports.size() == 1) ? subject.connect(port) : subject.connectToAll(ports);
			verify(client);
			ClientMain main = new ClientMain(subject, port, new Load(client, server), new Loss(client, server));
			CommandLoop loop = new CommandLoop(main::answerTo);
			loop.answer("verified");
			loop.run();
		});
	}

	private static void verify(RunningClient client) throws Exception {
		try (UserCalls calls = client.forCaller()) {
			for (Operation operation : Operation.values()) {
				operation.verify(calls);
			}
		}
	}

	private String answerTo(String line) throws Exception {
		String[] command = line.split(" ", 2);
		switch (command[0]) {
			case "load":
				return this.load.run(LoadSettings.of(command[1])).toLine();
			case "kill":
				return this.loss.run(Integer.parseInt(command[1])).toLine();
			case "idle":
				return openIdleConnections(Integer.parseInt(command[1]));
			default:
				throw new IllegalArgumentException(
						"command: " + line + " (expected: load, kill, idle, memory or allocated)");
		}
	}

	private String openIdleConnections(int count) throws Exception {
		try {
			this.idle = this.subject.openIdleConnections(this.port, count);
			return "idle";
		}
		catch (UnsupportedOperationException ex) {
			return "impossible: " + ex.getMessage();
		}
	}

}
