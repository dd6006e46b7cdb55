package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.framework.state.ConnectionStateListener;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.KeeperException.AuthFailedException;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.data.ACL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ensemble as this process reaches it: the client, the connection as it is now, and
 * the one thread that may wait for it. Thread-safe.
 */
final class Ensemble {

	private static final Logger logger = LoggerFactory.getLogger(Ensemble.class);

	private static final long MIN_RETRY_MILLIS = 100;

	private static final long MAX_RETRY_MILLIS = 10_000;

	/** The largest answer taken: the children of a service of ten thousand instances. */
	private static final int MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

	private final ZooKeeperSettings settings;

	private final Supplier<CuratorFramework> factory;

	/** Completed by the worker's first task. */
	private final CompletableFuture<CuratorFramework> client = new CompletableFuture<>();

	private final ScheduledThreadPoolExecutor worker;

	private volatile Connection connection = new Connection(false, false, Instant.now());

	private volatile boolean closed;

	/** For the worker alone. */
	private long retryMillis = MIN_RETRY_MILLIS;

	/**
	 * Creates an ensemble that is not connected to.
	 * @param settings where it is
	 * @param factory makes the client, on the worker: only to load its classes takes
	 * longer than a start should
	 */
	Ensemble(ZooKeeperSettings settings, Supplier<CuratorFramework> factory) {
		this.settings = settings;
		this.factory = factory;
		this.worker = new ScheduledThreadPoolExecutor(1, (task) -> daemon(task, "ha-rpc-zookeeper"));
		this.worker.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		this.worker.setRemoveOnCancelPolicy(true);
	}

	static CuratorFramework newClient(ZooKeeperSettings settings) {
		ZooKeeperAccess access = settings.access();
		ZKClientConfig config = access.clientConfig();
		if (config.getProperty(ZKConfig.JUTE_MAXBUFFER) == null) {
			config.setProperty(ZKConfig.JUTE_MAXBUFFER, String.valueOf(MAX_RESPONSE_BYTES));
		}
		// Operations are tried once more and then left to the worker, which goes on for
		// ever. Without the ensemble tracker the addresses configured stay in force,
		// where servers announce names that only they can resolve.
		CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
			.connectString(settings.connectString())
			.sessionTimeoutMs(Math.toIntExact(settings.sessionTimeout().toMillis()))
			.connectionTimeoutMs(Math.toIntExact(settings.connectionTimeout().toMillis()))
			.retryPolicy(new RetryOneTime(Math.toIntExact(MIN_RETRY_MILLIS)))
			.ensembleTracker(false)
			.dontUseContainerParents()
			.zkClientConfig(config)
			.aclProvider(new ParentAcl(access.parentAcl()));
		return (access.digest().isEmpty() ? builder : builder.authorization("digest", access.digestBytes())).build();
	}

	/**
	 * Begins to connect.
	 * @param connected runs whenever there is a connection again, of this session or
	 * another
	 * @param lost runs whenever it is lost; both on a thread of Curator's, so that they
	 * must not wait
	 */
	void connect(Runnable connected, Runnable lost) {
		ConnectionStateListener states = (source, state) -> {
			boolean now = state.isConnected() && state != ConnectionState.READ_ONLY;
			if (now != this.connection.connected) {
				this.connection = new Connection(now, true, Instant.now());
				logConnection(now);
			}
			(now ? connected : lost).run();
		};
		run(() -> open(states));
		schedule(this::warnUnlessConnected, this.settings.connectionTimeout().toMillis());
	}

	private void open(ConnectionStateListener states) {
		try {
			CuratorFramework opened = this.factory.get();
			opened.getConnectionStateListenable().addListener(states);
			opened.start();
			this.client.complete(opened);
		}
		catch (RuntimeException | Error ex) {
			logger.error("There is no client for {}: nothing will be read or registered", this.settings.connectString(),
					ex);
			this.client.completeExceptionally(ex);
		}
	}

