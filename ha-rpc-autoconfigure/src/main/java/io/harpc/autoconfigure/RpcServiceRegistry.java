package io.harpc.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.Watch;
import org.jspecify.annotations.Nullable;

import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * The registrations of this process as Spring Cloud's own kind of registry: lists them,
 * and takes one out of service and back by its status. Works on any {@link Registry}
 * without replacing it, and without being the registry of the web server. Thread-safe.
 */
final class RpcServiceRegistry implements ServiceRegistry<RpcRegistration> {

	static final String UP = "UP";

	static final String OUT_OF_SERVICE = "OUT_OF_SERVICE";

	static final String DOWN = "DOWN";

	static final String UNKNOWN = "UNKNOWN";

	private final Registry registry;

	private final ReentrantLock lock = new ReentrantLock();

	private final Map<RpcRegistration, Entry> entries = new LinkedHashMap<>();

	RpcServiceRegistry(Registry registry) {
		this.registry = registry;
	}

	/**
	 * Returns the registry for the server to register in: what it registers is listed
	 * here.
	 * @return a view of the registry that is not closed with it
	 */
	Registry forServer() {
		return new Recording();
	}

	/**
	 * What is registered, or was taken out of service.
	 * @return an immutable copy
	 */
	List<RpcRegistration> registrations() {
		this.lock.lock();
		try {
			return List.copyOf(this.entries.keySet());
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void register(RpcRegistration registration) {
		this.lock.lock();
		try {
			if (!this.entries.containsKey(registration)) {
				Registration current = this.registry.register(registration.instance());
				this.entries.put(registration, new Entry(current, UP));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void deregister(RpcRegistration registration) {
		Entry entry;
		this.lock.lock();
		try {
			entry = this.entries.remove(registration);
		}
		finally {
			this.lock.unlock();
		}
		close(entry);
	}

	@Override
	public void setStatus(RpcRegistration registration, String status) {
		if (!List.of(UP, OUT_OF_SERVICE, DOWN).contains(status)) {
			throw new IllegalArgumentException(
					"status: " + status + " (expected: " + UP + ", " + OUT_OF_SERVICE + " or " + DOWN + ")");
		}
		Entry former;
		this.lock.lock();
		try {
			former = this.entries.get(registration);
			if (former == null) {
				throw new IllegalStateException(
						"registration: " + registration.getInstanceId() + " (expected: one that is registered)");
			}
			boolean wasUp = former.current != null;
			if (wasUp == status.equals(UP)) {
				this.entries.put(registration, new Entry(former.current, status));
				return;
			}
			Registration next = wasUp ? null : this.registry.register(registration.instance());
			this.entries.put(registration, new Entry(next, status));
		}
		finally {
			this.lock.unlock();
		}
		close(former);
	}

	/**
	 * Returns the status.
	 * @param registration the registration
	 * @return {@code UP}, what it was set to, or {@code UNKNOWN} where it is not
	 * registered here
	 */
	@Override
	@SuppressWarnings("unchecked")
	public <T> T getStatus(RpcRegistration registration) {
		this.lock.lock();
		try {
			Entry entry = this.entries.get(registration);
			return (T) ((entry != null) ? entry.status : UNKNOWN);
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void close() {
		registrations().forEach(this::deregister);
	}

	private static void close(@Nullable Entry entry) {
		if (entry != null && entry.current != null) {
			entry.current.close();
		}
	}

	private boolean isRegistered(RpcRegistration registration) {
		this.lock.lock();
		try {
			Entry entry = this.entries.get(registration);
			return entry != null && entry.current != null && entry.current.isRegistered();
		}
		finally {
			this.lock.unlock();
		}
	}

	private record Entry(@Nullable Registration current, String status) {
	}

	private final class Recording implements Registry {

		private final Registry target = RpcServiceRegistry.this.registry;

		@Override
		public Registration register(Instance instance) {
			RpcRegistration registration = new RpcRegistration(instance);
			RpcServiceRegistry.this.register(registration);
			return new Recorded(registration);
		}

		@Override
		public Watch watch(ServiceKey service, InstancesListener listener) {
			return this.target.watch(service, listener);
		}

		@Override
		public List<ServiceKey> services() {
			return this.target.services();
		}

		@Override
		public RegistryStatus status() {
			return this.target.status();
		}

		@Override
		public boolean awaitConnected(Duration timeout) throws InterruptedException {
			return this.target.awaitConnected(timeout);
		}

		@Override
		public void close() {
			RpcServiceRegistry.this.close();
		}

	}

	private RpcRegistration update(RpcRegistration former, Instance newer) {
		RpcRegistration next = new RpcRegistration(former.instance().checkSame(newer));
		this.lock.lock();
		try {
			Entry entry = this.entries.remove(former);
			if (entry != null) {
				this.entries.put(next, entry);
				if (entry.current != null) {
					entry.current.update(newer);
				}
			}
		}
		finally {
			this.lock.unlock();
		}
		return next;
	}

	private final class Recorded implements Registration {

		private volatile RpcRegistration registration;

		Recorded(RpcRegistration registration) {
			this.registration = registration;
		}

		@Override
		public Instance instance() {
			return this.registration.instance();
		}

		@Override
		public boolean isRegistered() {
			return RpcServiceRegistry.this.isRegistered(this.registration);
		}

		@Override
		public synchronized void update(Instance newer) {
			this.registration = RpcServiceRegistry.this.update(this.registration, newer);
		}

		@Override
		public synchronized void close() {
			deregister(this.registration);
		}

	}

}
