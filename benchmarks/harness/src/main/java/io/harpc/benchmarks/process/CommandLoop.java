package io.harpc.benchmarks.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

import io.harpc.benchmarks.load.Allocation;

/**
 * Answers the runner's commands until the runner is gone. Lines that do not begin with
 * {@link #MARK} are logs.
 */
public final class CommandLoop {

	/** What an answer begins with. */
	static final String MARK = "@benchmark ";

	private static final int COLLECTIONS = 3;

	private static final long SETTLING_MILLIS = 200;

	@SuppressWarnings("checkstyle:StandardStreams")
	private final PrintStream answers = System.out;

	private final Commands commands;

	/**
	 * Creates a loop.
	 * @param commands answers what is not common to all: {@code memory} and
	 * {@code allocated}
	 */
	public CommandLoop(Commands commands) {
		this.commands = commands;
	}

	/**
	 * Says something to the runner.
	 * @param line a line
	 */
	public void answer(String line) {
		this.answers.println(MARK + line);
		this.answers.flush();
	}

	/**
	 * Answers until there is nobody to answer to, then ends the process without ado: some
	 * subjects take seconds to say good-bye.
	 * @throws Exception if a command fails; ends the process, which the runner notices
	 */
	public void run() throws Exception {
		BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = input.readLine(); line != null; line = input.readLine()) {
			answer(answerTo(line));
		}
		Runtime.getRuntime().halt(0);
	}

	/**
	 * Runs what the process is for; whatever it throws is logged and ends the process.
	 * @param body what it is for
	 */
	@SuppressWarnings("checkstyle:StandardStreams")
	public static void orEndProcess(Body body) {
		try {
			body.run();
		}
		catch (Exception | Error ex) {
			ex.printStackTrace(System.err);
			Runtime.getRuntime().halt(1);
		}
	}

	private String answerTo(String line) throws Exception {
		return switch (line) {
			case "memory" -> memory();
			case "allocated" -> Long.toString(Allocation.bytesSoFar());
			default -> this.commands.answerTo(line);
		};
	}

	/** Bytes of live heap, and threads. */
	private static String memory() throws InterruptedException, IOException {
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
			Thread.sleep(SETTLING_MILLIS);
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() + " "
				+ ManagementFactory.getThreadMXBean().getThreadCount();
	}

	/** What a process does when it is told to. */
	@FunctionalInterface
	public interface Commands {

		/**
		 * Does it.
		 * @param line the command
		 * @return the answer, a line
		 * @throws Exception if it fails; ends the process
		 */
		String answerTo(String line) throws Exception;

	}

	/** What a process is for. */
	@FunctionalInterface
	public interface Body {

		/**
		 * Does it.
		 * @throws Exception ends the process
		 */
		void run() throws Exception;

	}

}
