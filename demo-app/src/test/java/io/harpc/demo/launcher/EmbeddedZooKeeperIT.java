package io.harpc.demo.launcher;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.test.context.support.TestPropertySourceUtils;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class EmbeddedZooKeeperIT {

	private static final String CONNECT_STRING = "ha-rpc.registry.zookeeper.connect-string";

	@Test
	void servesUntilItIsClosedAndLeavesNothing() throws Exception {
		EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(LoopbackPort.preferably(0));
		Path directory = zooKeeper.directory();
		try (CuratorFramework client = CuratorFrameworkFactory.newClient(zooKeeper.connectString(),
				new RetryOneTime(100))) {
			client.start();
			assertThat(client.blockUntilConnected(20, TimeUnit.SECONDS)).isTrue();
			client.create().forPath("/here");
			assertThat(client.checkExists().forPath("/here")).isNotNull();
		}
		assertThat(Files.exists(directory)).isTrue();

		zooKeeper.close();

		assertThat(Files.exists(directory)).isFalse();
	}

	@Test
	void takesAnotherPortWhereTheUsualOneIsTaken() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				GenericApplicationContext context = context("demo.zookeeper.port=" + taken.getLocalPort())) {
			new EmbeddedZooKeeperInitializer().initialize(context);

			assertThat(context.getEnvironment().getProperty(CONNECT_STRING)).startsWith("localhost:")
				.isNotEqualTo("localhost:" + taken.getLocalPort());
			context.refresh();
		}
	}

	@Test
	void leavesARealZooKeeperToBeUsed() {
		assertThatNoneStarts(CONNECT_STRING + "=zookeeper-1:2181");
	}

	@Test
	void isNotWantedByAnotherRegistryOrRole() {
		assertThatNoneStarts("ha-rpc.registry.type=static");
		assertThatNoneStarts("spring.profiles.active=provider");
		assertThatNoneStarts("spring.profiles.active=consumer");
	}

	private static void assertThatNoneStarts(String property) {
		try (GenericApplicationContext context = context(property)) {
			new EmbeddedZooKeeperInitializer().initialize(context);

			ConfigurableEnvironment environment = context.getEnvironment();
			assertThat(environment.getPropertySources().contains("embeddedZooKeeper")).isFalse();
			context.refresh();
		}
	}

	private static GenericApplicationContext context(String property) {
		GenericApplicationContext context = new GenericApplicationContext();
		TestPropertySourceUtils.addInlinedPropertiesToEnvironment(context, property);
		return context;
	}

}
