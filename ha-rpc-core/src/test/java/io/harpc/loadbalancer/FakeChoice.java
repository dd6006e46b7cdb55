package io.harpc.loadbalancer;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;

/**
 * Candidates whose values a test sets. Counts how often one is looked at.
 */
final class FakeChoice implements Choice {

	final AtomicLong reads = new AtomicLong();

	private final List<Candidate> candidates;

	private final Set<Candidate> excluded = new HashSet<>();

	Supplier<@Nullable Object> hashKey = () -> null;

	long nanoTime;

	private FakeChoice(int size) {
		List<Candidate> list = new ArrayList<>();
		for (int i = 0; i < size; i++) {
			list.add(new FakeCandidate(i));
		}
		this.candidates = new CountingList(list);
	}

	static FakeChoice shuffled(int size, Random random) {
		FakeChoice choice = new FakeChoice(size);
		Collections.shuffle(((CountingList) choice.candidates).list, random);
		return choice;
	}

	static FakeChoice of(int size) {
		return new FakeChoice(size);
	}

	static FakeChoice ofWeights(int... weights) {
		FakeChoice choice = new FakeChoice(weights.length);
		for (int i = 0; i < weights.length; i++) {
			choice.get(i).weight = weights[i];
		}
		return choice;
	}

	FakeCandidate get(int index) {
		return (FakeCandidate) this.candidates.get(index);
	}

	void each(Consumer<FakeCandidate> action) {
		this.candidates.forEach((candidate) -> action.accept((FakeCandidate) candidate));
	}

	void exclude(Candidate candidate) {
		this.excluded.add(candidate);
	}

	int[] count(LoadBalancer loadBalancer, int calls) {
		int[] counts = new int[this.candidates.size()];
		for (int i = 0; i < calls; i++) {
			counts[((FakeCandidate) loadBalancer.choose(this)).index]++;
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
		return this.nanoTime;
	}

	@Override
	public @Nullable Object hashKey() {
		return this.hashKey.get();
	}

	final class FakeCandidate implements Candidate {

		final int index;

		int weight = 100;

		String zone = "";

		/** Each run of a process has another id. */
		int run = 1;

		Map<String, String> metadata = Map.of();

		int outstanding;

		double latencyNanos;

		double recentFailures;

		double warmUp = 1;

		double reportedWeight;

		boolean available = true;

		private FakeCandidate(int index) {
			this.index = index;
		}

		@Override
		public Instance instance() {
			return read(new Instance(this.run + "-of-" + this.index, new ServiceKey("s", "", ""),
					new Address("localhost", this.index + 1), this.weight, this.zone, "json", this.metadata));
		}

		@Override
		public int outstanding() {
			return read(this.outstanding);
		}

		@Override
		public double latencyNanos(long nanoTime) {
			return read(this.latencyNanos);
		}

		@Override
		public double recentFailures(long nanoTime) {
			return read(this.recentFailures);
		}

		@Override
		public double warmUp(long nanoTime) {
			return read(this.warmUp);
		}

		@Override
		public double reportedWeight(long nanoTime) {
			return read(this.reportedWeight);
		}

		@Override
		public boolean isAvailable(long nanoTime) {
			return read(this.available);
		}

		private <T> T read(T value) {
			FakeChoice.this.reads.incrementAndGet();
			return value;
		}

	}

	private final class CountingList extends AbstractList<Candidate> {

		private final List<Candidate> list;

		CountingList(List<Candidate> list) {
			this.list = list;
		}

		@Override
		public Candidate get(int index) {
			FakeChoice.this.reads.incrementAndGet();
			return this.list.get(index);
		}

		@Override
		public int size() {
			return this.list.size();
		}

	}

}
