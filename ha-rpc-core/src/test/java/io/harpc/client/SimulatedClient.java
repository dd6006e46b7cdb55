package io.harpc.client;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.harpc.Address;
import io.harpc.Attempt;
import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.loadbalancer.Candidate;
import io.harpc.loadbalancer.Choice;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.protocol.LoadReport;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.resilience.AttemptFailure;
import io.harpc.resilience.AttemptFailure.Circumstances;
import io.harpc.resilience.Resilience;
import io.harpc.transport.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A client in a simulation: what it believes of instances and how it chooses one is real,
 * the calls are not.
 */
public interface SimulatedClient {

	/**
	 * Makes a client of which everything is real up to the channel.
	 * @param clock the time
	 * @param resilience makes breakers
	 * @param loadBalancer chooses
	 * @param reports what the server at an address says of itself
	 * @return the client
	 */
	static SimulatedClient whole(LongSupplier clock, Resilience resilience, LoadBalancer loadBalancer,
			Function<Address, Report> reports) {
		return new Whole(clock, resilience, loadBalancer, reports);
	}

	/**
	 * Makes a client that believes of an instance what its load balancer is told, and
	 * nothing else, so that there may be a hundred thousand.
	 * @param clock the time
	 * @param loadBalancer chooses
	 * @param reports what the server at an address says of itself
	 * @return the client
	 */
	static SimulatedClient light(LongSupplier clock, LoadBalancer loadBalancer, Function<Address, Report> reports) {
		return new Light(clock, loadBalancer, reports);
	}

	/** Tells the client which instances there are. */
	void update(List<Instance> instances);

	/**
	 * Begins an attempt of a call.
	 * @param hashKey the hash key of the call
	 * @return the attempt, {@code null} if there is no instance for it
	 */
	@Nullable SimulatedAttempt attempt(Object hashKey);

	/** What a server says of itself, and when it said so. */
	record Report(@Nullable LoadReport report, long nanoTime) {

	}

	/** An attempt under way. */
	interface SimulatedAttempt {

		Instance instance();

		void succeeded();

		/** There was no answer. */
		void failed();

		/** The method threw. */
		void threw();

	}

	/** With breakers, ejection and warm-up. */
	final class Whole implements SimulatedClient {

		private final LongSupplier clock;

		private final LoadBalancer loadBalancer;

		private final ServiceInstances instances;

		private Whole(LongSupplier clock, Resilience resilience, LoadBalancer loadBalancer,
				Function<Address, Report> reports) {
			this.clock = clock;
			this.loadBalancer = loadBalancer;
			this.instances = new ServiceInstances(new ClientContext(RpcClientSettings.defaults(),
					new InMemoryRegistry(), channels(reports), resilience, new LoadBalancers(Map.of(), ""), List.of(),
					CallObserver.NONE, onlyWith(Timing.class, Map.of("nanoTime", clock::getAsLong)), (service) -> ""),
					null);
		}

		@Override
		public void update(List<Instance> list) {
			this.instances.update(Instances.of(list.get(0).service(), list, Origin.REGISTRY));
		}

		@Override
		public @Nullable SimulatedAttempt attempt(Object hashKey) {
			long now = this.clock.getAsLong();
			InstanceState chosen = new InstanceChoice(this.loadBalancer, hashKey).choose(this.instances.snapshot(),
					now);
			return (chosen != null) ? new WholeAttempt(chosen, this.clock, now) : null;
		}

	}

	/** An attempt that an instance's state hears of. */
	record WholeAttempt(InstanceState chosen, LongSupplier clock, long start) implements SimulatedAttempt {

		@Override
		public Instance instance() {
			return this.chosen.instance();
		}

		@Override
		public void succeeded() {
			long now = this.clock.getAsLong();
			this.chosen.succeeded(now, now - this.start);
		}

		@Override
		public void failed() {
			long now = this.clock.getAsLong();
			this.chosen.failed(now, now - this.start, failure(now, Outcome.UNKNOWN));
		}

		@Override
		public void threw() {
			long now = this.clock.getAsLong();
			this.chosen.answered(now, now - this.start, failure(now, Outcome.FAILED));
		}

		private AttemptFailure failure(long now, Outcome outcome) {
			return new AttemptFailure(new Attempt("", Duration.ofNanos(now - this.start), outcome, ""), null,
					new Circumstances(false, true, 0, 0, false, false));
		}

	}

