package io.harpc.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.StaticRegistry;
import io.harpc.registry.Trust;
import io.harpc.registry.Watch;
import io.harpc.registry.Watches;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

/**
 * Takes the instances from whatever Spring Cloud {@code DiscoveryClient}s there are:
 * looks at them every so often and whenever {@link #refresh()} says that something may
 * have changed. A service is looked for by each of its {@linkplain StaticRegistry#namesOf
 * names}; the first discovery client that knows one of them counts. Nothing is
 * registered: that is what Spring Cloud's own registration of the application does, with
 * the RPC port in its metadata. Thread-safe.
 */
final class DiscoveryClientRegistry implements Registry {

	/** Where the server listens; the instance's own port unless given. */
	static final String PORT = "ha-rpc.port";

	static final String WEIGHT = "ha-rpc.weight";

	static final String ZONE = "ha-rpc.zone";

	static final String PRIORITY = "ha-rpc.priority";

	static final String SERIALIZATION = "ha-rpc.serialization";

	static final String TLS = "ha-rpc.tls";

	/** The one version and group that an instance offers; any unless given. */
	static final String VERSION = "ha-rpc.version";

	static final String GROUP = "ha-rpc.group";

	private static final Logger logger = LoggerFactory.getLogger(DiscoveryClientRegistry.class);

	private static final int MAX_ENTRIES = 10_000;

	private static final int MAX_ID_LENGTH = 100;

	private final Supplier<List<DiscoveryClient>> clients;

	private final Trust trust;

	private final ScheduledThreadPoolExecutor worker;

	private final Watches watches = new Watches();

	private final Map<ServiceKey, Integer> badEntries = new ConcurrentHashMap<>();

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	private final CountDownLatch answered = new CountDownLatch(1);

	private final AtomicBoolean refreshing = new AtomicBoolean();

	private volatile boolean closed;

	private volatile RegistryStatus status = new RegistryStatus("discovery-client", false, Instant.now(),
			"Not asked yet", 0, 0);

