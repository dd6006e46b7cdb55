package io.harpc.benchmarks.process;

import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * The server process of a subject. Says its port, then answers {@code memory} and
 * {@code allocated}.
 */
public final class ServerMain {

	private ServerMain() {
	}

	/**
	 * Runs until the standard input ends.
	 * @param args the subject's name
	 */
	public static void main(String[] args) {
		CommandLoop.orEndProcess(() -> {
			RunningServer server = SubjectEntry.of(args[0]).create().serve();
			CommandLoop loop = new CommandLoop((line) -> {
				throw new IllegalArgumentException("command: " + line + " (expected: memory or allocated)");
			});
			loop.answer(Integer.toString(server.port()));
			loop.run();
		});
	}

}
