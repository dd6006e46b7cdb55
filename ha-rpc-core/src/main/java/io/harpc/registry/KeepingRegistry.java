package io.harpc.registry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instances.Origin;

/**
 * Around any other registry: keeps what was known in use while that one is away, starts
 * from a snapshot on disk where it does not answer, and does not believe at once that
 * most instances are gone while they still answer. Thread-safe. Closing it closes the
 * other one too.
 */
public final class KeepingRegistry implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(KeepingRegistry.class);

	private static final long TICK_MILLIS = 1000;

	/**
	 * How often the time that it took to write a snapshot passes before the next: where
	 * thousands of instances come and go, all of them are not written for each.
	 */
	private static final int REST = 100;

	private static final long MAX_REST_NANOS = TimeUnit.SECONDS.toNanos(10);

	private final Registry source;

	private final KeepingSettings settings;

	private final LongSupplier nanoTime;

	private final ScheduledExecutorService timer;

	private final @Nullable Snapshots snapshots;

	private final Watches watches = new Watches();

	private final Map<ServiceKey, Tracked> tracked = new ConcurrentHashMap<>();

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Creates a registry around another.
	 * @param source the other one
	 * @param settings what to go by
	 */
	public KeepingRegistry(Registry source, KeepingSettings settings) {
		this(source, settings, System::nanoTime, newTimer());
	}

	KeepingRegistry(Registry source, KeepingSettings settings, LongSupplier nanoTime, ScheduledExecutorService timer) {
		this.source = source;
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.timer = timer;
		this.snapshots = (settings.snapshotDirectory() != null)
				? new Snapshots(settings.snapshotDirectory(), settings.trust()) : null;
		timer.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
	}

	private static ScheduledExecutorService newTimer() {
		ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "ha-rpc-registry");
			thread.setDaemon(true);
			return thread;
		});
		timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		return timer;
	}

	@Override
	public Registration register(Instance instance) {
		return this.source.register(instance);
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		if (this.closed.get()) {
			throw new IllegalStateException("registry: closed (expected: open)");
		}
		Watch watch = this.watches.add(service, listener);
		this.tracked.computeIfAbsent(service, Tracked::new).start();
		return watch;
	}

	@Override
	public List<ServiceKey> services() {
		return this.source.services();
	}

	@Override
	public RegistryStatus status() {
		RegistryStatus status = this.source.status();
		long kept = this.watches.services()
			.stream()
			.map(this.watches::current)
			.mapToLong((view) -> view.list().stream().filter((instance) -> !view.isConfirmed(instance)).count())
			.sum();
		if (kept == 0) {
			return status;
		}
		return new RegistryStatus(status.type(), status.connected(), status.since(), status.message() + "; " + kept
				+ ((kept == 1) ? " known instance is" : " known instances are") + " kept that it does not confirm now",
				status.badEntries(), status.services());
	}

	@Override
	public boolean awaitConnected(Duration timeout) throws InterruptedException {
		return this.source.awaitConnected(timeout);
	}

	@Override
	public void close() {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		this.timer.shutdown();
		try {
			if (this.timer.awaitTermination(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
				this.tracked.values().forEach(Tracked::save);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.watches.close();
		this.source.close();
	}

	/** What only time brings: a doubt resolved, a snapshot due, a service unwatched. */
	private void tick() {
		for (Tracked each : this.tracked.values()) {
			try {
				each.evaluate();
				each.saveIfRested();
				each.stopIfUnwatched();
			}
			catch (RuntimeException ex) {
				logger.warn("{} could not be looked after and will be again in a second", each.service, ex);
			}
		}
	}

	/** A service that is watched, or was a moment ago. */
	private final class Tracked {

		private final ServiceKey service;

		private final MergedView merged;

		private final AtomicBoolean started = new AtomicBoolean();

		/**
		 * Above zero while a thread evaluates: others only count up, and wait for nobody.
		 */
		private final AtomicInteger due = new AtomicInteger();

		private volatile Instances newest;

		private volatile @Nullable Watch watch;

		private volatile boolean snapshotDue;

		private @Nullable List<Instance> saved;

		/** Until when nothing is saved, and whether that is so at all. */
		private long restingUntil;

		private boolean resting;

		Tracked(ServiceKey service) {
			this.service = service;
			this.newest = Instances.unknown(service);
			this.merged = new MergedView(service, KeepingRegistry.this.settings, this::stillAnswers);
		}

		void start() {
			if (!this.started.compareAndSet(false, true)) {
				evaluate();
				return;
			}
			Watch opened = KeepingRegistry.this.source.watch(this.service, (instances) -> {
				this.newest = instances;
				evaluate();
			});
			this.watch = opened;
			if (KeepingRegistry.this.tracked.get(this.service) != this) {
				opened.close();
			}
			if (!this.newest.isKnown() && KeepingRegistry.this.snapshots != null) {
				KeepingRegistry.this.timer.schedule(this::useSnapshot,
						KeepingRegistry.this.settings.snapshotDelay().toNanos(), TimeUnit.NANOSECONDS);
			}
		}

		private void useSnapshot() {
			this.snapshotDue = true;
			evaluate();
		}

		private boolean stillAnswers(Address address) {
			return KeepingRegistry.this.watches.stillAnswers(this.service, address);
		}

		void evaluate() {
			if (this.due.getAndIncrement() > 0) {
				return;
			}
			int seen = 1;
			while (seen > 0) {
				Instances view = this.merged.update(newest(), KeepingRegistry.this.nanoTime.getAsLong());
				KeepingRegistry.this.watches.update(this.service, (old) -> view);
				seen = this.due.addAndGet(-seen);
			}
		}

		private Instances newest() {
			Snapshots store = KeepingRegistry.this.snapshots;
			if (!this.newest.isKnown() && this.snapshotDue && store != null) {
				this.snapshotDue = false;
				List<Instance> known = store.read(this.service);
				if (known != null && !this.newest.isKnown()) {
					logger.warn("The registry has not answered: {} starts from the snapshot, instances: {}",
							this.service, known.size());
					return Instances.of(this.service, known, Origin.SNAPSHOT);
				}
			}
			return this.newest;
		}

		void saveIfRested() {
			long begin = KeepingRegistry.this.nanoTime.getAsLong();
			if (!this.resting || begin - this.restingUntil >= 0) {
				save();
				long end = KeepingRegistry.this.nanoTime.getAsLong();
				this.resting = true;
				this.restingUntil = end + Math.min(MAX_REST_NANOS, REST * (end - begin));
			}
		}

		void save() {
			Snapshots store = KeepingRegistry.this.snapshots;
			Instances view = KeepingRegistry.this.watches.current(this.service);
			if (store != null && view.origin() == Origin.REGISTRY && !view.list().equals(this.saved)
					&& store.write(this.service, view.list())) {
				this.saved = view.list();
			}
		}

		void stopIfUnwatched() {
			boolean stopped = KeepingRegistry.this.tracked.computeIfPresent(this.service,
					(key, self) -> KeepingRegistry.this.watches.isWatched(key) ? self : null) == null;
			Watch open = this.watch;
			if (stopped && open != null) {
				open.close();
			}
		}

	}

}
