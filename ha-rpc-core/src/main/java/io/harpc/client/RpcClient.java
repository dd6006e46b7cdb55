package io.harpc.client;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.ServiceKey;
import io.harpc.failback.Failback;
import io.harpc.failback.FailbackSettings;
import io.harpc.failback.FailbackStatus;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;
import io.harpc.resilience.Resilience;
import io.harpc.serialization.Serializer;
import io.harpc.transport.Encryption;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls services: makes references, and owns what they share, from the registry's views
 * down to the connections. One is enough for a process. Thread-safe.
 */
public final class RpcClient implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(RpcClient.class);

	private static final Duration MAX_EJECTION = Duration.ofHours(24);

	private final ClientContext context;

	private final @Nullable Supplier<Failback> journal;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock, as all that follow. */
	private final Map<ReferenceSettings<?>, Object> proxies = new HashMap<>();

	private final List<Reference> references = new ArrayList<>();

	private final Map<InstanceSource, ServiceInstances> services = new LinkedHashMap<>();

	private final List<Watch> watches = new ArrayList<>();

	/** Opened with the first reference that needs it. */
	private @Nullable Failback failback;

	private boolean closed;

	private RpcClient(ClientContext context, @Nullable Supplier<Failback> journal) {
		this.context = context;
		this.journal = journal;
	}

	/**
	 * Begins a client.
	 * @param registry where instances are found; stays open when the client closes
	 * @return a builder with defaults
	 */
	public static Builder builder(Registry registry) {
		return new Builder(registry);
	}

	/**
	 * Returns a proxy whose methods call the service. Begins to connect to its instances,
	 * and waits for none of them.
	 * @param settings what is called, and how
	 * @param <T> the interface
	 * @return the proxy, the same for equal settings
	 * @throws io.harpc.method.InvalidServiceException if the interface cannot be called
	 * from another process
	 * @throws io.harpc.loadbalancer.UnknownLoadBalancerException if there is none of that
	 * name
	 * @throws IllegalArgumentException if the settings do not go together
	 * @throws io.harpc.failback.JournalUnavailableException if calls are to be kept on
	 * disk, and cannot be
	 * @throws IllegalStateException if the client is closed
	 */
	public <T> T reference(ReferenceSettings<T> settings) {
		ReferenceSettings<T> complete = settings.withCalls((calls) -> calls.orElse(this.context.settings().calls()))
			.withEncryption(
					(settings.encryption() != null) ? settings.encryption() : this.context.settings().encryption());
		this.lock.lock();
		try {
			if (this.closed) {
				throw new IllegalStateException("RPC client is closed (expected: open), reference " + settings.name());
			}
			Object proxy = this.proxies.get(complete);
			if (proxy == null) {
				proxy = create(complete, settings.calls().cluster());
				this.proxies.put(complete, proxy);
			}
			return settings.type().cast(proxy);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The references and what is believed of their instances.
	 * @return a snapshot, ordered by name
	 */
	public List<ReferenceStatus> references() {
		List<Reference> current;
		this.lock.lock();
		try {
			current = List.copyOf(this.references);
		}
		finally {
			this.lock.unlock();
		}
		return current.stream()
			.map(Reference::status)
			.sorted(Comparator.comparing((status) -> status.settings().name()))
			.toList();
	}

	/**
	 * Lets this client's calls pass an instance by, as if it had failed too often. Where
	 * more than half of a service's instances are cut off, they are called all the same.
	 * @param address where the instance listens
	 * @param duration for how long, more than zero and at most 24 hours; then it is
	 * probed, and gets calls again if it answers
	 * @return for how many services of this client it is an instance
	 * @throws IllegalArgumentException if the duration is out of range
	 */
	public int eject(Address address, Duration duration) {
		if (duration.isNegative() || duration.isZero() || duration.compareTo(MAX_EJECTION) > 0) {
			throw new IllegalArgumentException("duration: " + duration + " (expected: more than zero, at most 24 h)");
		}
		List<InstanceState> found = statesAt(address);
		found.forEach((state) -> state.eject(duration));
		return found.size();
	}

	/**
	 * Ends the ejection of an instance. Its breaker, if that is open, stays so.
	 * @param address where the instance listens
	 * @return for how many services of this client it is an instance
	 */
	public int readmit(Address address) {
		List<InstanceState> found = statesAt(address);
		found.forEach(InstanceState::readmit);
		return found.size();
	}

	private List<InstanceState> statesAt(Address address) {
		this.lock.lock();
		try {
			return this.services.values()
				.stream()
				.flatMap(ServiceInstances::states)
				.filter((state) -> state.instance().address().equals(address))
				.toList();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * How the journal of calls that are made later stands.
	 * @return a snapshot, {@code null} if no reference has such calls
	 */
	public @Nullable FailbackStatus failback() {
		this.lock.lock();
		try {
			return (this.failback != null) ? this.failback.status() : null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Closes the journal, the watches and the connections. Calls under way end at once,
	 * with an exception that says so; so does every later one.
	 */
	@Override
	public void close() {
		List<Watch> openWatches;
		List<ServiceInstances> open;
		Failback kept;
		this.lock.lock();
		try {
			this.closed = true;
			openWatches = List.copyOf(this.watches);
			open = List.copyOf(this.services.values());
			this.watches.clear();
			kept = this.failback;
		}
		finally {
			this.lock.unlock();
		}
		if (kept != null) {
			kept.close();
		}
		openWatches.forEach(Watch::close);
		open.forEach(ServiceInstances::close);
		this.context.channels().close();
		this.context.timing().close();
	}

	private <T> Object create(ReferenceSettings<T> settings, @Nullable Cluster said) {
		Reference reference = new Reference(settings, said, this.context, () -> instances(settings));
		reference.keepCalls(() -> openFailback(settings));
		warnIfNamedAlike(settings);
		this.references.add(reference);
		return Proxy.newProxyInstance(settings.type().getClassLoader(), new Class<?>[] { settings.type() },
				new ReferenceProxy(reference));
	}

	private Failback openFailback(ReferenceSettings<?> settings) {
		if (this.journal == null) {
			throw new IllegalArgumentException("reference " + settings.name()
					+ ": cluster: failback (expected: ha-rpc.client.failback.directory, where its calls are kept)");
		}
		Failback open = this.failback;
		if (open == null) {
			open = this.journal.get();
			this.failback = open;
		}
		return open;
	}

	/** Properties, metrics and Resilience4j know references by nothing but the name. */
	private void warnIfNamedAlike(ReferenceSettings<?> settings) {
		List<ReferenceSettings<?>> alike = new ArrayList<>();
		for (Reference reference : this.references) {
			if (reference.settings().name().equals(settings.name())) {
				alike.add(reference.settings());
			}
		}
		if (alike.size() == 1) {
			LOG.warn("Two references are named '{}' and differ: {} and {}. Their properties, metrics and retries are"
					+ " one: give each a name of its own by name=", settings.name(), alike.get(0), settings);
		}
	}

	private ServiceInstances instances(ReferenceSettings<?> settings) {
		InstanceSource source = new InstanceSource(settings.service(), settings.addresses(), settings.encryption());
		ServiceInstances known = this.services.get(source);
		if (known != null) {
			return known;
		}
		ServiceInstances instances = new ServiceInstances(this.context, source.encryption());
		if (source.addresses().isEmpty()) {
			this.watches.add(this.context.registry().watch(source.service(), instances));
		}
		else {
			instances.update(source.toInstances());
		}
		this.services.put(source, instances);
		return instances;
	}

	/**
	 * Where instances come from.
	 *
	 * @param service the service
	 * @param addresses where it is called directly, empty to ask the registry
	 * @param encryption how to encrypt
	 */
	private record InstanceSource(ServiceKey service, List<Address> addresses,
			@Nullable Supplier<Encryption> encryption) {

		private static final int WEIGHT = 100;

		Instances toInstances() {
			List<Instance> list = this.addresses.stream()
				.distinct()
				.map((address) -> new Instance("direct:" + this.addresses.indexOf(address), this.service, address,
						WEIGHT, "", Serializer.json().name(), Map.of()))
				.toList();
			return Instances.of(this.service, list, Origin.REGISTRY);
		}

	}

	/** Builds a client. */
	public static final class Builder {

		private final Registry registry;

		private RpcClientSettings settings = RpcClientSettings.defaults();

		private List<Serializer> serializers = List.of(Serializer.json(), Serializer.smile());

		private Resilience resilience = Resilience.ofDefaults();

		private LoadBalancers loadBalancers = new LoadBalancers(Map.of(), "");

		private CallObserver observer = CallObserver.NONE;

		private Function<ServiceKey, String> hints = (service) -> "";

		private ThreadFactory threads = new DaemonThreads();

		private @Nullable FailbackSettings failback;

		private @Nullable Channels channels;

		private @Nullable Timing timing;

		private Builder(Registry registry) {
			this.registry = registry;
		}

		/**
		 * Sets what holds where a reference says nothing else.
		 * @param settings the settings
		 * @return this
		 */
		public Builder settings(RpcClientSettings settings) {
			this.settings = settings;
			return this;
		}

		/**
		 * Sets what can be spoken; by default JSON and Smile.
		 * @param serializers the serializers
		 * @return this
		 */
		public Builder serializers(List<Serializer> serializers) {
			this.serializers = List.copyOf(serializers);
			return this;
		}

		/**
		 * Sets where breakers and retries are made; by default in registries of their
		 * own.
		 * @param resilience the factory
		 * @return this
		 */
		public Builder resilience(Resilience resilience) {
			this.resilience = resilience;
			return this;
		}

		/**
		 * Sets what chooses among instances.
		 * @param loadBalancers the load balancers by name
		 * @return this
		 */
		public Builder loadBalancers(LoadBalancers loadBalancers) {
			this.loadBalancers = loadBalancers;
			return this;
		}

		/**
		 * Sets who sees every call; by default nobody.
		 * @param observer the observer
		 * @return this
		 */
		public Builder observer(CallObserver observer) {
			this.observer = observer;
			return this;
		}

		/**
		 * Sets who may know why no instance of a service is registered; by default
		 * nobody.
		 * @param hints returns what to do about it, in place of the usual advice; empty
		 * if there is nothing to say. Asked for each call that fails for that reason
		 * @return this
		 */
		public Builder hints(Function<ServiceKey, String> hints) {
			this.hints = hints;
			return this;
		}

		/**
		 * Sets where calls are kept that are delivered later. Needed by references that
		 * do so, and opened with the first of them.
		 * @param failback the settings
		 * @return this
		 */
		public Builder failback(FailbackSettings failback) {
			this.failback = failback;
			return this;
		}

		/**
		 * Sets what makes the threads of the timer, and of the transport unless that is
		 * set; by default daemon threads.
		 * @param threads makes platform threads
		 * @return this
		 */
		public Builder threads(ThreadFactory threads) {
			this.threads = threads;
			return this;
		}

		/**
		 * Sets the transport; by default one with default settings.
		 * @param transport the transport, closed with the client
		 * @return this
		 */
		public Builder transport(TransportClient transport) {
			return channels(Channels.of(transport));
		}

		Builder channels(Channels channels) {
			this.channels = channels;
			return this;
		}

		Builder timing(Timing timing) {
			this.timing = timing;
			return this;
		}

		/**
		 * Builds the client.
		 * @return the client, to be closed
		 */
		public RpcClient build() {
			Channels channels = (this.channels != null) ? this.channels
					: Channels.of(new TransportClient(TransportClientSettings.defaults(), this.threads));
			Timing time = (this.timing != null) ? this.timing : Timing.system(this.threads);
			FailbackSettings kept = this.failback;
			ThreadFactory threads = this.threads;
			return new RpcClient(
					new ClientContext(this.settings, this.registry, channels, this.resilience, this.loadBalancers,
							this.serializers, this.observer, time, this.hints),
					(kept != null) ? () -> Failback.open(kept, threads) : null);
		}

	}

	/** Makes threads that keep no application alive. */
	private static final class DaemonThreads implements ThreadFactory {

		private final AtomicInteger count = new AtomicInteger();

		@Override
		public Thread newThread(Runnable task) {
			Thread thread = new Thread(task, "ha-rpc-client-" + this.count.incrementAndGet());
			thread.setDaemon(true);
			return thread;
		}

	}

}
