package io.harpc.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.harpc.Address;
import io.harpc.client.SimulatedClient;
import io.harpc.client.SimulatedClient.Report;
import io.harpc.client.SimulatedClient.SimulatedAttempt;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.registry.Instance;
import io.harpc.resilience.EjectionSettings;
import io.harpc.resilience.Resilience;
import io.harpc.resilience.ResilienceSettings;

/**
 * One load balancer in one scenario. The same seed gives the same result.
 */
final class Simulation {

	/** Latency is not believed before. */
	private static final double CALLS_FROM_SECONDS = 10;

	private static final double TIMEOUT_SECONDS = 1;

	private static final int KEYS_PER_SERVER = 100;

	private final Scenario scenario;

	private final Events events = new Events();

	private final Random random;

	private final List<SimulatedServer> servers = new ArrayList<>();

	private final List<SimulatedClient> clients = new ArrayList<>();

	private final Map<Address, SimulatedServer> byAddress = new HashMap<>();

	private double callsPerSecond;

	private boolean oddJoinsLate;

	private List<SimulatedServer> odds;

	private final Statistics statistics = new Statistics();

	Simulation(String loadBalancer, Scenario scenario, long seed) {
		this.scenario = scenario;
		this.random = new Random(seed);
		this.callsPerSecond = scenario.shape().callsPerSecond();
		int count = scenario.shape().servers();
		for (int i = 0; i < count; i++) {
			// For primary-backup: the last fifth are backups
			SimulatedServer server = new SimulatedServer(i, (i < count - count / 5) ? 0 : 1, this.events, seed);
			this.servers.add(server);
			this.byAddress.put(server.instance().address(), server);
		}
		this.odds = this.servers.subList(0, 1);
		for (int i = 0; i < scenario.shape().clients(); i++) {
			this.clients
				.add(client(new LoadBalancers(Map.of(), "", new Random(seed + i)::nextInt).create(loadBalancer)));
		}
	}

	private SimulatedClient client(LoadBalancer loadBalancer) {
		Function<Address, Report> reports = (address) -> Objects.requireNonNull(this.byAddress.get(address))
			.lastReport();
		return this.scenario.shape().isLarge() ? SimulatedClient.light(this.events::nanoTime, loadBalancer, reports)
				: SimulatedClient.whole(this.events::nanoTime, resilience(), loadBalancer, reports);
	}

	/**
	 * Breakers that see the virtual time; and unless the instances are to be guarded, a
	 * breaker that never has enough calls, and no ejection.
	 */
	private Resilience resilience() {
		boolean guarded = this.scenario.isGuarded();
		CircuitBreakerConfig config = CircuitBreakerConfig.custom()
			.slidingWindowType(SlidingWindowType.TIME_BASED)
			.slidingWindowSize(10)
			.minimumNumberOfCalls(guarded ? 5 : Integer.MAX_VALUE)
			.waitDurationInOpenState(Duration.ofSeconds(5))
			.permittedNumberOfCallsInHalfOpenState(2)
			.currentTimestampFunction((clock) -> this.events.nanoTime(), TimeUnit.NANOSECONDS)
			.clock(this.events.clock())
			.build();
		EjectionSettings usual = EjectionSettings.defaults();
		EjectionSettings ejection = new EjectionSettings(guarded, usual.consecutiveFailures(), usual.failureRatio(),
				usual.minCalls(), usual.interval(), usual.baseDuration(), usual.maxDuration(), usual.maxEjectedRatio());
		ResilienceSettings settings = ResilienceSettings.defaults();
		return new Resilience(CircuitBreakerRegistry.of(Map.of(Resilience.CONFIGURATION, config)),
				RetryRegistry.ofDefaults(), new ResilienceSettings(settings.retryBudget(), ejection, settings.warmUp()),
				new Random(1)::nextInt);
	}

	Statistics run() {
		this.scenario.prepare(this);
		List<Instance> all = this.servers.stream().map(SimulatedServer::instance).toList();
		this.clients.forEach((client) -> client.update(this.oddJoinsLate ? all.subList(1, all.size()) : all));
		if (this.oddJoinsLate) {
			this.events.in(countedFrom(), () -> this.clients.forEach((client) -> client.update(all)));
		}
		this.events.in(CALLS_FROM_SECONDS, this::callAndGoOn);
		this.events.in(countedFrom(), () -> this.servers.forEach((server) -> server.received = 0));
		double end = countedFrom() + this.scenario.shape().seconds();
		this.events.runUntil(end);
		this.statistics.received(this.servers, this.odds);
		this.events.runUntil(end + TIMEOUT_SECONDS);
		return this.statistics;
	}

	Events events() {
		return this.events;
	}

	/**
	 * {@return from when calls are counted}
	 */
	double countedFrom() {
		return this.scenario.shape().countedFrom();
	}

	SimulatedServer odd() {
		return this.servers.get(0);
	}

	List<SimulatedServer> odds(int count) {
		this.odds = this.servers.subList(0, count);
		return this.odds;
	}

	void joinLate() {
		this.oddJoinsLate = true;
	}

	void multiplyCalls(double factor) {
		this.callsPerSecond *= factor;
	}

	private void callAndGoOn() {
		if (this.events.seconds() > countedFrom() + this.scenario.shape().seconds()) {
			return;
		}
		call(this.clients.get(this.random.nextInt(this.clients.size())));
		this.events.in(-StrictMath.log(1 - this.random.nextDouble()) / this.callsPerSecond, this::callAndGoOn);
	}

	private void call(SimulatedClient client) {
		double drawn = this.random.nextDouble();
		// Some keys are asked for more often than others
		SimulatedAttempt attempt = client.attempt((int) (drawn * drawn * KEYS_PER_SERVER * this.servers.size()));
		boolean counted = this.events.seconds() >= countedFrom();
		if (attempt == null) {
			this.statistics.ended(counted, false, 0);
			return;
		}
		double start = this.events.seconds();
		SimulatedCall[] call = new SimulatedCall[1];
		call[0] = new SimulatedCall(attempt,
				() -> this.statistics.ended(counted, call[0].isSuccessful(), this.events.seconds() - start));
		this.byAddress.get(attempt.instance().address()).receive(call[0]);
		this.events.in(TIMEOUT_SECONDS, call[0]::fail);
	}

}
