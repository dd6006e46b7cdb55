package io.harpc.loadbalancer;

import java.util.List;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Draws two candidates and chooses the one that costs less: the power of two random
 * choices (Mitzenmacher, 2001). The cost is latency times outstanding calls, as in
 * Finagle's peak EWMA, times what was failed lately, so that an instance that fails fast
 * does not look like a fast one. Where one of the two is new, latency is left out: what a
 * process takes for its first calls says nothing of the ones that follow.
 */
final class P2cLoadBalancer implements LoadBalancer {

	private static final int DRAWS = 4;

	private final IntUnaryOperator random;

	P2cLoadBalancer(IntUnaryOperator random) {
		this.random = random;
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		List<Candidate> candidates = choice.candidates();
		int size = candidates.size();
		if (size < 2) {
			return (size != 0) ? choice.firstFrom(0) : null;
		}
		for (int draw = 0; draw < DRAWS; draw++) {
			int first = this.random.applyAsInt(size);
			int second = this.random.applyAsInt(size - 1);
			Candidate chosen = choose(choice, candidates.get(first),
					candidates.get((second < first) ? second : second + 1));
			if (chosen != null) {
				return chosen;
			}
		}
		return choice.firstFrom(this.random.applyAsInt(size));
	}

	private static @Nullable Candidate choose(Choice choice, Candidate one, Candidate other) {
		if (choice.isExcluded(one)) {
			return choice.isExcluded(other) ? null : other;
		}
		if (choice.isExcluded(other)) {
			return one;
		}
		long now = choice.nanoTime();
		double cost = load(one, now);
		double otherCost = load(other, now);
		double latency = one.latencyNanos(now);
		double otherLatency = other.latencyNanos(now);
		if (latency > 0 && otherLatency > 0) {
			cost *= latency;
			otherCost *= otherLatency;
		}
		return (cost <= otherCost) ? one : other;
	}

	private static double load(Candidate candidate, long now) {
		return (candidate.outstanding() + 1) * (1 + candidate.recentFailures(now));
	}

}