	/** Without breakers, ejection and warm-up. */
	final class Light implements SimulatedClient {

		private final LongSupplier clock;

		private final LoadBalancer loadBalancer;

		private final Function<Address, Report> reports;

		private List<Candidate> candidates = List.of();

		private Light(LongSupplier clock, LoadBalancer loadBalancer, Function<Address, Report> reports) {
			this.clock = clock;
			this.loadBalancer = loadBalancer;
			this.reports = reports;
		}

		@Override
		public void update(List<Instance> list) {
			this.candidates = list.stream()
				.<Candidate>map((instance) -> new LightCandidate(instance, this.clock, this.reports))
				.toList();
		}

		@Override
		public @Nullable SimulatedAttempt attempt(Object hashKey) {
			long now = this.clock.getAsLong();
			LightCandidate chosen = (LightCandidate) this.loadBalancer
				.choose(new LightChoice(this.candidates, now, hashKey));
			return (chosen != null) ? chosen.begin(now) : null;
		}

	}

	/** A choice that excludes nothing. */
	record LightChoice(List<Candidate> candidates, long nanoTime, Object hashKey) implements Choice {

		@Override
		public boolean isExcluded(Candidate candidate) {
			return false;
		}

	}

	/** An instance of which no more is known than a load balancer sees. */
	final class LightCandidate implements Candidate {

		private final Instance instance;

		private final LongSupplier clock;

		private final Function<Address, Report> reports;

		private final PeakEwma latency;

		private int outstanding;

		private LightCandidate(Instance instance, LongSupplier clock, Function<Address, Report> reports) {
			this.instance = instance;
			this.clock = clock;
			this.reports = reports;
			this.latency = new PeakEwma(clock.getAsLong());
		}

		@Override
		public Instance instance() {
			return this.instance;
		}

		@Override
		public int outstanding() {
			return this.outstanding;
		}

		@Override
		public double latencyNanos(long nanoTime) {
			return this.latency.latencyNanos(nanoTime);
		}

		@Override
		public double recentFailures(long nanoTime) {
			return this.latency.recentFailures(nanoTime);
		}

		@Override
		public double warmUp(long nanoTime) {
			return 1;
		}

		@Override
		public double reportedWeight(long nanoTime) {
			Report said = this.reports.apply(this.instance.address());
			return this.latency.isBelieved(nanoTime) ? ReportedWeight.of(said.report(), nanoTime - said.nanoTime()) : 0;
		}

		@Override
		public boolean isAvailable(long nanoTime) {
			return true;
		}

		private SimulatedAttempt begin(long start) {
			this.outstanding++;
			return new SimulatedAttempt() {

				@Override
				public Instance instance() {
					return LightCandidate.this.instance;
				}

				@Override
				public void succeeded() {
					long now = LightCandidate.this.clock.getAsLong();
					LightCandidate.this.latency.observe(now, now - start);
					LightCandidate.this.outstanding--;
				}

				@Override
				public void failed() {
					LightCandidate.this.latency.failed(LightCandidate.this.clock.getAsLong());
					LightCandidate.this.outstanding--;
				}

				@Override
				public void threw() {
					long now = LightCandidate.this.clock.getAsLong();
					LightCandidate.this.latency.observePeak(now, now - start);
					LightCandidate.this.outstanding--;
				}

			};
		}

	}

	private static Channels channels(Function<Address, Report> reports) {
		return new Channels((peer, listener) -> channel(() -> reports.apply(peer.address())), () -> {
		});
	}

	/** What a simulated instance is connected by: it stands, and that is all. */
	private static Channel channel(Supplier<Report> said) {
		return onlyWith(Channel.class,
				Map.of("isConnected", () -> true, "isDraining", () -> false, "incarnation", () -> "", "connect",
						() -> null, "loadReport", () -> said.get().report(), "loadReportAt",
						() -> said.get().nanoTime()));
	}

	private static <T> T onlyWith(Class<T> type, Map<String, Supplier<@Nullable Object>> methods) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				Supplier<@Nullable Object> answer = methods.get(method.getName());
				if (answer == null) {
					throw new UnsupportedOperationException(method.toString());
				}
				return answer.get();
			}));
	}

}
