package io.harpc.autoconfigure;

import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.Registry;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.registry.zookeeper.ZooKeeperSettings;

/**
 * Makes the registry in ZooKeeper.
 */
final class ZooKeeperRegistrySource {

	private ZooKeeperRegistrySource() {
	}

	static Registry create(RpcProperties.Registry registry) {
		RpcProperties.Zookeeper zookeeper = registry.zookeeper();
		PropertyCheck.positive("ha-rpc.registry.zookeeper.session-timeout", zookeeper.sessionTimeout());
		PropertyCheck.positive("ha-rpc.registry.zookeeper.connection-timeout", zookeeper.connectionTimeout());
		return new KeepingRegistry(new ZooKeeperRegistry(settings(zookeeper)),
				KeepingSettings.defaults()
					.withSnapshotDirectory(registry.snapshotDirectory())
					.withSettling(zookeeper.sessionTimeout()));
	}

	private static ZooKeeperSettings settings(RpcProperties.Zookeeper zookeeper) {
		try {
			return ZooKeeperSettings.of(zookeeper.connectString())
				.withRoot(zookeeper.root())
				.withTimeouts(zookeeper.sessionTimeout(), zookeeper.connectionTimeout());
		}
		catch (IllegalArgumentException ex) {
			throw new RpcStartupException(
					"The properties below ha-rpc.registry.zookeeper cannot work: " + ex.getMessage(),
					"Correct the value named above.", ex);
		}
	}

}
