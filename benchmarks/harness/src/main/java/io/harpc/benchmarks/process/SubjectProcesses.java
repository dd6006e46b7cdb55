package io.harpc.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import io.harpc.benchmarks.load.LoadResult;
import io.harpc.benchmarks.load.LoadSettings;
import io.harpc.benchmarks.subject.SubjectEntry;

/**
 * The server process and the client process of a subject, fresh. For one thread.
 */
public final class SubjectProcesses implements AutoCloseable {

	private static final Duration START = Duration.ofMinutes(3);

	private static final Duration GRACE = Duration.ofSeconds(60);

	/** The runner's idea of when the load begins and ends is not the client's. */
	private static final int EDGES = 10;

	private final int port;

	private final ChildProcess server;

	private final ChildProcess client;

	private SubjectProcesses(int port, ChildProcess server, ChildProcess client) {
		this.port = port;
		this.server = server;
		this.client = client;
	}

	/**
	 * Starts both, and has the client check every answer once.
	 * @param subject the subject
	 * @param jvm what they run on
	 * @param logs the directory for what they say
	 * @return the processes, the client connected to the server
	 * @throws IOException if one cannot start, or an answer is wrong
	 * @throws InterruptedException if the wait is interrupted
	 */
	public static SubjectProcesses start(SubjectEntry subject, Jvm jvm, Path logs)
			throws IOException, InterruptedException {
		List<ChildProcess> started = new ArrayList<>();
		try {
			ChildProcess server = ChildProcess.start(jvm.command(subject, ServerMain.class, List.of()),
					logs.resolve(subject.label() + "-server.log"));
			started.add(server);
			String port = server.answer(START);
			List<String> whereTo = List.of(port, Long.toString(server.pid()));
			ChildProcess client = ChildProcess.start(jvm.command(subject, ClientMain.class, whereTo),
					logs.resolve(subject.label() + "-client.log"));
			started.add(client);
			client.answer(START);
			return new SubjectProcesses(Integer.parseInt(port), server, client);
		}
		catch (IOException | InterruptedException ex) {
			started.forEach(ChildProcess::close);
			throw ex;
		}
	}

	/**
	 * Has the client make a load.
	 * @param settings which one
	 * @return what came of it
	 * @throws IOException if the client fails
	 * @throws InterruptedException if the wait is interrupted
	 */
	public LoadResult load(LoadSettings settings) throws IOException, InterruptedException {
		this.client.send("load " + settings.toLine());
		Duration edge = settings.measured().dividedBy(EDGES);
		sleep(settings.warmUp().plus(edge));
		double serverAllocation = serverAllocation(settings.measured().minus(edge.multipliedBy(2)));
		return LoadResult.of(this.client.answer(GRACE)).withServerAllocation(serverAllocation);
	}

	/** In bytes a second, while threads that end when the load ends still count. */
	private double serverAllocation(Duration measured) throws IOException, InterruptedException {
		long begin = System.nanoTime();
		long before = Long.parseLong(this.server.ask("allocated", GRACE));
		sleep(measured);
		long after = Long.parseLong(this.server.ask("allocated", GRACE));
		return (after - before) * 1e9 / (System.nanoTime() - begin);
	}

	private static void sleep(Duration duration) throws InterruptedException {
		TimeUnit.NANOSECONDS.sleep(duration.toNanos());
	}

	/**
	 * Has the client open connections that stay idle.
	 * @param connections how many
	 * @throws IOException if the client fails or cannot do that
	 * @throws InterruptedException if the wait is interrupted
	 */
	public void openIdleConnections(int connections) throws IOException, InterruptedException {
		String answer = this.client.ask("idle " + connections, GRACE.multipliedBy(2));
		if (!answer.equals("idle")) {
			throw new IOException(answer);
		}
	}

	/**
	 * Counts the connections that the server has, as the operating system sees them.
	 * @return how many, or 0 where that cannot be known
	 * @throws IOException if the list cannot be read
	 */
	public long connections() throws IOException {
		String established = String.format(":%04X [0-9A-F]+:[0-9A-F]{4} 01", this.port);
		long count = 0;
		for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
			if (Files.exists(Path.of(table))) {
				Pattern ours = Pattern.compile("^ *\\d+: [0-9A-F]+" + established);
				try (var lines = Files.lines(Path.of(table))) {
					count += lines.filter((line) -> ours.matcher(line).find()).count();
				}
			}
		}
		return count;
	}

	/**
	 * The server process.
	 * @return the process
	 */
	public ChildProcess server() {
		return this.server;
	}

	/**
	 * The client process.
	 * @return the process
	 */
	public ChildProcess client() {
		return this.client;
	}

	@Override
	public void close() {
		this.client.close();
		this.server.close();
	}

	/**
	 * What processes run on.
	 *
	 * @param java the program
	 * @param benchmarks the directory with the subjects' modules, built
	 * @param arguments for every process
	 */
	public record Jvm(Path java, Path benchmarks, List<String> arguments) {

		/**
		 * Puts a command line together.
		 * @param subject whose class path
		 * @param main what to run
		 * @param mainArguments its arguments, after the subject's name
		 * @return the program and its arguments
		 * @throws IOException if the subject has not been built
		 */
		public List<String> command(SubjectEntry subject, Class<?> main, List<String> mainArguments)
				throws IOException {
			Path target = this.benchmarks.resolve(subject.module()).resolve("target");
			String classPath = target.resolve("classes") + System.getProperty("path.separator")
					+ Files.readString(target.resolve("class-path.txt")).strip();
			List<String> command = new ArrayList<>();
			command.add(this.java.toString());
			command.addAll(this.arguments);
			command.addAll(subject.jvmArguments());
			command.addAll(List.of("-cp", classPath, main.getName(), subject.label()));
			command.addAll(mainArguments);
			return command;
		}

	}

}
