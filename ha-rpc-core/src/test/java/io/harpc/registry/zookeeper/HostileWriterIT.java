package io.harpc.registry.zookeeper;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.apache.zookeeper.CreateMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.AllowedNetworks;
import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.registry.InstanceSignatures;
import io.harpc.registry.LogOf;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.SigningKey;
import io.harpc.registry.Trust;
import io.harpc.registry.Watch;

import static io.harpc.registry.Eventually.eventually;
import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody who may write to ZooKeeper whatever he likes, against a real server.
 */
@Timeout(180)
class HostileWriterIT {

	private static final String PARENT = "/ha-rpc/services/com.example.OrderService%3A1.0";

	private static final ServiceKey STOCK = new ServiceKey("com.example.StockService", "", "");

	private static final int EVIL = 6666;

	private static final InstanceSignatures SIGNATURES = new InstanceSignatures(
			List.of(SigningKey.hmac("2026", "a secret that the writer has not got")), true);

	private static final long MEBIBYTE = 1024 * 1024;

	private final List<AutoCloseable> open = new ArrayList<>();

	private TestingServer server;

	private CuratorFramework writer;

	@BeforeEach
	void start() throws Exception {
		this.server = closing(new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, 500, -1), true));
		this.writer = closing(Ensemble.newClient(settings()));
		this.writer.start();
	}

	@AfterEach
	void stop() throws Exception {
		for (int i = this.open.size() - 1; i >= 0; i--) {
			this.open.get(i).close();
		}
	}

	@Test
	void cannotRedirectCallsWhereInstancesAreSigned() throws Exception {
		Registration registration = connect(signed()).register(instance("good", 1));
		RecordingListener listener = new RecordingListener();
		Registry consumer = connect(signed());
		Watch watch = consumer.watch(ORDERS, listener);
		eventually(() -> assertThat(ids(watch)).containsExactly("good"));
		byte[] signed = this.writer.getData().forPath(path(registration));
		byte[] unsigned = InstanceJson.write(instance("evil", EVIL));
		byte[] bySomeKey = InstanceJson
			.write(new InstanceSignatures(List.of(SigningKey.hmac("2026", "x".repeat(32))), true)
				.sign(instance("evil", EVIL), sessionOf(this.writer)));
		byte[] elsewhere = bytes(text(signed).replace("\"port\":1,", "\"port\":" + EVIL + ","));
		plant("evil-", unsigned, CreateMode.EPHEMERAL_SEQUENTIAL);
		plant("evil-", bySomeKey, CreateMode.EPHEMERAL_SEQUENTIAL);
		plant("good-", elsewhere, CreateMode.EPHEMERAL_SEQUENTIAL);
		plant("good-", elsewhere, CreateMode.PERSISTENT_SEQUENTIAL);
		eventually(() -> assertThat(consumer.status().badEntries()).isEqualTo(4));
		assertThat(watch.current().list()).extracting(Instance::address).containsExactly(new Address("127.0.0.1", 1));
		assertThat(listener.views).allMatch((view) -> view.list().stream().noneMatch(HostileWriterIT::isEvil));
	}

	@Test
	void cannotPlantAgainWhatWasSignedBefore() throws Exception {
		Registry provider = connect(signed());
		Registration gone = provider.register(instance("gone", EVIL));
		eventually(() -> assertThat(gone.isRegistered()).isTrue());
		byte[] copy = this.writer.getData().forPath(path(gone));
		gone.close();
		provider.close();
		plant("gone-", copy, CreateMode.EPHEMERAL_SEQUENTIAL);
		plant("gone-", copy, CreateMode.PERSISTENT_SEQUENTIAL);
		Registry consumer = connect(signed());
		RecordingListener listener = new RecordingListener();
		Watch watch = consumer.watch(ORDERS, listener);
		eventually(() -> assertThat(watch.current().isKnown()).isTrue());
		assertThat(watch.current().list()).isEmpty();
		assertThat(consumer.status().badEntries()).isEqualTo(2);
	}

	@Test
	void cannotChangeAnInstanceForLong() throws Exception {
		Registration registration = connect(signed()).register(instance("good", 1));
		RecordingListener listener = new RecordingListener();
		Watch watch = connect(signed()).watch(ORDERS, listener);
		eventually(() -> assertThat(ids(watch)).containsExactly("good"));
		String path = path(registration);
		byte[] changed = bytes(text(this.writer.getData().forPath(path)).replace("\"port\":1,", "\"port\":6666,"));
		this.writer.setData().forPath(path, changed);
		eventually(() -> assertThat(path(registration)).isNotEqualTo(path));
		eventually(() -> assertThat(ids(watch)).containsExactly("good"));
		assertThat(listener.views).allMatch((view) -> view.list().stream().noneMatch(HostileWriterIT::isEvil));
	}

	@Test
	void cannotRedirectCallsToAnotherNetwork() throws Exception {
		Trust trust = new Trust(AllowedNetworks.of(List.of("127.0.0.0/8")), null);
		connect(Trust.ALL).register(instance("good", 1));
		Instance evil = new Instance("evil", ORDERS, new Address("203.0.113.6", EVIL), 100, "", "json",
				instance("x", 1).metadata());
		Registry consumer = connect(trust);
		try (LogOf log = new LogOf(ServiceReader.class, "203.0.113.6")) {
			Watch watch = consumer.watch(ORDERS, new RecordingListener());
			eventually(() -> assertThat(ids(watch)).containsExactly("good"));
			plant("evil-", InstanceJson.write(evil), CreateMode.EPHEMERAL_SEQUENTIAL);
			eventually(() -> assertThat(consumer.status().badEntries()).isEqualTo(1));
			connect(Trust.ALL).register(instance("also-good", 2));
			eventually(() -> assertThat(ids(watch)).containsExactly("also-good", "good"));
			assertThat(log.lines()).singleElement()
				.asString()
				.startsWith("WARN " + PARENT + "/evil-")
				.endsWith("is skipped: address: 203.0.113.6:6666 (expected: one within 127.0.0.0/8)");
		}
	}

	@Test
	void cannotDisplaceInstancesByAFlood() throws Exception {
		connect(Trust.ALL).register(instance("good", 1));
		Registry witness = connect(Trust.ALL);
		Watch before = witness.watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(ids(before)).containsExactly("good"));
		flood(100_000);
		eventually(() -> assertThat(witness.status().badEntries()).isGreaterThan(90_000));
		assertThat(ids(before)).as("known before, and newer than each that is planted").contains("good");
		assertThat(before.current().list()).hasSizeLessThanOrEqualTo(ServiceReader.MAX_ENTRIES);
		long heap = usedHeap();
		long start = System.nanoTime();
		Registry newcomer = connect(Trust.ALL);
		try (LogOf log = new LogOf(ServiceReader.class, "is skipped")) {
			Watch watch = newcomer.watch(ORDERS, new RecordingListener());
			eventually(() -> assertThat(watch.current().isKnown()).isTrue());
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
			assertThat(watch.current().list()).hasSize(ServiceReader.MAX_ENTRIES);
			assertThat(usedHeap() - heap).as("bytes that a newcomer keeps").isLessThan(32 * MEBIBYTE);
			assertThat(log.lines()).singleElement().asString().contains("100001 entries (expected: at most 10000)");
		}
	}

	@Test
	void cannotFillTheLogNorTheMemoryWithGarbage() throws Exception {
		connect(Trust.ALL).register(instance("good", 1));
		byte[] huge = new byte[1_000_000];
		this.writer.create().creatingParentsIfNeeded().forPath(PARENT + "/first-0000000000", huge);
		for (int i = 0; i < 150; i++) {
			plant("huge-", huge, CreateMode.PERSISTENT_SEQUENTIAL);
		}
		// The server in this process keeps what it has answered.
		for (String name : this.writer.getChildren().forPath(PARENT)) {
			assertThat(this.writer.getData().forPath(PARENT + "/" + name)).isNotEmpty();
		}
		long heap = usedHeap();
		Registry consumer = connect(Trust.ALL);
		try (LogOf log = new LogOf(ServiceReader.class, "is skipped")) {
			Watch watch = consumer.watch(ORDERS, new RecordingListener());
			eventually(() -> assertThat(ids(watch)).containsExactly("good"));
			assertThat(consumer.status().badEntries()).isEqualTo(151);
			assertThat(usedHeap() - heap).isLessThan(32 * MEBIBYTE);
			assertThat(log.lines()).hasSizeLessThan(30);
			assertThat(log.lines()).last().asString().endsWith("; others are skipped without being named");
		}
	}

	@Test
	void harmsNoOtherEntryByMalformedOnes() throws Exception {
		connect(Trust.ALL).register(instance("good", 1));
		Registry consumer = connect(Trust.ALL);
		Watch watch = consumer.watch(ORDERS, new RecordingListener());
		eventually(() -> assertThat(ids(watch)).containsExactly("good"));
		String json = text(InstanceJson.write(instance("x", EVIL)));
		String port = "\"port\":" + EVIL;
		List<byte[]> malformed = List.of(bytes(json.substring(0, json.length() / 2)), bytes("[".repeat(60_000)),
				bytes("{\"a\":".repeat(12_000)), bytes(json.replace(port, port + "," + port)),
				bytes(json.replace(port, "\"port\":\"6666\"")), bytes(json.replace(port, "\"port\":66666")),
				bytes(json.replace(port, "\"port\":" + "9".repeat(900))), bytes(json.replace(port, "\"port\":6.666e3")),
				bytes(json.replace("\"x\"", "\"x\\u0000\"")), bytes(json.replace("127.0.0.1", "127.0.0.1\\u0000.evil")),
				bytes(json.replace("\"zone\":\"\"", "\"zone\":\"\\u001b[2J\"")), bytes(json + "\0"),
				bytes(json.replace("OrderService", "Ord\u00e9")),
				latin1(json.replace("\"zone\":\"\"", "\"zone\":\"\u00ff\"")), bytes("\"" + "x".repeat(70_000) + "\""),
				bytes(json.replace("{", "{\"@class\":\"java.lang.Runtime\",").replace(port, "\"port\":null")));
		for (byte[] body : malformed) {
			plant("x-", body, CreateMode.PERSISTENT_SEQUENTIAL);
		}
		eventually(() -> assertThat(consumer.status().badEntries()).isEqualTo(malformed.size()));
		connect(Trust.ALL).register(instance("another", 2));
		eventually(() -> assertThat(ids(watch)).containsExactly("another", "good"));
	}

	@Test
	void stopsNewsOfOneServiceAtMost() throws Exception {
		connect(Trust.ALL).register(instance("good", 1));
		Registry consumer = connect(Trust.ALL);
		Watch orders = consumer.watch(ORDERS, new RecordingListener());
		Watch stock = consumer.watch(STOCK, new RecordingListener());
		eventually(() -> assertThat(ids(orders)).containsExactly("good"));
		String longName = "x".repeat(200_000);
		List<String> planted = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			planted.add(this.writer.create().forPath(PARENT + "/" + longName + i));
		}
		Registry provider = connect(Trust.ALL);
		try (LogOf alone = new LogOf(ServiceReader.class, "is left alone for a while");
				LogOf losses = new LogOf(Ensemble.class, "Lost the connection")) {
			provider.register(instance(STOCK, "first", 1));
			eventually(() -> assertThat(ids(stock)).hasSize(1));
			eventually(() -> assertThat(alone.lines()).hasSize(1));
			int before = losses.lines().size();
			for (int i = 2; i < 10; i++) {
				int count = i;
				provider.register(instance(STOCK, "s" + i, i));
				eventually(() -> assertThat(ids(stock)).hasSize(count));
				assertThat(ids(orders)).containsExactly("good");
			}
			assertThat(losses.lines()).as("not one for each change").hasSizeLessThan(before + 5);
		}
		for (String path : planted) {
			this.writer.delete().forPath(path);
		}
		connect(Trust.ALL).register(instance("another", 2));
		eventually(() -> assertThat(ids(orders)).containsExactly("another", "good"));
	}

	/** Names that sort before all others, as the writer may choose them. */
	private void flood(int entries) throws Exception {
		int batch = 1000;
		for (int first = 0; first < entries; first += batch) {
			List<CuratorOp> operations = new ArrayList<>();
			for (int i = first; i < first + batch; i++) {
				Instance planted = instance("flood" + i, 1 + i % 65_000);
				operations.add(this.writer.transactionOp()
					.create()
					.forPath(PARENT + "/flood" + i + "-0000000000",
							InstanceJson.write(new Instance(planted.id(), ORDERS,
									new Address("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256, EVIL), 100,
									"", "json", planted.metadata()))));
			}
			this.writer.transaction().forOperations(operations);
		}
	}

	private void plant(String name, byte[] body, CreateMode mode) throws Exception {
		this.writer.create().withMode(mode).forPath(PARENT + "/" + name, body);
	}

	private static boolean isEvil(Instance instance) {
		return instance.address().port() == EVIL;
	}

	private static List<String> ids(Watch watch) {
		return watch.current().list().stream().map(Instance::id).sorted().toList();
	}

	private String path(Registration registration) throws Exception {
		Collection<String> names = this.writer.getChildren().forPath(PARENT);
		return PARENT + "/"
				+ names.stream()
					.filter((name) -> name.startsWith(registration.instance().id() + "-"))
					.reduce((one, other) -> other)
					.orElseThrow();
	}

	private ZooKeeperSettings settings() {
		return ZooKeeperSettings.of("127.0.0.1:" + this.server.getPort())
			.withTimeouts(Duration.ofSeconds(8), Duration.ofSeconds(4))
			.withVerifyInterval(Duration.ofMillis(500));
	}

	private static Trust signed() {
		return new Trust(null, SIGNATURES);
	}

	private Registry connect(Trust trust) {
		return closing(new ZooKeeperRegistry(settings().withTrust(trust)));
	}

	private static long sessionOf(CuratorFramework client) throws Exception {
		return client.getZookeeperClient().getZooKeeper().getSessionId();
	}

	private static long usedHeap() {
		Runtime runtime = Runtime.getRuntime();
		System.gc();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static byte[] latin1(String text) {
		return text.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private <T extends AutoCloseable> T closing(T resource) {
		this.open.add(resource);
		return resource;
	}

}
