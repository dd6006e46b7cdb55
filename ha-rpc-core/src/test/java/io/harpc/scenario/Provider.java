package io.harpc.scenario;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.harpc.Address;
import io.harpc.faults.Fault;
import io.harpc.faults.FaultProxy;
import io.harpc.faults.Moment;
import io.harpc.faults.Moment.Direction;
import org.jspecify.annotations.Nullable;

/**
 * A provider in a process of its own, at the mercy of the test. Its clients reach it
 * through a {@link FaultProxy} if it has one. Not thread-safe.
 */
final class Provider implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 30;

	private final String name;

	private final Process process;

	private final Path executions;

	private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();

	private final boolean proxied;

	private @Nullable FaultProxy proxy;

	private Address address = new Address("unknown", 1);

	private String instanceId = "";

	private Provider(String name, Path directory, Options options) throws IOException {
		this.name = name;
		this.proxied = options.proxied();
		this.executions = directory.resolve(name + ".executions");
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), ProviderMain.class.getName(), name, this.executions.toString(),
				options.toString())
			.redirectError(directory.resolve(name + ".err").toFile())
			.start();
		Path log = directory.resolve(name + ".log");
		Thread reader = new Thread(() -> read(log), name + "-output");
		reader.setDaemon(true);
		reader.start();
	}

	/** Starts the process and waits for nothing. */
	static Provider start(String name, Path directory, Options options) throws IOException {
		return new Provider(name, directory, options);
	}

	/** Waits until it listens. */
	Provider listening() throws Exception {
		Address own = new Address("127.0.0.1", Integer.parseInt(reply()));
		if (this.proxied) {
			this.proxy = new FaultProxy(own);
		}
		this.address = (this.proxy != null) ? this.proxy.address() : own;
		return this;
	}

	Provider register() throws Exception {
		this.instanceId = tell("register " + this.address);
		return this;
	}

	String name() {
		return this.name;
	}

	/** Where its clients find it. */
	Address address() {
		return this.address;
	}

	/** Its id in the registry. */
	String instanceId() {
		return this.instanceId;
	}

	/**
	 * {@return the answer of the process to a command of {@link ProviderMain}}
	 */
	String tell(String command) throws Exception {
		this.process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
		this.process.getOutputStream().flush();
		return reply();
	}

	FaultProxy proxy() {
		if (this.proxy == null) {
			throw new IllegalStateException(this.name + " has no proxy (expected: started with one)");
		}
		return this.proxy;
	}

	/** Nothing passes from or to its clients, one way. */
	void stall(Direction direction) {
		proxy().place(new Fault.Stall(Moment.next(direction)));
	}

	/** As {@code kill -9}; returns when the process is gone. */
	void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	/** SIGTERM; the process may take its time. */
	void terminate() {
		// Not by the process itself, which would also close the stream of commands.
		this.process.toHandle().destroy();
	}

	boolean awaitExit() throws InterruptedException {
		return this.process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
	}

	void signal(String signal) throws Exception {
		new ProcessBuilder("kill", "-" + signal, String.valueOf(this.process.pid())).start().waitFor();
	}

	/** What it wrote down so far. */
	List<Execution> executions() {
		try {
			return Files.exists(this.executions)
					? Files.readAllLines(this.executions).stream().map(Execution::parse).toList() : List.of();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String toString() {
		return this.name + "@" + this.address;
	}

	@Override
	public void close() throws IOException {
		this.process.destroyForcibly();
		if (this.proxy != null) {
			this.proxy.close();
		}
	}

	private String reply() throws InterruptedException {
		String reply = this.replies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
		if (reply == null) {
			throw new IllegalStateException(this.name + " did not answer; see " + this.executions.getParent());
		}
		return reply;
	}

	private void read(Path log) {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8));
				Writer rest = Files.newBufferedWriter(log)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				if (line.startsWith(ProviderMain.REPLY)) {
					this.replies.add(line.substring(ProviderMain.REPLY.length()));
				}
				else {
					rest.write(line + "\n");
					rest.flush();
				}
			}
		}
		catch (IOException ex) {
			// The process is gone, and what it said last with it.
		}
	}

	/**
	 * How a provider is started.
	 *
	 * @param port where it listens, 0 for any free port
	 * @param proxied whether there is a proxy between it and its clients
	 * @param connectString where it finds ZooKeeper
	 * @param maxConcurrentCalls how many calls it takes at once
	 */
	record Options(int port, boolean proxied, String connectString, int maxConcurrentCalls) {

		static Options of(String connectString) {
			return new Options(0, false, connectString, 1024);
		}

		Options behindProxy() {
			return new Options(this.port, true, this.connectString, this.maxConcurrentCalls);
		}

		Options at(int otherPort) {
			return new Options(otherPort, this.proxied, this.connectString, this.maxConcurrentCalls);
		}

		Options registeredAt(String otherConnectString) {
			return new Options(this.port, this.proxied, otherConnectString, this.maxConcurrentCalls);
		}

		Options taking(int calls) {
			return new Options(this.port, this.proxied, this.connectString, calls);
		}

		static Options parse(String text) {
			String[] parts = text.split("\\|");
			return new Options(Integer.parseInt(parts[0]), Boolean.parseBoolean(parts[1]), parts[2],
					Integer.parseInt(parts[3]));
		}

		@Override
		public String toString() {
			return this.port + "|" + this.proxied + "|" + this.connectString + "|" + this.maxConcurrentCalls;
		}

	}

}
