package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestLoginModule;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.auth.SASLAuthenticationProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;

import static io.harpc.registry.Eventually.eventually;
import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * SASL, by DIGEST-MD5, against a real server that asks for it. One JVM is server and
 * client, so both have their login context in one configuration.
 */
@Timeout(60)
class ZooKeeperSaslIT {

	private static final String PARENT = "/ha-rpc/services/com.example.OrderService%3A1.0";

	/** In its FIPS mode, which is the default, ZooKeeper has no DIGEST-MD5. */
	private static final String FIPS = "zookeeper.fips-mode";

	private static final String PROVIDER = ProviderRegistry.AUTHPROVIDER_PROPERTY_PREFIX + "sasl";

	private final LoginContexts contexts = new LoginContexts();

	private @Nullable Configuration former;

	private TestingServer server;

	@BeforeEach
	void start() throws Exception {
		try {
			this.former = Configuration.getConfiguration();
		}
		catch (SecurityException ex) {
			this.former = null;
		}
		Configuration.setConfiguration(this.contexts);
		System.setProperty(FIPS, "false");
		System.setProperty(PROVIDER, SASLAuthenticationProvider.class.getName());
		ProviderRegistry.reset();
		this.server = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, 500, -1), true);
	}

	@AfterEach
	void stop() throws Exception {
		this.server.close();
		System.clearProperty(FIPS);
		System.clearProperty(PROVIDER);
		ProviderRegistry.reset();
		Configuration.setConfiguration(this.former);
	}

	@Test
	void ownsItsNodesByItsName() throws Exception {
		ZooKeeperAccess access = ZooKeeperAccess.OPEN.withSasl("orders-context")
			.withIds(List.of("sasl:orders"), List.of(ZooKeeperAccess.ANYONE));
		try (Registry registry = new ZooKeeperRegistry(settings(access));
				Registry reader = new ZooKeeperRegistry(settings(ZooKeeperAccess.OPEN));
				CuratorFramework stranger = Ensemble.newClient(settings(ZooKeeperAccess.OPEN))) {
			Registration registration = registry.register(instance("a", 1));
			Watch watch = reader.watch(ORDERS, new RecordingListener());
			eventually(() -> assertThat(watch.current().list()).containsExactly(instance("a", 1)));
			assertThat(registration.isRegistered()).isTrue();
			stranger.start();
			String path = PARENT + "/" + stranger.getChildren().forPath(PARENT).get(0);
			assertThat(stranger.getACL().forPath(path)).anyMatch((acl) -> acl.getId().equals(new Id("sasl", "orders")));
			assertThatExceptionOfType(NoAuthException.class)
				.isThrownBy(() -> stranger.setData().forPath(path, new byte[0]));
			assertThatExceptionOfType(NoAuthException.class)
				.isThrownBy(() -> stranger.create().forPath(PARENT + "/evil-0000000000"));
		}
	}

	@Test
	void registersNothingWithAWrongPasswordAndGoesOnTrying() {
		ZooKeeperAccess access = ZooKeeperAccess.OPEN.withSasl("changing-context");
		try (Registry registry = new ZooKeeperRegistry(settings(access))) {
			Registration registration = registry.register(instance("a", 1));
			eventually(() -> assertThat(this.contexts.asked).hasValueGreaterThan(1));
			assertThat(registration.isRegistered()).isFalse();
			this.contexts.password = "o-secret";
			eventually(() -> assertThat(registration.isRegistered()).isTrue());
		}
	}

	private ZooKeeperSettings settings(ZooKeeperAccess access) {
		return ZooKeeperSettings.of("localhost:" + this.server.getPort())
			.withTimeouts(Duration.ofSeconds(4), Duration.ofSeconds(2))
			.withAccess(access);
	}

	private static final class LoginContexts extends Configuration {

		private final AtomicInteger asked = new AtomicInteger();

		private volatile String password = "guess";

		@Override
		public AppConfigurationEntry @Nullable [] getAppConfigurationEntry(String name) {
			return switch (name) {
				case "Server" -> entry(Map.of("user_orders", "o-secret"));
				case "orders-context" -> entry(Map.of("username", "orders", "password", "o-secret"));
				case "changing-context" -> {
					this.asked.incrementAndGet();
					yield entry(Map.of("username", "orders", "password", this.password));
				}
				default -> null;
			};
		}

		private static AppConfigurationEntry[] entry(Map<String, String> options) {
			return new AppConfigurationEntry[] { new AppConfigurationEntry(DigestLoginModule.class.getName(),
					LoginModuleControlFlag.REQUIRED, options) };
		}

	}

}
