package io.harpc.registry.zookeeper;

import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.LogOf;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;

import static io.harpc.registry.Eventually.eventually;
import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * What a registration and a view survive, against a real server.
 */
@Timeout(120)
class ZooKeeperRegistryIT {

	private static final String PARENT = "/ha-rpc/services/com.example.OrderService%3A1.0";

	private static final int TICK_MILLIS = 500;

	private final List<AutoCloseable> open = new ArrayList<>();

	private TestingServer server;

	private CuratorFramework outsider;

	@BeforeEach
	void start() throws Exception {
		this.server = closing(startServer(-1));
		this.outsider = closing(Ensemble.newClient(settings()));
		this.outsider.start();
	}

	@AfterEach
	void stop() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
	}

	@Test
	void laysOutOneEphemeralSequentialNodeBeneathPersistentParents() throws Exception {
		connect().register(instance("a", 1));
		eventually(() -> assertThat(children()).hasSize(1));
		assertThat(children().get(0)).matches("a-[0-9]{10}");
		assertThat(InstanceJson.read(this.outsider.getData().forPath(PARENT + "/" + children().get(0))))
			.isEqualTo(instance("a", 1));
		assertThat(stat(children().get(0)).getEphemeralOwner()).isNotZero();
		for (String parent : List.of("/ha-rpc", "/ha-rpc/services", PARENT)) {
			assertThat(this.outsider.checkExists().forPath(parent).getEphemeralOwner()).isZero();
			assertThat(this.outsider.getData().forPath(parent)).isEmpty();
		}
	}

	@Test
	void makesItsNodeAgainInANewSession() throws Exception {
		CuratorFramework client = Ensemble.newClient(settings());
		Registry registry = closing(new ZooKeeperRegistry(settings(), () -> client));
		Registration registration = registry.register(instance("a", 1));
		Watch watch = registry.watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(1));
		for (int i = 0; i < 3; i++) {
			long before = sessionOf(client);
			client.getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
			eventually(() -> assertThat(sessionOf(client)).isNotEqualTo(before).isNotZero());
			eventually(() -> assertWholeAndOwnedBy(sessionOf(client), "a"));
			eventually(() -> assertThat(registration.isRegistered()).isTrue());
			eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.REGISTRY));
		}
		closing(connect()).register(instance("b", 2));
		eventually(() -> assertThat(watch.current().list()).as("the watch stands in the new session").hasSize(2));
	}

	@Test
	void makesItsNodeAgainWhereSomebodyDeletedItOrTookIt() throws Exception {
		CuratorFramework client = Ensemble.newClient(settings());
		Registry registry = closing(new ZooKeeperRegistry(settings(), () -> client));
		registry.register(instance("a", 1));
		eventually(() -> assertThat(children()).hasSize(1));
		String first = children().get(0);
		this.outsider.delete().forPath(PARENT + "/" + first);
		eventually(() -> assertThat(children()).hasSize(1).doesNotContain(first));
		String second = children().get(0);
		this.outsider.delete().forPath(PARENT + "/" + second);
		this.outsider.create().withMode(CreateMode.EPHEMERAL).forPath(PARENT + "/" + second);
		eventually(() -> assertWholeAndOwnedBy(sessionOf(client), "a"));
	}

	@Test
	void removesWhatAnAttemptMayHaveLeftBehind() throws Exception {
		this.outsider.create()
			.creatingParentsIfNeeded()
			.withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
			.forPath(PARENT + "/a-b-", InstanceJson.write(instance("a-b", 8)));
		this.outsider.create()
			.withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
			.forPath(PARENT + "/a-", InstanceJson.write(instance("a", 7)));
		permit(Perms.ALL & ~Perms.CREATE);
		CuratorFramework client = Ensemble.newClient(settings());
		closing(new ZooKeeperRegistry(settings(), () -> client)).register(instance("a", 1));
		try (LogOf failures = new LogOf(Ensemble.class, "Cannot put")) {
			eventually(() -> assertThat(failures.lines()).isNotEmpty());
		}
		permit(Perms.ALL);
		eventually(() -> assertThat(read()).containsExactlyInAnyOrder(instance("a", 1), instance("a-b", 8)));
		eventually(() -> assertWholeAndOwnedBy(sessionOf(client), "a"));
	}

	@Test
	void doesNotMeetTheGhostOfItsFormerIncarnation() throws Exception {
		CuratorFramework ghost = closing(Ensemble.newClient(settings()));
		ghost.start();
		ghost.create()
			.creatingParentsIfNeeded()
			.withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
			.forPath(PARENT + "/first-start-", InstanceJson.write(instance("first-start", 1)));
		Watch watch = connect().watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("first-start", 1)));
		Registration now = connect().register(instance("second-start", 1));
		// The ghost's session lives on, yet nobody but the new one can be at its address.
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("second-start", 1)));
		ghost.close();
		eventually(() -> assertThat(ghostsOf(this.outsider)).isEmpty());
		assertThat(watch.current().list()).containsExactly(instance("second-start", 1));
		assertThat(now.isRegistered()).isTrue();
	}

	@Test
	void leavesNothingWhereTheEndOfARegistrationMeetsItsBeginning() throws Exception {
		Registry registry = connect();
		assertThat(registry.awaitConnected(Duration.ofSeconds(10))).isTrue();
		for (int i = 0; i < 200; i++) {
			Registration registration = registry.register(instance("brief-" + i, 1));
			// At any moment of the node's making, which takes a millisecond or so.
			LockSupport.parkNanos(i * 10_000L);
			registration.close();
		}
		Registration last = registry.register(instance("last", 1));
		eventually(() -> assertThat(last.isRegistered()).isTrue());
		assertThat(this.outsider.getChildren().forPath(PARENT)).singleElement().asString().startsWith("last-");
	}

	private static List<String> ghostsOf(CuratorFramework client) throws Exception {
		return client.getChildren().forPath(PARENT).stream().filter((name) -> name.startsWith("first-")).toList();
	}

	@Test
	void showsTheNewestNodeOfAnId() throws Exception {
		for (int port = 1; port <= 3; port++) {
			this.outsider.create()
				.creatingParentsIfNeeded()
				.withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
				.forPath(PARENT + "/a-", InstanceJson.write(instance("a", port)));
		}
		Watch watch = connect().watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance("a", 3)));
	}

	@Test
	void showsWhatANodeSaysNow() throws Exception {
		String path = this.outsider.create()
			.creatingParentsIfNeeded()
			.withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
			.forPath(PARENT + "/a-", InstanceJson.write(instance("a", 1)));
		Watch watch = connect().watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(1));
		for (int port = 2; port < 10; port++) {
			Instance changed = instance("a", port);
			this.outsider.setData().forPath(path, InstanceJson.write(changed));
			eventually(() -> assertThat(watch.current().list()).containsExactly(changed));
		}
	}

	@Test
	void readsNothingButWhatHasChanged() throws Exception {
		this.outsider.create().creatingParentsIfNeeded().forPath(PARENT);
		for (int port = 1; port <= 100; port++) {
			plant(port);
		}
		Watch watch = connect().watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(100));
		Instance known = watch.current().list().get(7);
		assertReadings(() -> {
			String path = plant(101);
			eventually(() -> assertThat(watch.current().list()).hasSize(101));
			this.outsider.setData().forPath(path, InstanceJson.write(instance("a101", 101).withWeight(7)));
			eventually(() -> assertThat(watch.current().list()).contains(instance("a101", 101).withWeight(7)));
			this.outsider.delete().forPath(path);
			eventually(() -> assertThat(watch.current().list()).hasSize(100));
		}, "1 read, 100 known", "1 read, 101 known", "1 read, 101 known");
		assertThat(watch.current().list().get(7)).isSameAs(known);
	}

	@Test
	void readsAllWhenTheConnectionIsBackAndThenAgainOnlyWhatHasChanged() throws Exception {
		this.outsider.create().creatingParentsIfNeeded().forPath(PARENT);
		plant(1);
		plant(2);
		CuratorFramework client = Ensemble.newClient(settings());
		RecordingListener listener = new RecordingListener();
		Watch watch = closing(new ZooKeeperRegistry(settings(), () -> client)).watch(ORDERS, listener);
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
		Instance known = watch.current().list().get(0);
		try (LogOf readings = new LogOf(ServiceReader.class, " read, ", Level.DEBUG)) {
			client.getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
			eventually(() -> assertThat(listener.views).extracting(Instances::origin)
				.containsSubsequence(Origin.KEPT, Origin.REGISTRY));
			assertThat(readings.lines()).anyMatch((line) -> line.contains(": listed, 2 read, 2 known"));
			assertThat(watch.current().list()).first().isSameAs(known);
			// Another session may begin in two steps, of which the second reads all too.
			AtomicInteger port = new AtomicInteger(3);
			eventually(() -> {
				plant(port.get());
				eventually(() -> assertThat(watch.current().list()).hasSize(port.get()));
				port.incrementAndGet();
				assertThat(readings.lines()).anyMatch((line) -> line.contains(": 1 read, "));
			});
		}
	}

	@Test
	void readsAgainWhatItReadBeforeTheWatchStoodInANewConnection() throws Exception {
		ServiceKey other = new ServiceKey("com.example.Other", "", "");
		CuratorFramework client = Ensemble.newClient(settings());
		Registry registry = closing(new ZooKeeperRegistry(settings(), () -> client));
		AtomicBoolean armed = new AtomicBoolean();
		InstancesListener losingTheConnection = (view) -> {
			// On the worker, between the readings of two services
			if (view.origin() == Origin.REGISTRY && armed.compareAndSet(true, false)) {
				Instant before = registry.status().since();
				assertThatCode(() -> {
					client.getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
					eventually(() -> assertThat(registry.status().since()).isAfter(before));
					eventually(() -> assertThat(registry.status().connected()).isTrue());
					client.checkExists().forPath("/");
				}).doesNotThrowAnyException();
			}
		};
		Watch one = registry.watch(ORDERS, losingTheConnection);
		Watch two = registry.watch(other, losingTheConnection);
		for (int i = 0; i < 3; i++) {
			eventually(() -> assertThat(one.current().origin()).isEqualTo(Origin.REGISTRY));
			eventually(() -> assertThat(two.current().origin()).isEqualTo(Origin.REGISTRY));
			armed.set(true);
			client.getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
			eventually(() -> assertThat(armed).isFalse());
		}
		eventually(() -> assertThat(one.current().origin()).isEqualTo(Origin.REGISTRY));
		eventually(() -> assertThat(two.current().origin()).isEqualTo(Origin.REGISTRY));
	}

	@Test
	void listsAllWhereAnEventWasLost() throws Exception {
		this.outsider.create().creatingParentsIfNeeded().forPath(PARENT);
		plant(1);
		// Nothing tells the reader of events.
		ServiceReader reader = new ServiceReader(ORDERS, PARENT, settings());
		assertThat(reader.read(this.outsider)).hasSize(1);
		String path = plant(2);
		reader.changed(EventType.NodeDataChanged, PARENT + "/unrelated");
		assertThat(reader.read(this.outsider)).hasSize(2);
		assertThat(reader.isDue()).isFalse();
		plant(3);
		this.outsider.delete().forPath(path);
		reader.changed(EventType.NodeCreated, PARENT + "-2/unrelated");
		assertThat(reader.isDue()).as("an event of another service").isFalse();
		reader.compare(this.outsider);
		assertThat(reader.isDue()).as("as many as before, and yet not the same").isTrue();
		assertThat(reader.read(this.outsider)).containsExactlyInAnyOrder(instance("a1", 1), instance("a3", 3));
		reader.compare(this.outsider);
		assertThat(reader.isDue()).isFalse();
	}

	private void permit(int permissions) throws Exception {
		this.outsider.setACL().withACL(List.of(new ACL(permissions, new Id("world", "anyone")))).forPath(PARENT);
	}

	private String plant(int port) throws Exception {
		return this.outsider.create()
			.withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
			.forPath(PARENT + "/a" + port + "-", InstanceJson.write(instance("a" + port, port)));
	}

	/** Readings in which nothing was due to be read are not counted. */
	private static void assertReadings(ThrowingCallable action, String... expected) throws Exception {
		try (LogOf readings = new LogOf(ServiceReader.class, " read, ", Level.DEBUG)) {
			assertThatCode(action).doesNotThrowAnyException();
			assertThat(readings.lines().stream().filter((line) -> !line.contains(": 0 read")))
				.zipSatisfy(List.of(expected), (line, end) -> assertThat(line).contains(": " + end));
		}
	}

	@Test
	void skipsGarbageAndCountsIt() throws Exception {
		Registry registry = connect();
		RecordingListener listener = new RecordingListener();
		Watch watch = registry.watch(ORDERS, listener);
		connect().register(instance("good", 1));
		eventually(() -> assertThat(watch.current().list()).hasSize(1));
		String good = new String(InstanceJson.write(instance("x", 2)), StandardCharsets.UTF_8);
		List<byte[]> garbage = List.of(new byte[200_000], bytes("{"), bytes("null"),
				bytes(good.replace("\"port\":2", "\"port\":\"2\"")), bytes(good.replace("OrderService", "Other")));
		for (byte[] body : garbage) {
			this.outsider.create().withMode(CreateMode.PERSISTENT_SEQUENTIAL).forPath(PARENT + "/x-", body);
		}
		this.outsider.create().forPath(PARENT + "/noSequence", bytes(good));
		this.outsider.create().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath(PARENT + "/y-", bytes(good));
		this.outsider.create().creatingParentsIfNeeded().forPath(PARENT + "/deeper/x-0000000001", bytes(good));
		this.outsider.create().forPath("/ha-rpc/services/%zz", bytes(good));
		this.outsider.create().forPath("/ha-rpc/services/not a service");
		eventually(() -> assertThat(registry.status().badEntries()).isEqualTo(garbage.size() + 2));
		connect().register(instance("another", 3));
		eventually(() -> assertThat(watch.current().list()).containsExactlyInAnyOrder(instance("good", 1),
				instance("another", 3)));
		assertThat(listener.views).allMatch((view) -> view.list().stream().noneMatch((i) -> i.id().equals("x")));
		assertThat(registry.services()).containsExactly(ORDERS);
	}

	@Test
	void keepsNodeAndViewWhileTheServerIsAwayForAMoment() throws Exception {
		CuratorFramework client = Ensemble.newClient(settings());
		Registry registry = closing(new ZooKeeperRegistry(settings(), () -> client));
		Registration registration = registry.register(instance("a", 1));
		connect().register(instance("b", 2));
		RecordingListener listener = new RecordingListener();
		Watch watch = registry.watch(ORDERS, listener);
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
		listener.views.clear();
		this.server.stop();
		eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.KEPT));
		assertThat(registration.isRegistered()).isFalse();
		assertThat(registry.status().connected()).isFalse();
		this.server.restart();
		eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.REGISTRY));
		eventually(() -> assertThat(registration.isRegistered()).isTrue());
		eventually(() -> assertWholeAndOwnedBy(sessionOf(client), "a"));
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
	}

	@Test
	void isWholeAgainAfterTheServerWasAwayLongerThanTheSession() throws Exception {
		List<CuratorFramework> clients = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			CuratorFramework client = Ensemble.newClient(settings());
			clients.add(client);
			closing(new ZooKeeperRegistry(settings(), () -> client)).register(instance("i" + i, 1 + i));
		}
		RecordingListener listener = new RecordingListener();
		listener.answering.addAll(List.of(address(1), address(2), address(3)));
		KeepingRegistry keeping = closing(new KeepingRegistry(new ZooKeeperRegistry(settings()),
				KeepingSettings.defaults().withSettling(Duration.ofSeconds(5))));
		Watch watch = keeping.watch(ORDERS, listener);
		eventually(() -> assertThat(watch.current().list()).hasSize(3));
		listener.views.clear();
		int port = this.server.getPort();
		this.server.close();
		eventually(() -> assertThat(keeping.status().connected()).isFalse());
		// Another server with no data: every session is lost, and every zxid lower.
		this.server = closing(startServer(port));
		for (int i = 0; i < 3; i++) {
			CuratorFramework client = clients.get(i);
			String id = "i" + i;
			eventually(() -> assertWholeAndOwnedBy(sessionOf(client), id));
		}
		eventually(() -> assertThat(children()).hasSize(3));
		eventually(() -> assertThat(watch.current().list()).hasSize(3).allMatch(watch.current()::isConfirmed));
		assertThat(listener.views).as("no instance was ever missing").allMatch((view) -> view.list().size() == 3);
	}

	@Test
	void doesNotComeBackWhenDeregisteredWhileTheServerIsAway() throws Exception {
		Registry registry = connect();
		Registration gone = registry.register(instance("gone", 1));
		Registration stays = registry.register(instance("stays", 2));
		eventually(() -> assertThat(gone.isRegistered() && stays.isRegistered()).isTrue());
		this.server.stop();
		eventually(() -> assertThat(registry.status().connected()).isFalse());
		long before = System.nanoTime();
		gone.close();
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(settings().closeTimeout().plusSeconds(1));
		this.server.restart();
		eventually(() -> assertThat(stays.isRegistered()).isTrue());
		eventually(() -> assertThat(children()).hasSize(1).allMatch((name) -> name.startsWith("stays-")));
		registry.register(instance("gone", 3));
		eventually(() -> assertThat(read()).containsExactlyInAnyOrder(instance("stays", 2), instance("gone", 3)));
	}

	@Test
	void leavesNothingOfARegistrationThatWasReplacedWhileTheServerIsAway() throws Exception {
		Registry registry = connect();
		Registration former = registry.register(instance("a", 1));
		eventually(() -> assertThat(former.isRegistered()).isTrue());
		this.server.stop();
		eventually(() -> assertThat(registry.status().connected()).isFalse());
		former.close();
		Registration latter = registry.register(instance("a", 1).withWeight(7));
		this.server.restart();
		eventually(() -> assertThat(latter.isRegistered()).isTrue());
		eventually(() -> assertThat(read()).containsExactly(instance("a", 1).withWeight(7)));
		latter.close();
		assertThat(children()).isEmpty();
	}

	@Test
	void startsWithoutTheServerAndRegistersOnceItIsThere() throws Exception {
		this.server.stop();
		long before = System.nanoTime();
		Registry registry = connect();
		Registration registration = registry.register(instance("a", 1));
		Watch watch = registry.watch(ORDERS, new RecordingListener());
		assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
		assertThat(registry.awaitConnected(Duration.ofMillis(50))).isFalse();
		assertThat(watch.current().isKnown()).isFalse();
		this.server.restart();
		eventually(() -> assertThat(registration.isRegistered()).isTrue());
		eventually(() -> assertThat(watch.current().list()).hasSize(1));
	}

	@Test
	void saysOnceThatItIsNotConnectedYetThatItIsAndThatItIsNoLonger() throws Exception {
		String servers = settings().connectString();
		this.server.stop();
		try (LogOf log = new LogOf(Ensemble.class, "to " + servers)) {
			Registry registry = closing(
					new ZooKeeperRegistry(settings().withTimeouts(Duration.ofSeconds(4), Duration.ofMillis(300))));
			String notYet = "WARN Not connected to " + servers + " yet: going on without it and trying on";
			eventually(() -> assertThat(log.lines()).containsExactly(notYet));
			assertThat(registry.status().message())
				.isEqualTo("Not connected to " + servers + ": never connected since the start");
			this.server.restart();
			String connected = "INFO Connected to " + servers;
			eventually(() -> assertThat(log.lines()).containsExactly(notYet, connected));
			this.server.stop();
			String lost = "WARN Lost the connection to " + servers + ": going on with what is known and trying on";
			eventually(() -> assertThat(log.lines()).containsExactly(notYet, connected, lost));
			assertThat(registry.status().message())
				.isEqualTo("Not connected to " + servers + ": what is known stays in use");
			this.server.restart();
			eventually(() -> assertThat(log.lines()).containsExactly(notYet, connected, lost, connected));
			registry.close();
			assertThat(log.lines()).as("closing is no loss").hasSize(4);
		}
	}

	@Test
	void startsFromTheSnapshotWithoutTheServer(@TempDir Path directory) throws Exception {
		connect().register(instance("a", 1));
		KeepingSettings keep = KeepingSettings.defaults().withSnapshotDirectory(directory);
		Registry first = new KeepingRegistry(new ZooKeeperRegistry(settings()), keep);
		Watch watch = first.watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(1));
		first.close();
		this.server.stop();
		Registry second = closing(new KeepingRegistry(new ZooKeeperRegistry(settings()), keep));
		Watch again = second.watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(again.current().list()).containsExactly(instance("a", 1)));
		assertThat(again.current().origin()).isEqualTo(Origin.SNAPSHOT);
		assertThat(second.status().connected()).isFalse();
	}

	@Test
	void showsAThousandInstancesWholeOrNotAtAll() throws Exception {
		Registry servers = connect();
		List<Registration> registrations = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			registrations.add(servers.register(instance("i" + i, 1000 + i)));
		}
		eventually(() -> assertThat(registrations).allMatch(Registration::isRegistered));
		Registry registry = connect();
		RecordingListener listener = new RecordingListener();
		Watch watch = registry.watch(ORDERS, listener);
		eventually(() -> assertThat(watch.current().isKnown()).isTrue());
		this.server.restart();
		eventually(() -> assertThat(listener.views).extracting(Instances::origin)
			.startsWith(Origin.REGISTRY, Origin.KEPT, Origin.REGISTRY)
			.endsWith(Origin.REGISTRY));
		assertThat(listener.views).allMatch((view) -> view.list().size() == 1000);
		eventually(() -> assertThat(registrations).allMatch(Registration::isRegistered));
		servers.close();
		eventually(() -> assertThat(watch.current().list()).isEmpty());
	}

	@Test
	void neitherStartsNorClosesSlowlyWhereTheServerNeverAnswers() throws Exception {
		try (ServerSocket silent = new ServerSocket(0)) {
			ZooKeeperSettings settings = ZooKeeperSettings.of("127.0.0.1:" + silent.getLocalPort());
			Set<String> before = threads();
			long start = System.nanoTime();
			Registry registry = new ZooKeeperRegistry(settings);
			registry.watch(ORDERS, new RecordingListener());
			Registration registration = registry.register(instance("a", 1));
			try (Socket accepted = silent.accept()) {
				registration.close();
				registry.close();
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
			}
			eventually(() -> assertThat(threads()).hasSizeLessThanOrEqualTo(before.size()));
		}
	}

	@Test
	void leavesNoThreadBehind() throws Exception {
		Set<String> before = threads();
		for (int i = 0; i < 5; i++) {
			Registry registry = new ZooKeeperRegistry(settings());
			registry.watch(ORDERS, new RecordingListener());
			Registration registration = registry.register(instance("a" + i, 1));
			eventually(() -> assertThat(registration.isRegistered()).isTrue());
			registry.close();
		}
		eventually(() -> assertThat(threads()).hasSizeLessThanOrEqualTo(before.size()));
		assertThat(children()).isEmpty();
	}

	private static Set<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map((thread) -> thread.getId() + " " + thread.getName())
			.filter((name) -> name.matches(".*(ha-rpc|Curator|SendThread|EventThread|ConnectionState).*"))
			.collect(Collectors.toSet());
	}

	private ZooKeeperSettings settings() {
		return ZooKeeperSettings.of("127.0.0.1:" + this.server.getPort())
			.withTimeouts(Duration.ofSeconds(4), Duration.ofSeconds(2))
			.withVerifyInterval(Duration.ofSeconds(1));
	}

	private Registry connect() {
		return closing(new ZooKeeperRegistry(settings()));
	}

	private static TestingServer startServer(int port) throws Exception {
		return new TestingServer(new InstanceSpec(null, port, -1, -1, true, -1, TICK_MILLIS, -1), true);
	}

	private <T extends AutoCloseable> T closing(T resource) {
		this.open.add(resource);
		return resource;
	}

	private List<String> children() throws Exception {
		return (this.outsider.checkExists().forPath(PARENT) != null) ? this.outsider.getChildren().forPath(PARENT)
				: List.of();
	}

	private List<Instance> read() throws Exception {
		List<Instance> instances = new ArrayList<>();
		for (String name : children()) {
			instances.add(InstanceJson.read(this.outsider.getData().forPath(PARENT + "/" + name)));
		}
		return instances;
	}

	private Stat stat(String name) throws Exception {
		return this.outsider.checkExists().forPath(PARENT + "/" + name);
	}

	private void assertWholeAndOwnedBy(long session, String id) throws Exception {
		List<String> own = children().stream().filter((name) -> Layout.idOf(name).equals(id)).toList();
		assertThat(own).hasSize(1);
		Stat stat = stat(own.get(0));
		assertThat(stat).isNotNull();
		assertThat(stat.getEphemeralOwner()).isEqualTo(session);
	}

	private static long sessionOf(CuratorFramework client) throws Exception {
		return client.getZookeeperClient().getZooKeeper().getSessionId();
	}

	private static Address address(int port) {
		return new Address("127.0.0.1", port);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
