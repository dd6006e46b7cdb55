package io.harpc.benchmarks.load;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.harpc.benchmarks.subject.RunningClient;
import org.HdrHistogram.IntCountsHistogram;

/**
 * Has a number of threads call one after another, each its next call as soon as it has
 * the answer to the last, and measures a part of that.
 */
public final class Load {

	private static final System.Logger logger = System.getLogger(Load.class.getName());

	private final RunningClient client;

	private final ProcessHandle server;

	/**
	 * Creates a load on a server.
	 * @param client makes the calls
	 * @param server the process whose processor time is measured besides this one's
	 */
	public Load(RunningClient client, ProcessHandle server) {
		this.client = client;
		this.server = server;
	}

	/**
	 * Makes the calls.
	 * @param settings which ones
	 * @return what came of those in the measured time
	 * @throws Exception if a caller cannot begin; a call that fails is counted
	 */
	public LoadResult run(LoadSettings settings) throws Exception {
		Callers slowCallers = new Callers(Math.max(1, settings.slowCallers()), false);
		CountDownLatch ready = new CountDownLatch(settings.callers().count() + settings.slowCallers());
		Window window = new Window();
		List<Caller> callers = new ArrayList<>();
		for (int i = 0; i < settings.callers().count(); i++) {
			callers.add(new Caller(this.client, settings.operation(), window, ready));
		}
		List<Caller> slow = new ArrayList<>();
		for (int i = 0; i < settings.slowCallers(); i++) {
			slow.add(new Caller(this.client, Operation.EXIST_USER_AFTER_5_MS, window, ready));
		}
		callers.forEach(settings.callers()::start);
		slow.forEach(slowCallers::start);
		ready.await();
		window.open(settings.warmUp(), settings.measured());
		LoadResult result = measure(window, callers);
		for (Caller caller : slow) {
			caller.join();
		}
		return result;
	}

	private LoadResult measure(Window window, List<Caller> callers) throws Exception {
		ProcessHandle self = ProcessHandle.current();
		window.awaitBegin();
		long clientCpu = cpu(self);
		long serverCpu = cpu(this.server);
		long allocated = Allocation.bytesSoFar();
		window.awaitEnd();
		clientCpu = cpu(self) - clientCpu;
		serverCpu = cpu(this.server) - serverCpu;
		allocated = Allocation.bytesSoFar() - allocated;
		IntCountsHistogram all = Caller.histogram();
		long failed = 0;
		for (Caller caller : callers) {
			caller.join();
			all.add(caller.answered());
			failed += caller.failed();
		}
		callers.stream()
			.map(Caller::firstFailedCall)
			.filter(Objects::nonNull)
			.findFirst()
			.ifPresent((ex) -> logger.log(Level.WARNING, "A call failed", ex));
		return new LoadResult(all.getTotalCount(), failed, window.nanos(), all.getValueAtPercentile(50),
				all.getValueAtPercentile(99), all.getValueAtPercentile(99.9), clientCpu, serverCpu, allocated, 0);
	}

	private static long cpu(ProcessHandle process) {
		Optional<Duration> total = process.info().totalCpuDuration();
		return total.map(Duration::toNanos).orElse(0L);
	}

	/**
	 * The time that is measured; callers wait for it to be fixed and call until it ends.
	 */
	static final class Window {

		private final CountDownLatch open = new CountDownLatch(1);

		private long begin;

		private long end;

		void open(Duration warmUp, Duration measured) {
			this.begin = System.nanoTime() + warmUp.toNanos();
			this.end = this.begin + measured.toNanos();
			this.open.countDown();
		}

		void awaitOpening() throws InterruptedException {
			this.open.await();
		}

		boolean contains(long now) {
			return now - this.begin >= 0 && now - this.end <= 0;
		}

		boolean isOver(long now) {
			return now - this.end >= 0;
		}

		long nanos() {
			return this.end - this.begin;
		}

		void awaitBegin() throws InterruptedException {
			TimeUnit.NANOSECONDS.sleep(this.begin - System.nanoTime());
		}

		void awaitEnd() throws InterruptedException {
			TimeUnit.NANOSECONDS.sleep(this.end - System.nanoTime());
		}

	}

}
