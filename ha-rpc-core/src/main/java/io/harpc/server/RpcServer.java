package io.harpc.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.ServiceKey;
import io.harpc.method.InvalidServiceException;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.ServerState;
import io.harpc.registry.Instance;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.resilience.AdaptiveLimit;
import io.harpc.resilience.CallGate;
import io.harpc.transport.TransportServer;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offers the methods of beans to other processes. First {@link #export} what there is to
 * offer, then {@link #start()} to listen, then {@link #register()} once the application
 * is ready for calls; {@link #shutdown()} takes all of it back without losing a call, and
 * leaves a server that can be started again. Thread-safe.
 */
public final class RpcServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(RpcServer.class);

	private final RpcServerSettings settings;

	private final Registry registry;

	private final Executor handlers;

	private final ThreadFactory threads;

	private final CallObserver observer;

	private final ReentrantLock lock = new ReentrantLock();

	private final Exports exports;

	/** Whether the application wants calls. Guarded by the lock. */
	private boolean ready = true;

	/** Whether the application wants to be found. Guarded by the lock. */
	private boolean offered;

	/** Set under the lock; read by anybody, even while a shutdown holds the lock. */
	private volatile @Nullable Serving serving;

	/**
	 * Creates a server that does nothing yet.
	 * @param settings how it listens and what it takes on
	 * @param registry where it makes its services known; not closed by it
	 * @param handlers runs a task for each connection and for each call that is too slow
	 * for the thread that reads; must start every task at once, on a thread of its own
	 * @param threads makes platform threads that accept connections and watch over calls
	 * @param observer sees every call
	 */
	public RpcServer(RpcServerSettings settings, Registry registry, Executor handlers, ThreadFactory threads,
			CallObserver observer) {
		this.settings = settings;
		this.registry = registry;
		this.handlers = handlers;
		this.threads = threads;
		this.observer = observer;
		this.exports = new Exports(settings);
	}

	/**
	 * Adds a service that is limited by nothing but the server's own limits.
	 * @param service the service
	 * @param bean what answers its calls: implements the service's interface
	 * @param weight the share of calls that it should get, relative to other instances
	 * @see #export(ServiceDescriptor, Object, int, Function)
	 */
	public void export(ServiceDescriptor service, Object bean, int weight) {
		export(service, bean, weight, (method) -> CallGate.OPEN);
	}

	/**
	 * Adds a service.
	 * @param service the service
	 * @param bean what answers its calls: implements the service's interface
	 * @param weight the share of calls that it should get, relative to other instances
	 * @param gates what lets the calls of a method in, by the method's name; the same for
	 * the same name
	 * @throws DuplicateServiceException if the service is offered already
	 * @throws InvalidServiceException if types of it cannot travel
	 * @throws IllegalArgumentException if it could not be registered as it would be
	 * @throws IllegalStateException if the server runs
	 */
	public void export(ServiceDescriptor service, Object bean, int weight, Function<String, CallGate> gates) {
		locked(() -> {
			if (this.serving != null) {
				throw new IllegalStateException("service: " + service.key() + " (expected: exported before the start)");
			}
			this.exports.add(service, bean, weight, gates);
		});
	}

	/**
	 * Listens and answers. Does nothing if the server runs already.
	 * @throws ServerStartException if the port cannot be had
	 * @throws IllegalStateException if callers must prove who they are and cannot
	 */
	public void start() {
		locked(() -> {
			if (this.serving == null) {
				serve(this.settings.transport());
				warnIfPlain(this.settings.transport());
			}
		});
	}

	private static void warnIfPlain(TransportServerSettings listen) {
		if (!Boolean.TRUE.equals(listen.tls()) && listen.isBeyondLoopback()) {
			logger.warn(
					"Others than this machine can connect {}: what travels can be read and changed on the"
							+ " way. Set ha-rpc.server.ssl.bundle, or ha-rpc.server.address to a loopback address",
					(listen.encryption() != null) ? "without TLS too" : "without TLS");
		}
	}

	private void serve(TransportServerSettings listen) {
		LoadMonitor load = new LoadMonitor(
				this.settings.adaptiveLimit() ? new AdaptiveLimit(listen.maxConcurrentCalls()) : null,
				LoadMonitor::processCpuTime);
		String incarnation = UUID.randomUUID().toString();
		ReplayCache replays = new ReplayCache(this.settings.replays(), incarnation, System::nanoTime);
		AccessControl access = this.exports.accessControl();
		CallRouter router = this.exports.router(access,
				new ServerContext(this.observer, this.settings.includeStackTrace(), load, replays));
		TransportServer transport = new TransportServer(listen, router, load, this.threads, this.handlers);
		try {
			int port = transport.start(incarnation);
			Address address = new Address(advertisedHost(), port);
			logger.info("Listening on port {}, known to others as {}, services: {}", port, address,
					this.exports.size());
			Serving made = new Serving(transport, load, access, address, incarnation);
			load.setState(state(made));
			this.serving = made;
		}
		catch (IOException ex) {
			transport.close();
			throw new ServerStartException(listen.port(), ex);
		}
	}

	/**
	 * Says with every answer whether the application wants calls. It gets those that come
	 * all the same: clients send them where no other instance is ready.
	 * @param ready whether it does
	 */
	public void setReady(boolean ready) {
		locked(() -> {
			this.ready = ready;
			Serving current = this.serving;
			if (current != null) {
				current.load.setState(state(current));
			}
		});
	}

	private ServerState state(Serving current) {
		if (current.draining) {
			return ServerState.DRAINING;
		}
		return this.ready ? ServerState.SERVING : ServerState.NOT_READY;
	}

	private String advertisedHost() throws UnknownHostException {
		String host = this.settings.advertisedHost();
		if (host != null) {
			return host;
		}
		String bound = this.settings.transport().bindAddress();
		return AdvertisedHost.find(bound.isEmpty() ? null : InetAddress.getByName(bound));
	}

	/**
	 * Makes the services known, so that calls come in. Does nothing if the server does
	 * not run or has done so; while it is drained, that waits until it resumes.
	 */
	public void register() {
		locked(() -> {
			this.offered = true;
			Serving current = this.serving;
			if (current != null && !current.draining && current.registrations.isEmpty()) {
				Map<ServiceKey, Registration> made = new LinkedHashMap<>();
				this.exports.entries(current.incarnation, current.address)
					.forEach((instance) -> made.put(instance.service(), this.registry.register(instance)));
				current.registrations = made;
			}
		});
	}

	/**
	 * Takes the services out of the registry, and goes on answering. Waits for a while
	 * where the registry is slow to take note.
	 */
	public void deregister() {
		locked(() -> {
			this.offered = false;
			Serving current = this.serving;
			if (current != null) {
				withdraw(current);
			}
		});
	}

	/** All at once: each may wait for a registry that does not answer. */
	private void withdraw(Serving current) {
		List<Thread> closing = current.registrations.values()
			.stream()
			.map((registration) -> this.threads.newThread(registration::close))
			.toList();
		current.registrations = Map.of();
		closing.forEach(Thread::start);
		try {
			for (Thread thread : closing) {
				thread.join();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Takes the server out of service for a while: deregisters and asks the clients to go
	 * elsewhere. Calls that come all the same are answered. Does nothing if the server
	 * does not run or is drained.
	 */
	public void drain() {
		locked(() -> {
			Serving current = this.serving;
			if (current != null && !current.draining) {
				setDraining(current, true);
				withdraw(current);
				current.transport.sendAway();
				logger.info("Drained as {}: clients are asked to go elsewhere", current.address);
			}
		});
	}

	/**
	 * Ends what {@link #drain()} began: clients that connect are welcome, and the
	 * services are registered again if they were to be. Connections that were drained are
	 * closed by their clients, which make new ones after a pause.
	 */
	public void resume() {
		locked(() -> {
			Serving current = this.serving;
			if (current != null && current.draining) {
				setDraining(current, false);
				current.transport.resume();
				logger.info("Resumed as {}", current.address);
				if (this.offered) {
					register();
				}
			}
		});
	}

	/**
	 * Shuts the server down as {@link #shutdown()} does and starts it on the same port,
	 * as another incarnation; registers it if it was to be. Only starts it if it does not
	 * run.
	 * @throws ServerStartException if the port cannot be had again; the server does not
	 * run then, and another restart may be tried
	 */
	public void restart() {
		locked(() -> {
			boolean wanted = this.offered;
			Serving former = this.serving;
			TransportServerSettings listen = this.settings.transport();
			shutdown();
			this.offered = wanted;
			serve((former != null) ? listen.withPort(former.address.port()) : listen);
			if (wanted) {
				register();
			}
		});
	}

	/**
	 * Changes the share of calls that a service of this server should get, in the
	 * registry too if it is registered.
	 * @param service the service
	 * @param weight the share, relative to other instances, from 0 to
	 * {@value Instance#MAX_WEIGHT}
	 * @throws IllegalArgumentException if the service is not offered here, or the weight
	 * out of range
	 */
	public void weigh(ServiceKey service, int weight) {
		locked(() -> {
			this.exports.weigh(service, weight);
			Serving current = this.serving;
			Registration registration = (current != null) ? current.registrations.get(service) : null;
			if (registration != null) {
				registration.update(registration.instance().withWeight(weight));
			}
			logger.info("{} has a weight of {} from now on", service, weight);
		});
	}

	private void setDraining(Serving current, boolean draining) {
		current.draining = draining;
		current.load.setState(state(current));
	}

	/**
	 * Goes away without losing a call: deregisters, asks the clients to send nothing
	 * more, lets what runs finish within the grace period, then closes. Does nothing if
	 * the server does not run.
	 */
	public void shutdown() {
		locked(() -> {
			Serving current = this.serving;
			if (current == null) {
				return;
			}
			deregister();
			setDraining(current, true);
			current.transport.drain();
			Duration grace = this.settings.shutdownGracePeriod();
			if (!current.transport.awaitIdle(grace)) {
				logger.warn(
						"{} calls, or answers on their way, were cut off after the grace period of {}: their callers"
								+ " lose them. If they need longer, raise ha-rpc.server.shutdown-grace-period",
						current.transport.runningCalls(), grace);
			}
			current.transport.close();
			this.serving = null;
			logger.info("Stopped listening as {}", current.address);
		});
	}

	@Override
	public void close() {
		shutdown();
	}

	/**
	 * Whether the server listens.
	 * @return {@code true} from a successful start to the shutdown, apart from times when
	 * its listening socket has failed and is being replaced
	 */
	public boolean isRunning() {
		Serving current = this.serving;
		return current != null && current.transport.isListening();
	}

	/**
	 * What keeps a server that was started from listening. It tries on to.
	 * @return the reason, {@code null} if nothing does
	 */
	public @Nullable String problem() {
		Serving current = this.serving;
		return (current != null) ? current.transport.problem() : null;
	}

	/**
	 * What the server says of itself with every answer.
	 * @return the state, {@code null} while it does not run
	 */
	public @Nullable ServerState state() {
		Serving current = this.serving;
		return (current != null) ? current.load.state() : null;
	}

	/**
	 * How many calls are in progress.
	 * @return the number, queued ones included
	 */
	public int runningCalls() {
		Serving current = this.serving;
		return (current != null) ? current.transport.runningCalls() : 0;
	}

	/**
	 * How many connections are open.
	 * @return the number
	 */
	public int connections() {
		Serving current = this.serving;
		return (current != null) ? current.transport.connections() : 0;
	}

	/**
	 * Whether there is anything that decides who may call what.
	 * @return {@code false} if everybody may call everything, or while the server does
	 * not run
	 */
	public boolean isAuthorizing() {
		Serving current = this.serving;
		return current != null && current.access.isOn();
	}

	/**
	 * Where other machines find this server.
	 * @return the address, {@code null} while it does not run
	 */
	public @Nullable Address address() {
		Serving current = this.serving;
		return (current != null) ? current.address : null;
	}

	/**
	 * What is offered.
	 * @return the services as they are now
	 */
	public List<ExportedService> services() {
		Serving current = this.serving;
		Map<ServiceKey, Registration> registrations = (current != null) ? current.registrations : Map.of();
		return this.exports.describe(registrations,
				(service) -> (current != null) ? current.access.denied(service) : 0);
	}

	private void locked(Runnable change) {
		this.lock.lock();
		try {
			change.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	private static final class Serving {

		private final TransportServer transport;

		private final LoadMonitor load;

		private final AccessControl access;

		private final Address address;

		/** Tells this run of the server from an earlier one at the same address. */
		private final String incarnation;

		/** Guarded by the server's lock. */
		private boolean draining;

		private volatile Map<ServiceKey, Registration> registrations = Map.of();

		private Serving(TransportServer transport, LoadMonitor load, AccessControl access, Address address,
				String incarnation) {
			this.transport = transport;
			this.load = load;
			this.access = access;
			this.address = address;
			this.incarnation = incarnation;
		}

	}

}
