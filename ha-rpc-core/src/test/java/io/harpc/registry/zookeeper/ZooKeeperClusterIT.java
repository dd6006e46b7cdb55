package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.harpc.registry.Instances.Origin;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;

import static io.harpc.registry.Eventually.eventually;
import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens when servers of an ensemble of three die.
 */
@Timeout(120)
class ZooKeeperClusterIT {

	private static final String PARENT = "/ha-rpc/services/com.example.OrderService%3A1.0";

	@Test
	void survivesTheLossOfOneServerAndOfTheQuorum() throws Exception {
		List<InstanceSpec> specs = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			specs.add(new InstanceSpec(null, -1, -1, -1, true, -1, 500, -1));
		}
		try (TestingCluster cluster = new TestingCluster(specs)) {
			cluster.start();
			ZooKeeperSettings settings = ZooKeeperSettings.of(cluster.getConnectString())
				.withTimeouts(Duration.ofSeconds(6), Duration.ofSeconds(2))
				.withVerifyInterval(Duration.ofSeconds(1));
			CuratorFramework client = Ensemble.newClient(settings);
			try (Registry servers = new ZooKeeperRegistry(settings, () -> client);
					Registry registry = new ZooKeeperRegistry(settings)) {
				List<Registration> registrations = List.of(servers.register(instance("a", 1)),
						servers.register(instance("b", 2)));
				RecordingListener listener = new RecordingListener();
				Watch watch = registry.watch(ORDERS, listener);
				eventually(() -> assertThat(watch.current().list()).hasSize(2));
				listener.views.clear();

				InstanceSpec connected = cluster.findConnectionInstance(client.getZookeeperClient().getZooKeeper());
				cluster.killServer(connected);
				assertWhole(client, registrations, watch);

				InstanceSpec second = specs.stream()
					.filter((spec) -> !spec.equals(connected))
					.findFirst()
					.orElseThrow();
				cluster.killServer(second);
				eventually(() -> assertThat(registry.status().connected()).isFalse());
				eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.KEPT));
				cluster.restartServer(connected);
				assertWhole(client, registrations, watch);
				assertThat(listener.views).as("no instance was ever missing")
					.allMatch((view) -> view.list().size() == 2);
			}
		}
	}

	private static void assertWhole(CuratorFramework client, List<Registration> registrations, Watch watch) {
		eventually(() -> assertThat(registrations).allMatch(Registration::isRegistered));
		eventually(() -> {
			List<String> names = client.getChildren().forPath(PARENT);
			assertThat(names).extracting(Layout::idOf).containsExactlyInAnyOrder("a", "b");
			long session = client.getZookeeperClient().getZooKeeper().getSessionId();
			for (String name : names) {
				assertThat(client.checkExists().forPath(PARENT + "/" + name).getEphemeralOwner()).isEqualTo(session);
			}
		});
		eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.REGISTRY));
	}

}
