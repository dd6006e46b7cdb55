package io.harpc.benchmarks.micro;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.benchmarks.api.UserService;
import io.harpc.loadbalancer.Candidate;
import io.harpc.loadbalancer.Choice;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Choosing among few and among many instances: it should cost the same. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
@SuppressWarnings("NullAway.Init")
public class LoadBalancerBenchmark {

	private static final int PORT = 20880;

	private static final long SEED = 42;

	/** The load balancer; {@link MicroMain} measures all there are. */
	@Param("p2c")
	public String loadBalancer;

	/** How many there are to choose from. */
	@Param({ "3", "100", "10000" })
	public int instances;

	private LoadBalancer chooser;

	private FixedChoice choice;

	/** Makes the instances, all of one weight and of different speed. */
	@Setup
	public void prepare() {
		SplittableRandom random = new SplittableRandom(SEED);
		this.chooser = new LoadBalancers(Map.of(), "").create(this.loadBalancer);
		List<Candidate> candidates = new ArrayList<>();
		IntStream.range(0, this.instances).forEach((i) -> candidates.add(candidate(i, random)));
		this.choice = new FixedChoice(List.copyOf(candidates));
	}

	private static Candidate candidate(int number, SplittableRandom random) {
		String host = "10.0." + number / 250 + "." + (1 + number % 250);
		Instance instance = new Instance("instance-" + number, ServiceKey.of(UserService.class),
				new Address(host, PORT), 100, "", "json", Map.of());
		return new FixedCandidate(instance, random.nextInt(8), random.nextDouble(1e5, 1e7), random.nextDouble(1e3));
	}

	/**
	 * One choice.
	 * @return the candidate
	 */
	@Benchmark
	public @Nullable Candidate choose() {
		this.choice.key++;
		return this.chooser.choose(this.choice);
	}

	/** Nothing is excluded, and each call has another key. */
	private static final class FixedChoice implements Choice {

		private final List<Candidate> candidates;

		private long key;

		private FixedChoice(List<Candidate> candidates) {
			this.candidates = candidates;
		}

		@Override
		public List<Candidate> candidates() {
			return this.candidates;
		}

		@Override
		public boolean isExcluded(Candidate candidate) {
			return false;
		}

		@Override
		public long nanoTime() {
			return 1;
		}

		@Override
		public Object hashKey() {
			return this.key;
		}

	}

	private record FixedCandidate(Instance instance, int outstanding, double latency,
			double weight) implements Candidate {

		@Override
		public double latencyNanos(long nanoTime) {
			return this.latency;
		}

		@Override
		public double recentFailures(long nanoTime) {
			return 0;
		}

		@Override
		public double warmUp(long nanoTime) {
			return 1;
		}

		@Override
		public double reportedWeight(long nanoTime) {
			return this.weight;
		}

		@Override
		public boolean isAvailable(long nanoTime) {
			return true;
		}

	}

}
