package io.harpc.demo.launcher;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;

/**
 * A ZooKeeper server of one node within this process, on the loopback address and with
 * its data in a temporary directory that goes when it is closed. Good for one machine and
 * a demonstration: it goes when its process goes.
 */
final class EmbeddedZooKeeper implements AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

	private static final String MAX_CONNECTIONS = "200";

	private final ZooKeeperServerEmbedded server;

	private final WorkDirectory directory;

	private final int port;

	private EmbeddedZooKeeper(ZooKeeperServerEmbedded server, WorkDirectory directory, int port) {
		this.server = server;
		this.directory = directory;
		this.port = port;
	}

	/**
	 * Starts a server, and returns when it accepts connections.
	 * @param port a port that is free
	 * @return the server
	 */
	static EmbeddedZooKeeper start(int port) {
		WorkDirectory directory = WorkDirectory.create("zookeeper");
		try {
			ZooKeeperServerEmbedded server = ZooKeeperServerEmbedded.builder()
				.baseDir(directory.path())
				.configuration(configuration(port))
				.exitHandler(ExitHandler.LOG_ONLY)
				.build();
			server.start(START_TIMEOUT.toMillis());
			return new EmbeddedZooKeeper(server, directory, port);
		}
		catch (Exception ex) {
			directory.close();
			throw new IllegalStateException("The embedded ZooKeeper did not start on port " + port, ex);
		}
	}

	String connectString() {
		return "localhost:" + this.port;
	}

	Path directory() {
		return this.directory.path();
	}

	@Override
	public void close() {
		this.server.close();
		this.directory.close();
	}

	private static Properties configuration(int port) {
		Properties properties = new Properties();
		properties.setProperty("clientPort", Integer.toString(port));
		properties.setProperty("clientPortAddress", InetAddress.getLoopbackAddress().getHostAddress());
		properties.setProperty("tickTime", "1000");
		properties.setProperty("maxClientCnxns", MAX_CONNECTIONS);
		properties.setProperty("maxCnxns", MAX_CONNECTIONS);
		// The console over HTTP would need a web server of its own
		properties.setProperty("admin.enableServer", "false");
		return properties;
	}

}
