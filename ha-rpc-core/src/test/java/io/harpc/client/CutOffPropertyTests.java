package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.harpc.Attempt;
import io.harpc.Outcome;
import io.harpc.client.FakeChannels.FakeChannel;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.AttemptFailure.Circumstances;
import io.harpc.resilience.EjectionSettings;
import io.harpc.resilience.Resilience;
import io.harpc.resilience.ResilienceSettings;
import io.harpc.resilience.RetryBudget;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances fail, hang, come, go, lose their connections and are not ready, at random;
 * calls overlap. Whatever happens, at most half of the instances are ejected, no ejected
 * one gets more than one probe at a time unless most are cut off, and when all are well
 * again each gets its calls, with no permission of a breaker lost.
 */
class CutOffPropertyTests {

	private static final int STEPS = 20_000;

	private static final LoadReport NOT_READY = new LoadReport(ServerState.NOT_READY, 1, 1, 0, 0, 0, 0);

	private final Map<String, Double> failing = new HashMap<>();

	private final List<Flying> flying = new ArrayList<>();

	private int probes;

	private int panics;

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 326 })
	void ejectsAtMostHalfAndTakesAllBackWhenTheyAreWell(long seed) {
		Random random = new Random(seed);
		LoadBalancer balancer = new LoadBalancers(Map.of(), "", random::nextInt)
			.create((seed % 2 == 0) ? "p2c" : "round-robin");
		try (ClientFixture fixture = new ClientFixture(new FakeTiming(seed))) {
			int instances = 3 + random.nextInt(6);
			for (int i = 0; i < instances; i++) {
				fixture.up(address(i));
			}
			ServiceInstances service = ClientFixture.instancesOf(fixture.shop());
			for (int step = 0; step < STEPS; step++) {
				fixture.timing.advance(Duration.ofNanos((long) (random.nextDouble() * 100_000_000)));
				disturb(fixture, random);
				begin(service, balancer, fixture, seed);
				end(fixture, random);
				check(service, seed);
			}
			heal(fixture, service, balancer, seed);
		}
		assertThat(this.probes).as("seed " + seed).isGreaterThan(2);
	}

	/**
	 * The same with threads, whose order no seed decides: nothing that was begun is lost.
	 */
	@Test
	void losesNothingToThreads() throws Exception {
		try (ClientFixture fixture = new ClientFixture()) {
			fixture.breakers.addConfiguration(Resilience.CONFIGURATION,
					CircuitBreakerConfig.custom()
						.slidingWindowSize(20)
						.minimumNumberOfCalls(5)
						.permittedNumberOfCallsInHalfOpenState(2)
						.waitDurationInOpenState(Duration.ofMillis(3))
						.build());
			EjectionSettings ejection = new EjectionSettings(true, 5, 0.5, 20, Duration.ofSeconds(1),
					Duration.ofMillis(2), Duration.ofMillis(10), 0.5);
			fixture.resilience = new ResilienceSettings(RetryBudget.Settings.defaults(), ejection, Duration.ZERO);
			fixture.build((builder) -> builder.timing(Timing.system(Thread::new)));
			fixture.up(address(0), address(1), address(2), address(3));
			ServiceInstances service = ClientFixture.instancesOf(fixture.shop());
			Callable<Void> caller = () -> {
				for (int i = 0; i < 20_000; i++) {
					attempt(service, ThreadLocalRandom.current(), 0.6);
				}
				return null;
			};
			ExecutorService threads = Executors.newFixedThreadPool(4);
			try {
				for (Future<Void> done : threads.invokeAll(List.of(caller, caller, caller, caller))) {
					done.get();
				}
			}
			finally {
				threads.shutdownNow();
			}
			long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
			while (!service.snapshot().cutOffs().isEmpty() && System.nanoTime() - end < 0) {
				attempt(service, ThreadLocalRandom.current(), 0);
			}
			assertThat(service.snapshot().cutOffs().isEmpty()).isTrue();
			assertThat(service.states()).allSatisfy((state) -> {
				assertThat(state.outstanding()).isZero();
				assertThat(state.status(System.nanoTime()).breaker()).isEqualTo("CLOSED");
			});
		}
	}

	private static void attempt(ServiceInstances service, Random random, double failing) {
		long now = System.nanoTime();
		LoadBalancer any = (choice) -> choice.firstFrom(random.nextInt(1 + choice.candidates().size()) / 2);
		InstanceState chosen = new InstanceChoice(any, null).choose(service.snapshot(), now);
		assertThat(chosen).isNotNull();
		long nanos = System.nanoTime() - now;
		double luck = random.nextDouble();
		if (luck < failing) {
			chosen.failed(now + nanos, nanos, failure());
		}
		else if (luck < failing + 0.1) {
			chosen.abandoned(now + nanos, nanos, failure());
		}
		else {
			chosen.succeeded(now + nanos, nanos);
		}
	}

	private void disturb(ClientFixture fixture, Random random) {
		String address = address(random.nextInt(9));
		FakeChannel channel = fixture.channel(address);
		switch (random.nextInt(150)) {
			case 0, 1 -> this.failing.put(address, random.nextDouble() * 1.2);
			case 2, 3, 4, 5 -> this.failing.remove(address);
			case 6 -> {
				if (fixture.registrations.containsKey(address + "-1")) {
					fixture.down(address + "-1");
				}
			}
			case 7 -> {
				if (!fixture.registrations.containsKey(address + "-1")) {
					fixture.up(address);
				}
			}
			case 8 -> {
				if (channel != null) {
					channel.connected = false;
				}
			}
			case 9, 10, 11, 12 -> reconnect(channel);
			case 13 -> report(channel, NOT_READY);
			case 14, 15, 16, 17 -> report(channel, null);
			default -> {
				// All stays as it is
			}
		}
	}

	private static void report(@Nullable FakeChannel channel, @Nullable LoadReport report) {
		if (channel != null) {
			channel.loadReport = report;
		}
	}

	private void reconnect(@Nullable FakeChannel channel) {
		if (channel != null && !channel.connected) {
			channel.connected = true;
			channel.listener.connected();
		}
	}

	private void begin(ServiceInstances service, LoadBalancer balancer, ClientFixture fixture, long seed) {
		InstanceSnapshot snapshot = service.snapshot();
		boolean panic = snapshot.cutOffs().isPanic();
		long now = fixture.timing.nanoTime();
		List<InstanceState> ejected = service.states().filter(InstanceState::isEjected).toList();
		InstanceState chosen = new InstanceChoice(balancer, null).choose(snapshot, now);
		if (chosen == null) {
			assertThat(service.states()).as("seed " + seed).isEmpty();
			return;
		}
		if (ejected.contains(chosen)) {
			this.probes += panic ? 0 : 1;
			this.panics += panic ? 1 : 0;
			boolean onlyOne = this.flying.stream().noneMatch((flying) -> flying.probe && flying.instance == chosen);
			boolean othersReady = service.states().anyMatch((state) -> state.isReady(now, false));
			assertThat(onlyOne || panic || !othersReady).as("seed " + seed).isTrue();
		}
		this.flying.add(new Flying(chosen, now, ejected.contains(chosen) && !panic));
	}

	private void end(ClientFixture fixture, Random random) {
		while (this.flying.size() > random.nextInt(12)) {
			Flying ended = this.flying.remove(random.nextInt(this.flying.size()));
			land(fixture, ended, random.nextDouble(), random.nextInt(20) == 0);
		}
	}

	private void land(ClientFixture fixture, Flying ended, double luck, boolean saysNothing) {
		long now = fixture.timing.nanoTime();
		long nanos = now - ended.begunAt;
		if (saysNothing) {
			ended.instance.abandoned(now, nanos, failure());
		}
		else if (luck < this.failing.getOrDefault(ended.instance.instance().address().toString(), 0.0)) {
			ended.instance.failed(now, nanos, failure());
		}
		else {
			ended.instance.succeeded(now, nanos);
		}
	}

	private void check(ServiceInstances service, long seed) {
		long ejected = service.states().filter(InstanceState::isEjected).count();
		assertThat(ejected).as("seed " + seed).isLessThanOrEqualTo(service.states().count() / 2);
	}

	private void heal(ClientFixture fixture, ServiceInstances service, LoadBalancer balancer, long seed) {
		this.failing.clear();
		for (int i = 0; i < 9; i++) {
			FakeChannel channel = fixture.channel(address(i));
			if (channel != null) {
				channel.loadReport = null;
				reconnect(channel);
			}
		}
		this.flying.forEach((flying) -> land(fixture, flying, 1, false));
		this.flying.clear();
		for (int second = 0; second < 305; second++) {
			fixture.timing.advance(Duration.ofSeconds(1));
			for (int i = 0; i < 20; i++) {
				begin(service, balancer, fixture, seed);
				fixture.timing.advance(Duration.ofMillis(1));
				this.flying.forEach((flying) -> land(fixture, flying, 1, false));
				this.flying.clear();
			}
		}
		assertThat(service.snapshot().cutOffs().isEmpty()).as("seed " + seed).isTrue();
		assertThat(service.snapshot().cutOffs().isPanic()).as("seed " + seed).isFalse();
		assertThat(service.states()).as("seed " + seed).allSatisfy((state) -> {
			assertThat(state.outstanding()).isZero();
			assertThat(state.isAvailable(fixture.timing.nanoTime())).isTrue();
			assertThat(state.status(fixture.timing.nanoTime()).breaker()).isEqualTo("CLOSED");
		});
	}

	private static AttemptFailure failure() {
		return new AttemptFailure(new Attempt("somewhere", Duration.ofMillis(1), Outcome.UNKNOWN, "lost"), null,
				new Circumstances(false, false, 1, 0, false, false));
	}

	private static String address(int index) {
		return "10.0.0." + (index + 1) + ":1";
	}

	/** An attempt under way. */
	private record Flying(InstanceState instance, long begunAt, boolean probe) {

	}

}
