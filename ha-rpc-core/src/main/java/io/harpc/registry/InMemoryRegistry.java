package io.harpc.registry;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArraySet;

import io.harpc.ServiceKey;
import io.harpc.registry.Instances.Origin;

/**
 * A registry within the process, for tests and for applications that run in one JVM.
 * Every change is seen by all watches before the method that made it returns.
 * Thread-safe.
 */
public final class InMemoryRegistry implements Registry {

	private static final Space PROCESS = new Space();

	private final Space space;

	private final Watches watches = new Watches();

	private final Set<InMemoryRegistration> registrations = ConcurrentHashMap.newKeySet();

	private final Instant since = Instant.now();

	private volatile boolean closed;

	/** Creates a registry that shares nothing with any other. */
	public InMemoryRegistry() {
		this(new Space());
	}

	private InMemoryRegistry(Space space) {
		this.space = space;
		space.members.add(this);
	}

	/**
	 * Returns a registry that shares its instances with every other one that this method
	 * returned in this process. Closing it removes only what was registered through it.
	 * @return the registry
	 */
	public static InMemoryRegistry processWide() {
		return new InMemoryRegistry(PROCESS);
	}

	@Override
	public Registration register(Instance instance) {
		checkOpen();
		InMemoryRegistration registration = new InMemoryRegistration(instance);
		Instance present = this.space.of(instance.service()).putIfAbsent(instance.id(), instance);
		if (present != null) {
			throw new IllegalStateException("instance: " + instance.id() + " of " + instance.service()
					+ " (expected: an id that is not registered yet)");
		}
		this.registrations.add(registration);
		this.space.changed(instance.service());
		return registration;
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		checkOpen();
		Watch watch = this.watches.add(service, listener);
		refresh(service);
		return watch;
	}

	@Override
	public List<ServiceKey> services() {
		return this.space.services.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().isEmpty())
			.map(Map.Entry::getKey)
			.toList();
	}

	@Override
	public RegistryStatus status() {
		return new RegistryStatus("in-memory", !this.closed, this.since, "Within this process", 0, services().size());
	}

	@Override
	public void close() {
		this.closed = true;
		this.registrations.forEach(Registration::close);
		this.watches.close();
		this.space.members.remove(this);
	}

	private void refresh(ServiceKey service) {
		this.watches.update(service, (old) -> {
			List<Instance> list = List.copyOf(this.space.of(service).values());
			boolean same = old.isKnown() && old.list().equals(list);
			return same ? old : Instances.of(service, list, Origin.REGISTRY);
		});
	}

	private void checkOpen() {
		if (this.closed) {
			throw new IllegalStateException("registry: closed (expected: open)");
		}
	}

	private static final class Space {

		private final Map<ServiceKey, ConcurrentMap<String, Instance>> services = new ConcurrentHashMap<>();

		private final Set<InMemoryRegistry> members = new CopyOnWriteArraySet<>();

		ConcurrentMap<String, Instance> of(ServiceKey service) {
			return this.services.computeIfAbsent(service, (key) -> new ConcurrentHashMap<>());
		}

		void changed(ServiceKey service) {
			this.members.forEach((member) -> member.refresh(service));
		}

	}

	private final class InMemoryRegistration implements Registration {

		private volatile Instance instance;

		InMemoryRegistration(Instance instance) {
			this.instance = instance;
		}

		@Override
		public Instance instance() {
			return this.instance;
		}

		@Override
		public boolean isRegistered() {
			return InMemoryRegistry.this.registrations.contains(this);
		}

		@Override
		public synchronized void update(Instance newer) {
			Instance former = this.instance;
			this.instance = former.checkSame(newer);
			if (InMemoryRegistry.this.space.of(newer.service()).replace(newer.id(), former, newer)) {
				InMemoryRegistry.this.space.changed(newer.service());
			}
		}

		@Override
		public synchronized void close() {
			if (InMemoryRegistry.this.registrations.remove(this)) {
				InMemoryRegistry.this.space.of(this.instance.service()).remove(this.instance.id(), this.instance);
				InMemoryRegistry.this.space.changed(this.instance.service());
			}
		}

	}

}
