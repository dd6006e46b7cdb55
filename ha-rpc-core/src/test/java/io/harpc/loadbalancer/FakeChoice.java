package io.harpc.loadbalancer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;

/**
 * Candidates whose values a test sets.
 */
final class FakeChoice implements Choice {

	private final List<Candidate> candidates;

	private final Set<Candidate> excluded = new HashSet<>();

	@Nullable Object hashKey;

	private FakeChoice(List<Candidate> candidates) {
		this.candidates = List.copyOf(candidates);
	}

	static FakeChoice of(int size) {
		List<Candidate> candidates = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			candidates.add(new FakeCandidate(i));
		}
		return new FakeChoice(candidates);
	}

	FakeCandidate get(int index) {
		return (FakeCandidate) this.candidates.get(index);
	}

	void exclude(Candidate candidate) {
		this.excluded.add(candidate);
	}

	int[] count(LoadBalancer loadBalancer, int calls) {
		int[] counts = new int[this.candidates.size()];
		for (int i = 0; i < calls; i++) {
			counts[this.candidates.indexOf(loadBalancer.choose(this))]++;
		}
		return counts;
	}

	@Override
	public List<Candidate> candidates() {
		return this.candidates;
	}

	@Override
	public boolean isExcluded(Candidate candidate) {
		return this.excluded.contains(candidate);
	}

	@Override
	public long nanoTime() {
		return 0;
	}

	@Override
	public @Nullable Object hashKey() {
		return this.hashKey;
	}

	static final class FakeCandidate implements Candidate {

		private final Instance instance;

		int outstanding;

		double latencyNanos;

		double recentFailures;

		double warmUp = 1;

		double reportedWeight;

		boolean available = true;

		FakeCandidate(int index) {
			this.instance = new Instance("instance-" + index, new ServiceKey("s", "", ""),
					new Address("localhost", index + 1), 100, "", "json", Map.of());
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
			return this.latencyNanos;
		}

		@Override
		public double recentFailures(long nanoTime) {
			return this.recentFailures;
		}

		@Override
		public double warmUp(long nanoTime) {
			return this.warmUp;
		}

		@Override
		public double reportedWeight(long nanoTime) {
			return this.reportedWeight;
		}

		@Override
		public boolean isAvailable(long nanoTime) {
			return this.available;
		}

	}

}
