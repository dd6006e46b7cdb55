package io.harpc.scenario;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;

/**
 * A ZooKeeper of the test's own, of one server or three.
 */
final class Ensemble implements AutoCloseable {

	private static final int TICK_MILLIS = 250;

	private final List<InstanceSpec> servers = new ArrayList<>();

	private final TestingCluster cluster;

	Ensemble(int size) throws Exception {
		for (int i = 0; i < size; i++) {
			this.servers.add(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MILLIS, 1000));
		}
		this.cluster = new TestingCluster(this.servers);
		this.cluster.start();
	}

	String connectString() {
		return this.cluster.getConnectString();
	}

	/** Stops servers as a crash does, from the first on; their data stays on disk. */
	void kill(int count) throws Exception {
		for (InstanceSpec server : this.servers.subList(0, count)) {
			this.cluster.killServer(server);
		}
	}

	/** Starts the servers again that {@link #kill} has stopped. */
	void restart(int count) throws Exception {
		for (InstanceSpec server : this.servers.subList(0, count)) {
			this.cluster.restartServer(server);
		}
	}

	@Override
	public void close() throws IOException {
		this.cluster.close();
	}

}
