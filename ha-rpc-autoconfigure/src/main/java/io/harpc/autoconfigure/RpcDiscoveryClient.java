package io.harpc.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.Ordered;

/**
 * Shows the RPC services to Spring Cloud, and tells the application by a
 * {@link HeartbeatEvent} when something changed: the list of services, or the instances
 * of one that this application calls or has asked for. Other services are not read, so
 * that a large registry costs each application only what it uses. Thread-safe.
 */
final class RpcDiscoveryClient implements DiscoveryClient, SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(RpcDiscoveryClient.class);

	private static final int MAX_WATCHED = 1000;

	private static final long LOOK_MILLIS = 2000;

	/** Changes are gathered this long before they are told. */
	private static final long GATHER_MILLIS = 50;

	/** How long asking for a service waits the first time. */
	private static final long FIRST_VIEW_MILLIS = 1000;

	private final Registry registry;

	private final Supplier<Collection<ServiceKey>> called;

	private final ApplicationEventPublisher events;

	private final Map<ServiceKey, Watched> watched = new ConcurrentHashMap<>();

	private final AtomicBoolean telling = new AtomicBoolean();

	private volatile @Nullable ScheduledExecutorService worker;

	private Set<String> services = Set.of();

	private long changes;

	/**
	 * Creates a client.
	 * @param registry where the instances are
	 * @param called the services that this application calls
	 * @param events takes the heartbeat events
	 */
	RpcDiscoveryClient(Registry registry, Supplier<Collection<ServiceKey>> called, ApplicationEventPublisher events) {
		this.registry = registry;
		this.called = called;
		this.events = events;
	}

	@Override
	public String description() {
		return "ha-rpc services (" + this.registry.status().type() + ")";
	}

	@Override
	public List<String> getServices() {
		Set<String> names = new TreeSet<>();
		this.registry.services().forEach((service) -> names.add(service.toString()));
		return List.copyOf(names);
	}

	@Override
	public List<ServiceInstance> getInstances(String serviceId) {
		for (ServiceKey service : this.registry.services()) {
			if (service.toString().equals(serviceId)) {
				Watched known = watch(service);
				return (known != null) ? known.list() : List.of();
			}
		}
		return List.of();
	}

	/** After every other: an HTTP service of the same name is the one that is meant. */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void start() {
		ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "ha-rpc-heartbeat");
			thread.setDaemon(true);
			return thread;
		});
		this.worker = started;
		started.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void stop() {
		ScheduledExecutorService started = this.worker;
		this.worker = null;
		if (started != null) {
			started.shutdownNow();
		}
		this.watched.values().forEach(Watched::close);
		this.watched.clear();
	}

	@Override
	public boolean isRunning() {
		return this.worker != null;
	}

	private void look() {
		try {
			this.called.get().forEach(this::watch);
			Set<String> now = Set.copyOf(getServices());
			if (!now.equals(this.services)) {
				this.services = now;
				changed();
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The services could not be listed and will be again", ex);
		}
	}

	private @Nullable Watched watch(ServiceKey service) {
		Watched known = this.watched.get(service);
		if (known == null && this.watched.size() < MAX_WATCHED) {
			known = this.watched.computeIfAbsent(service, (key) -> new Watched());
			known.open(service);
		}
		return known;
	}

	private void changed() {
		ScheduledExecutorService started = this.worker;
		if (started != null && this.telling.compareAndSet(false, true)) {
			try {
				started.schedule(this::tell, GATHER_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Stopped: nothing is told any more");
			}
		}
	}

	private void tell() {
		this.telling.set(false);
		try {
			this.events.publishEvent(new HeartbeatEvent(this, ++this.changes));
		}
		catch (RuntimeException ex) {
			logger.warn("A listener failed on a heartbeat event", ex);
		}
	}

	private final class Watched implements InstancesListener {

		private final AtomicBoolean opened = new AtomicBoolean();

		private final CountDownLatch first = new CountDownLatch(1);

		private volatile List<Instance> newest = List.of();

		private volatile @Nullable Watch watch;

		void open(ServiceKey service) {
			if (this.opened.compareAndSet(false, true)) {
				this.watch = RpcDiscoveryClient.this.registry.watch(service, this);
			}
		}

		@Override
		public void update(Instances instances) {
			boolean differs = !instances.list().equals(this.newest);
			this.newest = instances.list();
			this.first.countDown();
			if (differs) {
				changed();
			}
		}

		List<ServiceInstance> list() {
			try {
				this.first.await(FIRST_VIEW_MILLIS, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return this.newest.stream().<ServiceInstance>map(RpcRegistration::new).toList();
		}

		void close() {
			Watch open = this.watch;
			if (open != null) {
				open.close();
			}
		}

	}

}