	private void logConnection(boolean connected) {
		if (connected) {
			logger.info("Connected to {}", this.settings.connectString());
		}
		else if (!this.closed) {
			logger.warn("Lost the connection to {}: going on with what is known and trying on",
					this.settings.connectString());
		}
	}

	private void warnUnlessConnected() {
		if (!this.connection.ever) {
			logger.warn("Not connected to {} yet: going on without it and trying on", this.settings.connectString());
		}
	}

	ZooKeeperSettings settings() {
		return this.settings;
	}

	/**
	 * {@return the client, for the worker: its first task has made it}
	 */
	CuratorFramework client() {
		return this.client.join();
	}

	/**
	 * {@return the connection as it is now: the same object until it changes}
	 */
	Connection connection() {
		return this.connection;
	}

	boolean isConnected() {
		return this.connection.connected;
	}

	boolean awaitConnected(Duration timeout) throws InterruptedException {
		long until = System.nanoTime() + timeout.toNanos();
		try {
			CuratorFramework opened = this.client.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
			long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime()));
			return opened.blockUntilConnected(Math.toIntExact(left), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			return false;
		}
	}

	/** Runs a task on the worker. After {@link #close()} it is dropped. */
	void run(Runnable task) {
		schedule(task, 0);
	}

	void schedule(Runnable task, long delayMillis) {
		try {
			this.worker.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Closed: nothing is done any more");
		}
	}

	/** An operation succeeded: the next failure is tried again soon. */
	void succeeded() {
		this.retryMillis = MIN_RETRY_MILLIS;
	}

	/**
	 * An operation failed.
	 * @param what was to be done, for the log
	 * @param ex why it was not
	 * @return milliseconds until it should be tried again
	 */
	long failed(String what, Exception ex) {
		if (this.retryMillis == MIN_RETRY_MILLIS && isConnected()) {
			logger.warn("Cannot {} {}: tried again until it succeeds: {}", what, this.settings.connectString(),
					ex.toString());
		}
		logger.debug("Cannot {} {}", what, this.settings.connectString(), ex);
		if (ex instanceof AuthFailedException) {
			connectAnew();
		}
		this.retryMillis = Math.min(MAX_RETRY_MILLIS, this.retryMillis * 2);
		return this.retryMillis;
	}

	/** ZooKeeper's client does nothing more once SASL has failed, for whatever reason. */
	private void connectAnew() {
		try {
			client().getZookeeperClient().reset();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			logger.debug("Cannot connect anew to {}", this.settings.connectString(), ex);
		}
	}

	/**
	 * Waits for the worker, at most the close timeout, and not at all while the ensemble
	 * is away.
	 * @param latch what the worker counts down
	 * @return whether it did
	 */
	boolean await(CountDownLatch latch) {
		try {
			return isConnected() && latch.await(this.settings.closeTimeout().toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/** Finishes what is due now, as far as the ensemble answers, and disconnects. */
	void close() {
		this.closed = true;
		CountDownLatch done = new CountDownLatch(1);
		run(done::countDown);
		await(done);
		this.worker.shutdownNow();
		// With a server that does not answer this takes up to a session timeout. A client
		// that is being made is closed by who makes it.
		Thread closing = daemon(() -> this.client.thenAccept(CuratorFramework::close), "ha-rpc-zookeeper-close");
		closing.start();
		try {
			closing.join(this.settings.closeTimeout().toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Thread daemon(Runnable task, String name) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		return thread;
	}

	/** What every node gets that is not made with rights of its own. */
	private record ParentAcl(List<ACL> getDefaultAcl) implements ACLProvider {

		@Override
		public List<ACL> getAclForPath(String path) {
			return this.getDefaultAcl;
		}

	}

	/** The connection as it is since an instant, and whether there has been one ever. */
	record Connection(boolean connected, boolean ever, Instant since) {
	}

}
