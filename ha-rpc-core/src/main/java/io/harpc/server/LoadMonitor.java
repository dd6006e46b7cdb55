package io.harpc.server;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.resilience.AdaptiveLimit;
import io.harpc.transport.LoadControl;
import org.jspecify.annotations.Nullable;

/**
 * Knows how a server is: says so with every answer, measured about once a second, and
 * limits the calls that run at once. Thread-safe.
 */
final class LoadMonitor implements LoadControl {

	private final @Nullable AdaptiveLimit adaptiveLimit;

	private final Supplier<@Nullable Duration> cpuTime;

	private final LongAdder failed = new LongAdder();

	/** Guards state, usage and the report made of both. */
	private final ReentrantLock lock = new ReentrantLock();

	private ServerState state = ServerState.SERVING;

	private Usage usage = new Usage(LoadReport.UNKNOWN, 0, 0, 0, 0);

	private volatile long report;

	/** The rest is of the thread that samples. */
	private @Nullable Load last;

	private long lastFailed;

	private @Nullable Duration lastCpuTime;

	/**
	 * Creates a monitor of a server that takes calls.
	 * @param adaptiveLimit limits the calls that run at once, {@code null} for no limit
	 * @param cpuTime the time that processors have spent on this process, {@code null} if
	 * unknown
	 */
	LoadMonitor(@Nullable AdaptiveLimit adaptiveLimit, Supplier<@Nullable Duration> cpuTime) {
		this.adaptiveLimit = adaptiveLimit;
		this.cpuTime = cpuTime;
		setState(ServerState.SERVING);
	}

	static @Nullable Duration processCpuTime() {
		return ProcessHandle.current().info().totalCpuDuration().orElse(null);
	}

	/** A call failed in a way that its method does not declare. */
	void failed() {
		this.failed.increment();
	}

	/**
	 * From now on every answer says this of the server.
	 * @param state whether it wants calls
	 */
	void setState(ServerState state) {
		say(() -> this.state = state);
	}

	ServerState state() {
		this.lock.lock();
		try {
			return this.state;
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public long report() {
		return this.report;
	}

	@Override
	public int limit(double slowness, int running) {
		return (this.adaptiveLimit != null) ? this.adaptiveLimit.update(slowness, running) : Integer.MAX_VALUE;
	}

	@Override
	public void sample(Load load) {
		Load before = this.last;
		Duration cpu = this.cpuTime.get();
		long failures = this.failed.sum();
		if (before != null && load.nanoTime() - before.nanoTime() > 0) {
			long nanos = load.nanoTime() - before.nanoTime();
			long calls = load.answered() - before.answered();
			int failedPercent = percent(failures - this.lastFailed, Math.max(1, calls));
			Usage measured = new Usage(cpuPercent(cpu, nanos), failedPercent, calls * 1e9 / nanos, load.running(),
					load.queued());
			say(() -> this.usage = measured);
		}
		this.last = load;
		this.lastFailed = failures;
		this.lastCpuTime = cpu;
	}

	private int cpuPercent(@Nullable Duration cpu, long nanos) {
		Duration before = this.lastCpuTime;
		return (cpu == null || before == null) ? LoadReport.UNKNOWN
				: percent(cpu.minus(before).toNanos(), nanos * Runtime.getRuntime().availableProcessors());
	}

	private static int percent(long part, long whole) {
		return (int) Math.max(0, Math.min(100, 100 * part / whole));
	}

	private void say(Runnable change) {
		Runtime runtime = Runtime.getRuntime();
		int heapPercent = percent(runtime.totalMemory() - runtime.freeMemory(), runtime.maxMemory());
		this.lock.lock();
		try {
			change.run();
			this.report = new LoadReport(this.state, this.usage.cpuPercent, heapPercent, this.usage.failedPercent,
					this.usage.callsPerSecond, this.usage.running, this.usage.queued)
				.encode();
		}
		finally {
			this.lock.unlock();
		}
	}

	private record Usage(int cpuPercent, int failedPercent, double callsPerSecond, int running, int queued) {

	}

}
