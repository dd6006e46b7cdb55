package io.harpc.registry.zookeeper;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Watch;
import io.harpc.registry.Watches;

/**
 * What this process knows of the services, kept up by one recursive watch. What is due is
 * described by what is to be looked at again, never by a list of events, so that no
 * amount of events makes it more. While ZooKeeper is away the views stay as they were and
 * say so; once it is back they are replaced when each has been read as a whole.
 * Thread-safe.
 */
final class ServiceViews {

	/** Events are gathered this long before a service is read again. */
	private static final long GATHER_MILLIS = 20;

	private final Ensemble ensemble;

	private final Layout layout;

	private final Watches watches = new Watches();

	private final Map<ServiceKey, ServiceReader> readers = new ConcurrentHashMap<>();

	private final Watcher watcher = this::onEvent;

	private final AtomicBoolean refreshing = new AtomicBoolean();

	private final AtomicBoolean retrying = new AtomicBoolean();

	private volatile List<ServiceKey> services = List.of();

	/** Where the watch stands; in any other connection no view can be vouched for. */
	private volatile Ensemble.@Nullable Connection watchedIn;

	private volatile boolean servicesDue;

	/** For the worker alone. */
	private boolean suspectsDue;

	ServiceViews(Ensemble ensemble, Layout layout) {
		this.ensemble = ensemble;
		this.layout = layout;
	}

	Watch watch(ServiceKey service, InstancesListener listener) {
		Watch watch = this.watches.add(service, listener);
		ServiceReader reader = this.readers.computeIfAbsent(service,
				(key) -> new ServiceReader(key, this.layout.service(key), this.ensemble.settings()));
		if (!watch.current().isKnown()) {
			reader.markDue();
			refreshSoon(0);
		}
		return watch;
	}

	List<ServiceKey> services() {
		return this.services;
	}

	int badEntries() {
		return this.readers.values().stream().mapToInt(ServiceReader::badEntries).sum();
	}

	void close() {
		this.watches.close();
	}

	// Called by ZooKeeper's and Curator's threads: leave word, wait for nothing

	/** There is a connection again, in which there is no watch yet. */
	void reconnected() {
		refreshSoon(0);
	}

	/** The connection is gone: nothing is vouched for any more. */
	void doubt() {
		this.watches.services().forEach((service) -> this.watches.update(service, ServiceViews::kept));
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
		if (reader != null) {
			reader.changed(event.getType(), path);
		}
		refreshSoon(GATHER_MILLIS);
	}

	private void refreshSoon(long delayMillis) {
		if (this.refreshing.compareAndSet(false, true)) {
			this.ensemble.schedule(this::refresh, delayMillis);
		}
	}

	// On the worker

	/** Looks for changes that no event has told of. */
	void verify() throws Exception {
		this.readers.keySet().forEach(this::dropIfUnwatched);
		for (ServiceReader reader : this.readers.values()) {
			reader.compare(this.ensemble.client());
		}
		refreshSoon(0);
	}

	private void dropIfUnwatched(ServiceKey service) {
		this.readers.computeIfPresent(service, (key, reader) -> this.watches.isWatched(key) ? reader : null);
	}

	private void refresh() {
		this.refreshing.set(false);
		if (!this.ensemble.isConnected()) {
			return;
		}
		try {
			if (!isWatching()) {
				beginWatching();
			}
			if (this.servicesDue) {
				readServices();
			}
			readDue();
			this.ensemble.succeeded();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			retryRefresh(this.ensemble.failed("read", ex));
		}
	}

	/**
	 * What has failed comes last, and after several failures not with each event: it may
	 * be what ends the connection for all others.
	 */
	private void readDue() throws Exception {
		boolean all = this.suspectsDue;
		this.suspectsDue = false;
		for (ServiceReader reader : this.readers.values()
			.stream()
			.filter(ServiceReader::isDue)
			.sorted(Comparator.comparing(ServiceReader::failures))
			.toList()) {
			if (this.watches.isWatched(reader.service()) && (all || !reader.isSuspect())) {
				read(reader);
			}
		}
	}

	private void read(ServiceReader reader) throws Exception {
		try {
			publish(reader.service(), reader.read(this.ensemble.client()));
		}
		catch (KeeperException ex) {
			if (!reader.isSuspect()) {
				throw ex;
			}
			retryRefresh(reader.retryMillis());
		}
	}

	/** Beside what events ask for, which must not wait for it. */
	private void retryRefresh(long delayMillis) {
		if (this.retrying.compareAndSet(false, true)) {
			this.ensemble.schedule(() -> {
				this.retrying.set(false);
				this.suspectsDue = true;
				refreshSoon(0);
			}, delayMillis);
		}
	}

	private boolean isWatching() {
		Ensemble.Connection now = this.ensemble.connection();
		return now.connected() && now == this.watchedIn;
	}

	private void beginWatching() throws Exception {
		Ensemble.Connection connection = this.ensemble.connection();
		CuratorFramework client = this.ensemble.client();
		// The path need not be there yet, and is not made by those who only read.
		// First the watch, then the reading: nothing falls in between. After sync the
		// reading is no older than what a server elsewhere has acknowledged.
		client.watchers()
			.add()
			.withMode(AddWatchMode.PERSISTENT_RECURSIVE)
			.usingWatcher(this.watcher)
			.forPath(this.layout.services());
		client.sync().forPath(this.layout.services());
		this.watchedIn = connection;
		// No sooner: what was read in this connection until now may have changed unseen.
		this.servicesDue = true;
		this.readers.values().forEach(ServiceReader::forgetAll);
	}

	private void readServices() throws Exception {
		this.servicesDue = false;
		try {
			this.services = this.ensemble.client()
				.getChildren()
				.forPath(this.layout.services())
				.stream()
				.flatMap((name) -> Stream.ofNullable(this.layout.serviceOf(this.layout.services() + "/" + name)))
				.toList();
		}
		catch (NoNodeException ex) {
			this.services = List.of();
		}
		catch (Exception ex) {
			this.servicesDue = true;
			throw ex;
		}
	}

	private void publish(ServiceKey service, @Nullable List<Instance> list) {
		if (list == null) {
			retryRefresh(GATHER_MILLIS);
			return;
		}
		this.watches.update(service, (old) -> {
			// Asked under the lock: the connection says that it is gone before the views
			// are marked.
			Origin origin = isWatching() ? Origin.REGISTRY : Origin.KEPT;
			Instances view = Instances.of(service, list, origin);
			return view.equals(old) ? old : view;
		});
	}

}
