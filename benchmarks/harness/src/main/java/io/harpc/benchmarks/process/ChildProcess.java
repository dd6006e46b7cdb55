package io.harpc.benchmarks.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process as the runner sees it. For one thread.
 */
public final class ChildProcess implements AutoCloseable {

	/** Stands for the end of what the process says. */
	private static final String ENDED = "";

	private final Process process;

	private final Path log;

	private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	private volatile boolean closed;

	private ChildProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts a process.
	 * @param command the program and its arguments
	 * @param log where what it says goes, unless it is an answer
	 * @return the process
	 * @throws IOException if it cannot be started
	 */
	public static ChildProcess start(List<String> command, Path log) throws IOException {
		Files.createDirectories(log.toAbsolutePath().getParent());
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		ChildProcess child = new ChildProcess(process, log);
		Thread reader = new Thread(child::read, "output of " + process.pid());
		reader.setDaemon(true);
		reader.start();
		return child;
	}

	private void read() {
		try (BufferedReader output = this.process.inputReader(StandardCharsets.UTF_8);
				BufferedWriter logged = Files.newBufferedWriter(this.log)) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				int mark = line.indexOf(CommandLoop.MARK);
				if (mark >= 0) {
					this.answers.add(line.substring(mark + CommandLoop.MARK.length()));
				}
				else {
					logged.write(line);
					logged.newLine();
					logged.flush();
				}
			}
		}
		catch (IOException ex) {
			if (!this.closed) {
				throw new UncheckedIOException(ex);
			}
		}
		finally {
			this.answers.add(ENDED);
		}
	}

	/**
	 * Sends a command and waits for the answer.
	 * @param command a line
	 * @param timeout how long to wait
	 * @return the answer
	 * @throws IOException if there is none
	 * @throws InterruptedException if the wait is interrupted
	 */
	public String ask(String command, Duration timeout) throws IOException, InterruptedException {
		send(command);
		return answer(timeout);
	}

	/**
	 * Sends a command whose {@link #answer} is waited for later.
	 * @param command a line
	 * @throws IOException if the process has ended
	 */
	public void send(String command) throws IOException {
		BufferedWriter input = this.process.outputWriter(StandardCharsets.UTF_8);
		input.write(command);
		input.newLine();
		input.flush();
	}

	/**
	 * Waits for what the process says of its own accord.
	 * @param timeout how long to wait
	 * @return the answer
	 * @throws IOException if there is none
	 * @throws InterruptedException if the wait is interrupted
	 */
	public String answer(Duration timeout) throws IOException, InterruptedException {
		String answer = this.answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
		if (answer == null || answer.equals(ENDED)) {
			throw new IOException(
					((answer == null) ? "no answer within " + timeout : "the process ended") + ", see " + this.log);
		}
		return answer;
	}

	/**
	 * The process's id.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * What the process occupies.
	 * @return kilobytes of memory that it has in use, or -1 where that cannot be known
	 * @throws IOException if it has ended
	 */
	public long residentKilobytes() throws IOException {
		Path status = Path.of("/proc/" + pid() + "/status");
		if (!Files.exists(status)) {
			return -1;
		}
		try (var lines = Files.lines(status)) {
			return lines.filter((line) -> line.startsWith("VmRSS:"))
				.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
				.findFirst()
				.orElse(-1);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.process.destroyForcibly();
	}

}
