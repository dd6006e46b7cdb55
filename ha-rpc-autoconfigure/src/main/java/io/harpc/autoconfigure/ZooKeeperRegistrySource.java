package io.harpc.autoconfigure;

import java.util.Objects;

import javax.security.auth.login.Configuration;

import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.Registry;
import io.harpc.registry.Trust;
import io.harpc.registry.zookeeper.ZooKeeperAccess;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.registry.zookeeper.ZooKeeperSettings;
import org.jspecify.annotations.Nullable;

/**
 * Makes the registry in ZooKeeper.
 */
final class ZooKeeperRegistrySource {

	private ZooKeeperRegistrySource() {
	}

	static Registry create(RpcProperties.Registry registry, @Nullable ZooKeeperStores stores) {
		RpcProperties.Zookeeper zookeeper = registry.zookeeper();
		PropertyCheck.positive("ha-rpc.registry.zookeeper.session-timeout", zookeeper.sessionTimeout());
		PropertyCheck.positive("ha-rpc.registry.zookeeper.connection-timeout", zookeeper.connectionTimeout());
		Trust trust = RegistryTrust.of(registry);
		return new KeepingRegistry(new ZooKeeperRegistry(settings(zookeeper, stores).withTrust(trust)),
				KeepingSettings.defaults()
					.withSnapshotDirectory(registry.snapshotDirectory())
					.withSettling(zookeeper.sessionTimeout())
					.withTrust(trust));
	}

	private static ZooKeeperSettings settings(RpcProperties.Zookeeper zookeeper, @Nullable ZooKeeperStores stores) {
		try {
			return ZooKeeperSettings.of(zookeeper.connectString())
				.withRoot(zookeeper.root())
				.withTimeouts(zookeeper.sessionTimeout(), zookeeper.connectionTimeout())
				.withAccess(access(zookeeper, stores));
		}
		catch (IllegalArgumentException ex) {
			throw new RpcStartupException(
					"The properties below ha-rpc.registry.zookeeper cannot work: " + ex.getMessage(),
					"Correct the value named above.", ex);
		}
	}

	private static ZooKeeperAccess access(RpcProperties.Zookeeper zookeeper, @Nullable ZooKeeperStores stores) {
		ZooKeeperAccess access = ZooKeeperAccess.OPEN.withIds(zookeeper.acl().providers(), zookeeper.acl().readers());
		RpcProperties.Digest digest = zookeeper.digest();
		if (digest.username() != null || digest.password() != null) {
			access = access.withDigest(Objects.requireNonNullElse(digest.username(), ""),
					Objects.requireNonNullElse(digest.password(), ""));
		}
		String loginContext = zookeeper.sasl().loginContext();
		if (loginContext != null) {
			checkLoginContext(loginContext);
			access = access.withSasl(loginContext);
		}
		return (stores != null) ? access.withTls(stores.tls()) : access;
	}

	/** ZooKeeper's client would go on without any proof of who it is. */
	private static void checkLoginContext(String name) {
		boolean known;
		try {
			known = Configuration.getConfiguration().getAppConfigurationEntry(name) != null;
		}
		catch (SecurityException ex) {
			// What Java throws where there is no configuration at all.
			known = false;
		}
		if (!known) {
			throw new RpcStartupException(
					"ha-rpc.registry.zookeeper.sasl.login-context is " + name
							+ ", and there is no JAAS login context of that name.",
					"Name the file that has it: -Djava.security.auth.login.config=/path/to/jaas.conf");
		}
	}

}