	/**
	 * Creates a registry.
	 * @param clients the discovery clients, in order; asked for each time, because beans
	 * may not be there yet
	 * @param interval time between two looks
	 * @param trust which of the instances found are believed
	 */
	DiscoveryClientRegistry(Supplier<List<DiscoveryClient>> clients, Duration interval, Trust trust) {
		this.clients = clients;
		this.trust = trust;
		this.worker = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "ha-rpc-discovery");
			thread.setDaemon(true);
			return thread;
		});
		this.worker.scheduleWithFixedDelay(this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
	}

	/** Looks again soon. Never blocks. */
	void refresh() {
		if (this.refreshing.compareAndSet(false, true)) {
			try {
				this.worker.execute(() -> {
					this.refreshing.set(false);
					look();
				});
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Closed: nothing is looked at any more");
			}
		}
	}

	@Override
	public Registration register(Instance instance) {
		checkOpen();
		logger.info("{} is registered by Spring Cloud with the application: let its metadata say {}={}",
				instance.service(), PORT, instance.address().port());
		return Registration.nowhere(instance);
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		checkOpen();
		Watch watch = this.watches.add(service, listener);
		if (!watch.current().isKnown()) {
			refresh();
		}
		return watch;
	}

	@Override
	public List<ServiceKey> services() {
		return List.copyOf(this.watches.services());
	}

	@Override
	public RegistryStatus status() {
		return this.status;
	}

	@Override
	public boolean awaitConnected(Duration timeout) throws InterruptedException {
		refresh();
		return this.answered.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public void close() {
		this.closed = true;
		this.worker.shutdownNow();
		this.watches.close();
	}

	private void look() {
		List<String> failures = new ArrayList<>();
		Set<ServiceKey> watched = this.watches.services();
		this.badEntries.keySet().retainAll(watched);
		for (ServiceKey service : watched) {
			try {
				List<Instance> list = instances(service);
				this.watches.update(service, (old) -> same(old, Instances.of(service, list, Origin.REGISTRY)));
			}
			catch (RuntimeException ex) {
				logger.debug("{} cannot be looked up", service, ex);
				failures.add(String.valueOf(ex.getMessage()));
				this.watches.update(service,
						(old) -> old.isKnown() ? same(old, Instances.of(service, old.list(), Origin.KEPT)) : old);
			}
		}
		note(failures, watched.size());
	}

	private static Instances same(Instances old, Instances now) {
		return now.equals(old) ? old : now;
	}

	private void note(List<String> failures, int services) {
		boolean connected = failures.isEmpty();
		RegistryStatus before = this.status;
		String message = connected ? "Asked with success"
				: "A discovery client failed, what is known stays in use: " + failures.get(0);
		Instant since = (connected == before.connected()) ? before.since() : Instant.now();
		int bad = this.badEntries.values().stream().mapToInt(Integer::intValue).sum();
		this.status = new RegistryStatus(before.type(), connected, since, message, bad, services);
		if (connected) {
			this.answered.countDown();
		}
		if (!connected && before.connected()) {
			logger.warn("{}", message);
		}
	}

	private List<Instance> instances(ServiceKey service) {
		Map<String, Instance> byId = new LinkedHashMap<>();
		int bad = 0;
		for (ServiceInstance found : lookUp(service)) {
			if (byId.size() == MAX_ENTRIES) {
				bad++;
			}
			else if (offers(service, found)) {
				bad += add(service, found, byId) ? 0 : 1;
			}
		}
		this.badEntries.put(service, bad);
		return List.copyOf(byId.values());
	}

	private List<ServiceInstance> lookUp(ServiceKey service) {
		for (DiscoveryClient client : this.clients.get()) {
			for (String name : StaticRegistry.namesOf(service)) {
				List<ServiceInstance> found = client.getInstances(name);
				if (found != null && !found.isEmpty()) {
					return found;
				}
			}
		}
		return List.of();
	}

	private static boolean offers(ServiceKey service, ServiceInstance found) {
		Map<String, String> metadata = metadata(found);
		return metadata.getOrDefault(VERSION, service.version()).equals(service.version())
				&& metadata.getOrDefault(GROUP, service.group()).equals(service.group());
	}

	private boolean add(ServiceKey service, ServiceInstance found, Map<String, Instance> byId) {
		try {
			Instance instance = instance(service, found);
			this.trust.check(instance, null);
			byId.put(instance.id(), instance);
			return true;
		}
		catch (IllegalArgumentException ex) {
			String entry = found.getHost() + ":" + found.getPort();
			if (this.reported.size() < MAX_ENTRIES && this.reported.add(service + " " + entry)) {
				logger.warn("{} at {} is skipped: {}", service, entry, ex.getMessage());
			}
			return false;
		}
	}

	/** Host, port and metadata are all that can be relied on of every implementation. */
	private static Instance instance(ServiceKey service, ServiceInstance found) {
		Map<String, String> metadata = metadata(found);
		Address address = new Address(String.valueOf(found.getHost()), number(metadata, PORT, found.getPort()));
		String id = found.getInstanceId();
		String clean = ((id != null && !id.isBlank()) ? id : address.toString()).replaceAll("[^A-Za-z0-9._:-]", "_");
		return new Instance(clean.substring(Math.max(0, clean.length() - MAX_ID_LENGTH)), service, address,
				number(metadata, WEIGHT, 100), metadata.getOrDefault(ZONE, ""),
				metadata.getOrDefault(SERIALIZATION, "json"), tls(metadata.get(TLS)),
				metadata.containsKey(PRIORITY) ? Map.of(Instance.PRIORITY, metadata.get(PRIORITY)) : Map.of());
	}

	private static @Nullable Boolean tls(@Nullable String text) {
		if (text != null && !text.equals("true") && !text.equals("false")) {
			throw new IllegalArgumentException("metadata " + TLS + ": '" + text + "' (expected: true or false)");
		}
		return (text != null) ? Boolean.valueOf(text) : null;
	}

	private static Map<String, String> metadata(ServiceInstance found) {
		return (found.getMetadata() != null) ? found.getMetadata() : Map.of();
	}

	private static int number(Map<String, String> metadata, String key, int missing) {
		String text = metadata.get(key);
		try {
			return (text != null) ? Integer.parseInt(text) : missing;
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("metadata " + key + ": '" + text + "' (expected: a number)", ex);
		}
	}

	private void checkOpen() {
		if (this.closed) {
			throw new IllegalStateException("registry: closed (expected: open)");
		}
	}

}
