package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.harpc.registry.InstanceJson;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;

import static io.harpc.registry.Eventually.eventually;
import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Who may do what with the nodes, as a real server has it.
 */
@Timeout(120)
class ZooKeeperAccessIT {

	private static final String PARENT = "/ha-rpc/services/com.example.OrderService%3A1.0";

	private static final List<ACL> OPEN_TO_ALL = Collections
		.singletonList(new ACL(Perms.ALL, new Id("world", "anyone")));

	private static final ZooKeeperAccess ORDERS_USER = ZooKeeperAccess.OPEN.withDigest("orders", "o-secret");

	private static final ZooKeeperAccess STOCK_USER = ZooKeeperAccess.OPEN.withDigest("stock", "s-secret");

	private static final ZooKeeperAccess READER = ZooKeeperAccess.OPEN.withDigest("reader", "r-secret");

	private final List<AutoCloseable> open = new ArrayList<>();

	private TestingServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = closing(new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, 500, -1), true));
	}

	@AfterEach
	void stop() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
	}

	@Test
	void leavesNodesOpenWithoutAnyProof() throws Exception {
		registered(connect(ZooKeeperAccess.OPEN), "a");
		assertThat(client(ZooKeeperAccess.OPEN).getACL().forPath(PARENT + "/" + node("a"))).isEqualTo(OPEN_TO_ALL);
		assertThat(client(ZooKeeperAccess.OPEN).getACL().forPath(PARENT)).isEqualTo(OPEN_TO_ALL);
	}

	@Test
	void letsOnlyTheOwnerWriteAndEverybodyReadUnlessToldOtherwise() throws Exception {
		Registration registration = registered(connect(ORDERS_USER), "a");
		for (ZooKeeperAccess stranger : List.of(ZooKeeperAccess.OPEN, STOCK_USER)) {
			CuratorFramework client = client(stranger);
			String path = PARENT + "/" + node("a");
			assertThat(InstanceJson.read(client.getData().forPath(path))).isEqualTo(instance("a", 1));
			refused(() -> client.setData().forPath(path, new byte[0]));
			refused(() -> client.delete().forPath(path));
			refused(() -> client.setACL().withACL(OPEN_TO_ALL).forPath(path));
			refused(() -> client.create().forPath(PARENT + "/evil-0000000000"));
			refused(() -> client.create().forPath("/ha-rpc/services/evil"));
			refused(() -> client.setACL().withACL(OPEN_TO_ALL).forPath("/ha-rpc"));
		}
		Watch watch = connect(ZooKeeperAccess.OPEN).watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("a", 1)));
		registration.close();
		eventually(() -> assertThat(watch.current().list()).isEmpty());
		assertThat(children()).isEmpty();
	}

	@Test
	void letsOnlyReadersReadWhereTheyAreNamed() throws Exception {
		ZooKeeperAccess provider = ORDERS_USER.withIds(List.of(), List.of(id(READER)));
		registered(connect(provider), "a");
		refused(() -> client(ZooKeeperAccess.OPEN).getData().forPath(PARENT + "/" + node("a")));
		refused(() -> client(STOCK_USER).getChildren().forPath(PARENT));
		Watch watch = connect(READER).watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("a", 1)));
		registered(connect(provider), "b");
		eventually(() -> assertThat(watch.current().list()).as("is told of changes too").hasSize(2));
	}

	@Test
	void keepsProvidersThatAreNamedFromTouchingEachOther() throws Exception {
		List<String> providers = List.of(id(ORDERS_USER), id(STOCK_USER));
		ZooKeeperAccess one = ORDERS_USER.withIds(providers, List.of(ZooKeeperAccess.ANYONE));
		ZooKeeperAccess other = STOCK_USER.withIds(providers, List.of(ZooKeeperAccess.ANYONE));
		Registration registration = registered(connect(one), "a");
		Registry registry = connect(other);
		registered(registry, "b");
		CuratorFramework hostile = client(other);
		String path = PARENT + "/" + node("a");
		refused(() -> hostile.setData().forPath(path, new byte[0]));
		refused(() -> hostile.delete().forPath(path));
		refused(() -> hostile.setACL().withACL(OPEN_TO_ALL).forPath(PARENT));
		Watch watch = registry.watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
		registration.update(instance("a", 1).withWeight(7));
		eventually(() -> assertThat(watch.current().list()).anyMatch((instance) -> instance.weight() == 7));
		registration.close();
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("b", 2)));
		assertThat(registry.status().badEntries()).as("an empty node is no bad one").isZero();
	}

	@Test
	void leavesNothingBehindWhereNobodyMayDelete() throws Exception {
		ZooKeeperAccess access = ORDERS_USER.withIds(List.of(id(ORDERS_USER)), List.of(ZooKeeperAccess.ANYONE));
		Registry registry = connect(access);
		Registration registration = registered(registry, "a");
		registration.close();
		assertThat(client(access).getData().forPath(PARENT + "/" + node("a"))).isEmpty();
		Registration again = registered(registry, "a");
		Watch watch = connect(ZooKeeperAccess.OPEN).watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("a", 1)));
		assertThat(again.isRegistered()).isTrue();
		registry.close();
		eventually(() -> assertThat(children()).isEmpty());
	}

	@Test
	void isNotStoppedBySomebodyElsesNodeOfItsId() throws Exception {
		List<String> providers = List.of(id(ORDERS_USER), id(STOCK_USER));
		ZooKeeperAccess one = ORDERS_USER.withIds(providers, List.of(ZooKeeperAccess.ANYONE));
		registered(connect(one), "first");
		client(STOCK_USER).create()
			.withMode(CreateMode.PERSISTENT)
			.withACL(Collections.singletonList(new ACL(Perms.ALL, new Id("auth", ""))))
			.forPath(PARENT + "/a-0000000000", InstanceJson.write(instance("a", 6666)));
		Registration registration = registered(connect(one), "a");
		Watch watch = connect(ZooKeeperAccess.OPEN).watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).contains(instance("a", 1)));
		assertThat(registration.isRegistered()).isTrue();
	}

	@Test
	void goesOnWithWhatOthersLetItDo() throws Exception {
		// Made by an administrator, who lets only stock in.
		CuratorFramework administrator = client(ZooKeeperAccess.OPEN);
		administrator.create()
			.creatingParentsIfNeeded()
			.withACL(Collections.singletonList(new ACL(Perms.ALL, new Id("digest", id(STOCK_USER).substring(7)))))
			.forPath("/ha-rpc/services", new byte[0]);
		Registry registry = connect(ORDERS_USER);
		Registration registration = registry.register(instance("a", 1));
		Watch watch = registry.watch(ORDERS, new RecordingListener());
		assertThat(registry.awaitConnected(Duration.ofSeconds(10))).isTrue();
		client(STOCK_USER).setACL().withACL(OPEN_TO_ALL).forPath("/ha-rpc/services");
		assertThatNoException().isThrownBy(() -> eventually(() -> assertThat(registration.isRegistered()).isTrue()));
		eventually(() -> assertThat(watch.current().list()).hasSize(1));
	}

	@Test
	void showsNoSecret() {
		assertThat(ORDERS_USER.toString()).contains("orders").doesNotContain("o-secret");
		ZooKeeperTls tls = new ZooKeeperTls(null, null, "p-secret", List.of(), List.of());
		assertThat(ORDERS_USER.withTls(tls).toString()).doesNotContain("secret");
		assertThat(ZooKeeperSettings.of("localhost:1").withAccess(ORDERS_USER.withTls(tls)).toString())
			.doesNotContain("secret");
	}

	private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable operation) {
		assertThatExceptionOfType(NoAuthException.class).isThrownBy(operation);
	}

	private static String id(ZooKeeperAccess access) throws Exception {
		return "digest:" + DigestAuthenticationProvider.generateDigest(access.digest());
	}

	private ZooKeeperSettings settings(ZooKeeperAccess access) {
		return ZooKeeperSettings.of("127.0.0.1:" + this.server.getPort())
			.withTimeouts(Duration.ofSeconds(4), Duration.ofSeconds(2))
			.withVerifyInterval(Duration.ofSeconds(1))
			.withAccess(access);
	}

	private Registry connect(ZooKeeperAccess access) {
		return closing(new ZooKeeperRegistry(settings(access)));
	}

	private Registration registered(Registry registry, String id) {
		Registration registration = registry.register(instance(id, id.equals("a") ? 1 : 2));
		eventually(() -> assertThat(registration.isRegistered()).isTrue());
		return registration;
	}

	private CuratorFramework client(ZooKeeperAccess access) {
		CuratorFramework client = closing(Ensemble.newClient(settings(access)));
		client.start();
		return client;
	}

	private String node(String id) throws Exception {
		return children().stream().filter((name) -> Layout.idOf(name).equals(id)).findFirst().orElseThrow();
	}

	private List<String> children() throws Exception {
		return client(ORDERS_USER).getChildren().forPath(PARENT);
	}

	private <T extends AutoCloseable> T closing(T resource) {
		this.open.add(resource);
		return resource;
	}

}
