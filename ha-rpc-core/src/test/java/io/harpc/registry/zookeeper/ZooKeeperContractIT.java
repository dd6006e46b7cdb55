package io.harpc.registry.zookeeper;

import java.util.UUID;

import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

import io.harpc.registry.Registry;
import io.harpc.registry.RegistryContractTests;

class ZooKeeperContractIT extends RegistryContractTests {

	private static TestingServer server;

	/** A root of its own for each test. */
	private final String root = "/test-" + UUID.randomUUID();

	@BeforeAll
	static void startServer() throws Exception {
		server = new TestingServer();
	}

	@AfterAll
	static void stopServer() throws Exception {
		server.close();
	}

	@Override
	protected Registry connect() {
		return new ZooKeeperRegistry(ZooKeeperSettings.of(server.getConnectString()).withRoot(this.root));
	}

}
