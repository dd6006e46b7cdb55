package io.harpc.demo.consumer;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.harpc.client.ReferenceStatus;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Calls at a steady rate from a few threads, and prints one line a second of what became
 * of it, and one whenever the client's view of an instance changes. Begins when every
 * reference knows an instance.
 */
final class LoadGenerator implements SmartLifecycle {

	private static final long WATCH_INTERVAL_MILLIS = 200;

	private final LoadCalls calls;

	private final LoadProperties properties;

	private final Supplier<List<ReferenceStatus>> references;

	private final Consumer<String> printer;

	private final LoadStatistics statistics = new LoadStatistics();

	private final InstanceWatch watch = new InstanceWatch();

	private final AtomicLong number = new AtomicLong();

	private volatile @Nullable ScheduledExecutorService executor;

	private volatile boolean calling;

	/**
	 * Creates a load that does nothing yet.
	 * @param calls what to call
	 * @param properties how much
	 * @param references what the client believes now
	 * @param printer where lines go
	 */
	LoadGenerator(LoadCalls calls, LoadProperties properties, Supplier<List<ReferenceStatus>> references,
			Consumer<String> printer) {
		this.calls = calls;
		this.properties = properties;
		this.references = references;
		this.printer = printer;
	}

	@Override
	public void start() {
		// One thread more than callers, to print while they all wait
		ScheduledExecutorService started = Executors.newScheduledThreadPool(this.properties.callers() + 1,
				(task) -> new Thread(task, "load"));
		this.executor = started;
		started.scheduleWithFixedDelay(() -> watch(started), 0, WATCH_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void stop() {
		ScheduledExecutorService started = this.executor;
		this.executor = null;
		this.calling = false;
		if (started != null) {
			started.shutdownNow();
		}
	}

	@Override
	public boolean isRunning() {
		return this.executor != null;
	}

	private void watch(ScheduledExecutorService started) {
		List<ReferenceStatus> now = this.references.get();
		this.watch.changes(now).forEach(this.printer);
		if (!this.calling && !now.isEmpty() && now.stream().noneMatch((reference) -> reference.instances().isEmpty())) {
			this.calling = true;
			startCalling(started);
		}
	}

	private void startCalling(ScheduledExecutorService started) {
		long periodNanos = TimeUnit.SECONDS.toNanos(this.properties.callers()) / this.properties.callsPerSecond();
		for (int i = 0; i < this.properties.callers(); i++) {
			long delayNanos = i * periodNanos / this.properties.callers();
			RandomGenerator random = RandomGenerator.getDefault();
			started.scheduleAtFixedRate(() -> call(random), delayNanos, periodNanos, TimeUnit.NANOSECONDS);
		}
		started.scheduleAtFixedRate(this::report, 1, 1, TimeUnit.SECONDS);
	}

	private void call(RandomGenerator random) {
		long start = System.nanoTime();
		try {
			String instance = this.calls.call(this.number.getAndIncrement(), random);
			this.statistics.succeeded(instance, System.nanoTime() - start);
		}
		catch (Exception ex) {
			// Not what stopping interrupted
			if (this.calling) {
				this.statistics.failed(ex.toString(), System.nanoTime() - start);
			}
		}
	}

	private void report() {
		LoadSummary summary = this.statistics.take();
		this.printer.accept(summary.toLine());
		if (summary.firstFailure() != null) {
			this.printer.accept("first failure: " + summary.firstFailure());
		}
	}

}
