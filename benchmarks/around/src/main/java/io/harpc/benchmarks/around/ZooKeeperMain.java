package io.harpc.benchmarks.around;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import io.harpc.benchmarks.process.CommandLoop;
import io.harpc.benchmarks.subject.FreePort;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/** A ZooKeeper server in a process of its own. Says its port. */
public final class ZooKeeperMain {

	private static final Duration START = Duration.ofSeconds(30);

	private ZooKeeperMain() {
	}

	/**
	 * Runs until the standard input ends.
	 * @param args a directory for the data
	 */
	public static void main(String[] args) {
		Logs.onlyWarnings();
		CommandLoop.orEndProcess(() -> {
			Path data = Files.createDirectories(Path.of(args[0]));
			int port = FreePort.find();
			ZooKeeperServerEmbedded.builder()
				.baseDir(data)
				.configuration(configuration(port))
				.exitHandler(ExitHandler.LOG_ONLY)
				.build()
				.start(START.toMillis());
			CommandLoop loop = new CommandLoop((line) -> {
				throw new IllegalArgumentException("command: " + line + " (expected: memory)");
			});
			loop.answer(Integer.toString(port));
			loop.run();
		});
	}

	private static Properties configuration(int port) {
		Properties properties = new Properties();
		properties.setProperty("clientPort", Integer.toString(port));
		properties.setProperty("clientPortAddress", "127.0.0.1");
		properties.setProperty("tickTime", "1000");
		properties.setProperty("maxClientCnxns", "0");
		properties.setProperty("admin.enableServer", "false");
		return properties;
	}

}
