package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import org.apache.curator.framework.CuratorFramework;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.Watch;

/**
 * The registry on an ensemble of ZooKeeper servers. Thread-safe.
 * <p>
 * One thread of its own does everything that waits for ZooKeeper, and nothing else does:
 * ZooKeeper's threads only leave word of what happened.
 */
public final class ZooKeeperRegistry implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(ZooKeeperRegistry.class);

	private final Random random = new Random();

	private final Ensemble ensemble;

	private final Registrations registrations;

	private final ServiceViews views;

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Creates a registry and begins to connect, without waiting for it.
	 * @param settings where the ensemble is
	 */
	public ZooKeeperRegistry(ZooKeeperSettings settings) {
		this(settings, () -> Ensemble.newClient(settings));
	}

	ZooKeeperRegistry(ZooKeeperSettings settings, Supplier<CuratorFramework> client) {
		Layout layout = new Layout(settings.root());
		this.ensemble = new Ensemble(settings, client);
		this.registrations = new Registrations(this.ensemble, layout, this.random);
		this.views = new ServiceViews(this.ensemble, layout);
		this.ensemble.connect(this::connected, this::lost);
		scheduleVerify();
	}

	@Override
	public Registration register(Instance instance) {
		checkOpen();
		return this.registrations.register(instance);
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		checkOpen();
		return this.views.watch(service, listener);
	}

	@Override
	public List<ServiceKey> services() {
		return this.views.services();
	}

	@Override
	public RegistryStatus status() {
		Ensemble.Connection now = this.ensemble.connection();
		String message = (now.connected() ? "Connected to " : "Not connected to ")
				+ this.ensemble.settings().connectString();
		if (!now.connected()) {
			message += now.ever() ? ": what is known stays in use" : ": never connected since the start";
		}
		return new RegistryStatus("zookeeper", now.connected(), now.since(), message, this.views.badEntries(),
				this.views.services().size());
	}

	@Override
	public boolean awaitConnected(Duration timeout) throws InterruptedException {
		return this.ensemble.awaitConnected(timeout);
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.views.close();
			this.registrations.close();
			this.ensemble.close();
		}
	}

	private void connected() {
		this.views.reconnected();
		this.registrations.reconnected();
	}

	private void lost() {
		this.registrations.doubt();
		this.views.doubt();
	}

	/** What only a look can tell: a node lost, or an event. */
	private void verify() {
		try {
			if (this.ensemble.isConnected()) {
				this.registrations.verify();
				this.views.verify();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			logger.debug("Verifying {} failed and is tried again", this.ensemble.settings().connectString(), ex);
		}
		scheduleVerify();
	}

	private void scheduleVerify() {
		long interval = this.ensemble.settings().verifyInterval().toMillis();
		this.ensemble.schedule(this::verify, (long) (interval * (0.8 + 0.4 * this.random.nextDouble())));
	}

	private void checkOpen() {
		if (this.closed.get()) {
			throw new IllegalStateException("registry: closed (expected: open)");
		}
	}

}
