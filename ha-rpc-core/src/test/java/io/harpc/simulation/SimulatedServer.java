package io.harpc.simulation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.client.SimulatedClient.Report;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.registry.Instance;

/**
 * An instance: workers, a queue in front of them, and service times that differ by up to
 * half.
 */
final class SimulatedServer {

	static final double SERVICE_SECONDS = 0.02;

	static final int WORKERS = 2;

	private static final double FAST_FAILURE_SECONDS = 0.0002;

	private static final ServiceKey SERVICE = new ServiceKey("simulated", "", "");

	private final Events events;

	private final Random random;

	private final Deque<SimulatedCall> queue = new ArrayDeque<>();

	private final Instance instance;

	Behaviour behaviour = Behaviour.HEALTHY;

	/** How many times as long as usual it takes. */
	double slowness = 1;

	/** How many attempts came in since the counts began. */
	int received;

	private int running;

	private double busySeconds;

	private int answered;

	private int failed;

	private Report report;

	SimulatedServer(int index, int priority, Events events, long seed) {
		this.events = events;
		this.random = new Random(seed + index);
		this.instance = new Instance("i" + index, SERVICE,
				new Address("10.0." + index / 250 + "." + (index % 250 + 1), 20880), 100, "", "json",
				Map.of(Instance.PRIORITY, String.valueOf(priority)));
		this.report = new Report(null, events.nanoTime());
		events.in(1, this::report);
	}

	Instance instance() {
		return this.instance;
	}

	Report lastReport() {
		return this.report;
	}

	void receive(SimulatedCall call) {
		this.received++;
		switch (this.behaviour) {
			case HUNG -> {
				// Says nothing
			}
			case LOSES -> this.events.in(FAST_FAILURE_SECONDS, () -> end(call, SimulatedCall::fail));
			case THROWS -> this.events.in(FAST_FAILURE_SECONDS, () -> end(call, SimulatedCall::throwSomething));
			case HEALTHY -> {
				this.queue.add(call);
				work();
			}
		}
	}

	/** Runs nothing for some time, as in a long garbage collection. */
	void pause(double seconds) {
		this.running += WORKERS;
		this.events.in(seconds, () -> {
			this.running -= WORKERS;
			work();
		});
	}

	private void work() {
		while (this.running < WORKERS && !this.queue.isEmpty()) {
			SimulatedCall call = this.queue.remove();
			if (call.isOver()) {
				// Past its deadline: not even looked at
				continue;
			}
			this.running++;
			double seconds = (0.5 + this.random.nextDouble()) * SERVICE_SECONDS * this.slowness;
			this.busySeconds += seconds;
			this.events.in(seconds, () -> {
				this.running--;
				end(call, SimulatedCall::succeed);
				work();
			});
		}
	}

	private void end(SimulatedCall call, Consumer<SimulatedCall> end) {
		this.answered++;
		this.failed += (this.behaviour == Behaviour.HEALTHY) ? 0 : 1;
		end.accept(call);
	}

	private void report() {
		if (this.behaviour == Behaviour.LOSES || this.behaviour == Behaviour.HUNG) {
			return;
		}
		int cpu = (int) Math.min(100, 1 + 100 * this.busySeconds / WORKERS);
		int failedPercent = (this.answered != 0) ? 100 * this.failed / this.answered : 0;
		this.report = new Report(new LoadReport(ServerState.SERVING, cpu, LoadReport.UNKNOWN, failedPercent,
				this.answered, this.running, this.queue.size()), this.events.nanoTime());
		this.busySeconds = 0;
		this.answered = 0;
		this.failed = 0;
		this.events.in(1, this::report);
	}

	/** How it meets calls. */
	enum Behaviour {

		/** Works. */
		HEALTHY,

		/** Breaks off every call at once. */
		LOSES,

		/** Throws at once, whatever is called. */
		THROWS,

		/** Takes calls and never answers. */
		HUNG

	}

}
