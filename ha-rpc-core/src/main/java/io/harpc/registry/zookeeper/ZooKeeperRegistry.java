package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.Watch;
import io.harpc.registry.Watches;

/**
 * The registry on an ensemble of ZooKeeper servers. Thread-safe.
 * <p>
 * One thread of its own does everything that waits for ZooKeeper, and nothing else does:
 * ZooKeeper's threads only leave word of what happened. The work is described by what is
 * to be looked at again, never by a list of events, so that no amount of events makes it
 * more. While ZooKeeper is away the views stay as they were and say so; once it is back
 * they are replaced when each has been read as a whole.
 */
public final class ZooKeeperRegistry implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(ZooKeeperRegistry.class);

	/** Events are gathered this long before a service is read again. */
	private static final long GATHER_MILLIS = 20;

	private static final long MIN_RETRY_MILLIS = 100;

	private static final long MAX_RETRY_MILLIS = 10_000;

	/**
	 * After a reconnect, registrations are looked at within this time, each at its own.
	 */
	private static final int RECONNECT_JITTER_MILLIS = 500;

	/** The largest answer taken: the children of a service of ten thousand instances. */
	private static final int MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

	private final ZooKeeperSettings settings;

	private final Layout layout;

	private final CuratorFramework client;

	private final ScheduledThreadPoolExecutor worker;

	private final Random random = new Random();

	private final Watches watches = new Watches();

	private final Map<ServiceKey, ServiceReader> readers = new ConcurrentHashMap<>();

	private final Map<NodeKey, OwnedNode> nodes = new ConcurrentHashMap<>();

	private final Watcher watcher = this::onEvent;

	private final AtomicBoolean refreshing = new AtomicBoolean();

	private final AtomicBoolean retrying = new AtomicBoolean();

	private final AtomicBoolean closed = new AtomicBoolean();

	private volatile List<ServiceKey> services = List.of();

	private volatile Connection connection = new Connection(false, false, Instant.now());

	/** Where the watch stands; in any other connection no view can be vouched for. */
	private volatile @Nullable Connection watchedIn;

	private volatile boolean servicesDue;

	private long retryMillis = MIN_RETRY_MILLIS;

	/**
	 * Creates a registry and begins to connect, without waiting for it.
	 * @param settings where the ensemble is
	 */
	public ZooKeeperRegistry(ZooKeeperSettings settings) {
		this(settings, newClient(settings));
	}

	ZooKeeperRegistry(ZooKeeperSettings settings, CuratorFramework client) {
		this.settings = settings;
		this.layout = new Layout(settings.root());
		this.worker = newWorker();
		this.client = client;
		this.client.getConnectionStateListenable().addListener((source, state) -> onState(state));
		this.client.start();
		schedule(this::warnUnlessConnected, settings.connectionTimeout().toMillis());
		scheduleVerify();
	}

	private static ScheduledThreadPoolExecutor newWorker() {
		ScheduledThreadPoolExecutor worker = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "ha-rpc-zookeeper");
			thread.setDaemon(true);
			return thread;
		});
		worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		worker.setRemoveOnCancelPolicy(true);
		return worker;
	}

	static CuratorFramework newClient(ZooKeeperSettings settings) {
		ZKClientConfig config = new ZKClientConfig();
		if (config.getProperty(ZKConfig.JUTE_MAXBUFFER) == null) {
			config.setProperty(ZKConfig.JUTE_MAXBUFFER, String.valueOf(MAX_RESPONSE_BYTES));
		}
		// Operations are tried once more and then left to the worker, which goes on for
		// ever. Without the ensemble tracker the addresses configured stay in force,
		// where servers announce names that only they can resolve.
		return CuratorFrameworkFactory.builder()
			.connectString(settings.connectString())
			.sessionTimeoutMs(Math.toIntExact(settings.sessionTimeout().toMillis()))
			.connectionTimeoutMs(Math.toIntExact(settings.connectionTimeout().toMillis()))
			.retryPolicy(new RetryOneTime(Math.toIntExact(MIN_RETRY_MILLIS)))
			.ensembleTracker(false)
			.dontUseContainerParents()
			.zkClientConfig(config)
			.build();
	}

	@Override
	public Registration register(Instance instance) {
		checkOpen();
		NodeKey key = new NodeKey(instance.service(), instance.id());
		OwnedNode node = new OwnedNode(instance, this.layout.service(instance.service()), this::deregister);
		this.nodes.compute(key, (same, present) -> {
			if (present != null && present.isWanted()) {
				throw new IllegalStateException("instance: " + instance.id() + " of " + instance.service()
						+ " (expected: an id that is not registered yet)");
			}
			return node;
		});
		run(() -> reconcile(key, node));
		return node;
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		checkOpen();
		Watch watch = this.watches.add(service, listener);
		ServiceReader reader = this.readers.computeIfAbsent(service,
				(key) -> new ServiceReader(key, this.layout.service(key), this.settings.sessionTimeout()));
		if (!watch.current().isKnown()) {
			reader.markDue();
			refreshSoon(0);
		}
		return watch;
	}

	@Override
	public List<ServiceKey> services() {
		return this.services;
	}

	@Override
	public RegistryStatus status() {
		Connection now = this.connection;
		int bad = this.readers.values().stream().mapToInt(ServiceReader::badEntries).sum();
		String message = (now.connected ? "Connected to " : "Not connected to ") + this.settings.connectString();
		if (!now.connected) {
			message += now.ever ? ": what is known stays in use" : ": never connected since the start";
		}
		return new RegistryStatus("zookeeper", now.connected, now.since, message, bad, this.services.size());
	}

	@Override
	public boolean awaitConnected(Duration timeout) throws InterruptedException {
		return this.client.blockUntilConnected(Math.toIntExact(timeout.toMillis()), TimeUnit.MILLISECONDS);
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		this.watches.close();
		this.nodes.values().forEach(OwnedNode::unwant);
		this.nodes.forEach((key, node) -> run(() -> reconcile(key, node)));
		CountDownLatch done = new CountDownLatch(1);
		run(done::countDown);
		await(done);
		this.worker.shutdownNow();
		// With a server that does not answer this takes up to a session timeout.
		Thread closing = new Thread(this.client::close, "ha-rpc-zookeeper-close");
		closing.setDaemon(true);
		closing.start();
		try {
			closing.join(this.settings.closeTimeout().toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	// Called by ZooKeeper's and Curator's threads: leave word, wait for nothing

	private void onState(ConnectionState state) {
		boolean connected = state.isConnected() && state != ConnectionState.READ_ONLY;
		if (connected != this.connection.connected) {
			this.connection = new Connection(connected, true, Instant.now());
			logConnection(connected);
		}
		if (connected) {
			this.servicesDue = true;
			this.readers.values().forEach(ServiceReader::forgetAll);
			refreshSoon(0);
			this.nodes.forEach((key, node) -> reconcileSoon(key, node, this.random.nextInt(RECONNECT_JITTER_MILLIS)));
		}
		else {
			this.nodes.values().forEach(OwnedNode::doubt);
			this.watches.services().forEach((service) -> this.watches.update(service, ZooKeeperRegistry::kept));
		}
	}

	private void logConnection(boolean connected) {
		if (connected) {
			logger.info("Connected to {}", this.settings.connectString());
		}
		else if (!this.closed.get()) {
			logger.warn("Lost the connection to {}: going on with what is known and trying on",
					this.settings.connectString());
		}
	}

	private static Instances kept(Instances view) {
		return (view.origin() == Origin.REGISTRY) ? Instances.of(view.service(), view.list(), Origin.KEPT) : view;
	}

	private void onEvent(WatchedEvent event) {
		String path = event.getPath();
		if (event.getType() == EventType.None || path == null) {
			return;
		}
		ServiceKey service = this.layout.serviceOf(path);
		ServiceReader reader = (service != null) ? this.readers.get(service) : null;
		if (path.lastIndexOf('/') <= this.layout.services().length()) {
			this.servicesDue = true;
		}
		else if (reader == null) {
			return;
		}
		else if (event.getType() == EventType.NodeDataChanged) {
			reader.changed(path.substring(path.lastIndexOf('/') + 1));
		}
		if (reader != null) {
			reader.markDue();
		}
		refreshSoon(GATHER_MILLIS);
	}

	private void refreshSoon(long delayMillis) {
		if (this.refreshing.compareAndSet(false, true)) {
			schedule(this::refresh, delayMillis);
		}
	}

	// On the worker

	private void warnUnlessConnected() {
		if (!this.connection.ever) {
			logger.warn("Not connected to {} yet: going on without it and trying on", this.settings.connectString());
		}
	}

	private void refresh() {
		this.refreshing.set(false);
		if (!this.connection.connected) {
			return;
		}
		try {
			if (!isWatching()) {
				beginWatching();
			}
			if (this.servicesDue) {
				readServices();
			}
			for (Map.Entry<ServiceKey, ServiceReader> entry : this.readers.entrySet()) {
				if (entry.getValue().isDue() && this.watches.isWatched(entry.getKey())) {
					publish(entry.getKey(), entry.getValue().read(this.client));
				}
			}
			this.retryMillis = MIN_RETRY_MILLIS;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			retry("read", ex);
			retryRefresh();
		}
	}

	/** Beside what events ask for, which must not wait for it. */
	private void retryRefresh() {
		if (this.retrying.compareAndSet(false, true)) {
			schedule(() -> {
				this.retrying.set(false);
				refreshSoon(0);
			}, this.retryMillis);
		}
	}

	private boolean isWatching() {
		Connection now = this.connection;
		return now.connected && now == this.watchedIn;
	}

	private void beginWatching() throws Exception {
		Connection connection = this.connection;
		try {
			this.client.create().creatingParentsIfNeeded().forPath(this.layout.services(), new byte[0]);
		}
		catch (NodeExistsException | NoAuthException ex) {
			logger.debug("{} is not made here: {}", this.layout.services(), ex.getMessage());
		}
		// First the watch, then the reading: nothing falls in between. After sync the
		// reading is no older than what a server elsewhere has acknowledged.
		this.client.watchers()
			.add()
			.withMode(AddWatchMode.PERSISTENT_RECURSIVE)
			.usingWatcher(this.watcher)
			.forPath(this.layout.services());
		this.client.sync().forPath(this.layout.services());
		this.watchedIn = connection;
	}

	private void readServices() throws Exception {
		this.servicesDue = false;
		try {
			this.services = this.client.getChildren()
				.forPath(this.layout.services())
				.stream()
				.flatMap((name) -> Stream.ofNullable(this.layout.serviceOf(this.layout.services() + "/" + name)))
				.toList();
		}
		catch (Exception ex) {
			this.servicesDue = true;
			throw ex;
		}
	}

	private void publish(ServiceKey service, @Nullable List<Instance> list) {
		if (list == null) {
			retryRefresh();
			return;
		}
		this.watches.update(service, (old) -> {
			// Asked under the lock: onState says that it is not before it marks the
			// views.
			Origin origin = isWatching() ? Origin.REGISTRY : Origin.KEPT;
			Instances view = Instances.of(service, list, origin);
			return view.equals(old) ? old : view;
		});
	}

	private void reconcileSoon(NodeKey key, OwnedNode node, long delayMillis) {
		if (node.enqueue()) {
			schedule(() -> {
				node.dequeue();
				reconcile(key, node);
			}, delayMillis);
		}
	}

	private void reconcile(NodeKey key, OwnedNode node) {
		if (!this.connection.connected || this.nodes.get(key) != node) {
			return;
		}
		try {
			node.reconcile(this.client);
			// Not by isWanted(): that may have changed while the node was being made.
			if (node.isRemoved()) {
				this.nodes.remove(key, node);
			}
			if (!this.connection.connected) {
				node.doubt();
			}
			this.retryMillis = MIN_RETRY_MILLIS;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			node.doubt();
			retry("put " + node.instance().service() + " right in", ex);
			reconcileSoon(key, node, this.retryMillis);
		}
	}

	private void verify() {
		try {
			if (this.connection.connected) {
				this.nodes.forEach(this::reconcile);
				this.readers.keySet().forEach(this::dropIfUnwatched);
				for (ServiceReader reader : this.readers.values()) {
					reader.compare(this.client);
				}
				refreshSoon(0);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			logger.debug("Verifying {} failed and is tried again", this.settings.connectString(), ex);
		}
		scheduleVerify();
	}

	private void dropIfUnwatched(ServiceKey service) {
		this.readers.computeIfPresent(service, (key, reader) -> this.watches.isWatched(key) ? reader : null);
	}

	private void scheduleVerify() {
		long interval = this.settings.verifyInterval().toMillis();
		schedule(this::verify, (long) (interval * (0.8 + 0.4 * this.random.nextDouble())));
	}

	private void retry(String what, Exception ex) {
		if (this.retryMillis == MIN_RETRY_MILLIS && this.connection.connected) {
			logger.warn("Cannot {} {}: tried again until it succeeds: {}", what, this.settings.connectString(),
					ex.toString());
		}
		logger.debug("Cannot {} {}", what, this.settings.connectString(), ex);
		this.retryMillis = Math.min(MAX_RETRY_MILLIS, this.retryMillis * 2);
	}

	// Handing work to the worker

	private void deregister(OwnedNode node) {
		NodeKey key = new NodeKey(node.instance().service(), node.instance().id());
		run(() -> reconcile(key, node));
		if (!await(node.removed())) {
			logger.info("{} is deregistered as soon as ZooKeeper is back, or with its session", node.instance().id());
		}
	}

	private boolean await(CountDownLatch latch) {
		try {
			return this.connection.connected
					&& latch.await(this.settings.closeTimeout().toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private void run(Runnable task) {
		schedule(task, 0);
	}

	private void schedule(Runnable task, long delayMillis) {
		try {
			this.worker.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Closed: nothing is done any more");
		}
	}

	private void checkOpen() {
		if (this.closed.get()) {
			throw new IllegalStateException("registry: closed (expected: open)");
		}
	}

	private record NodeKey(ServiceKey service, String id) {
	}

	/** The connection as it is since an instant, and whether there has been one ever. */
	private record Connection(boolean connected, boolean ever, Instant since) {
	}

}
