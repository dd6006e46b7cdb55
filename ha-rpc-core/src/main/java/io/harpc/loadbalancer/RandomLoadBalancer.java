package io.harpc.loadbalancer;

import java.util.List;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Chooses each candidate with the same probability.
 */
final class RandomLoadBalancer implements LoadBalancer {

	/**
	 * Drawing again keeps the neighbour of an excluded candidate from getting its share.
	 */
	private static final int DRAWS = 4;

	private final IntUnaryOperator random;

	RandomLoadBalancer(IntUnaryOperator random) {
		this.random = random;
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		List<Candidate> candidates = choice.candidates();
		int size = candidates.size();
		if (size == 0) {
			return null;
		}
		for (int draw = 1; draw < DRAWS; draw++) {
			Candidate candidate = candidates.get(this.random.applyAsInt(size));
			if (!choice.isExcluded(candidate)) {
				return candidate;
			}
		}
		return choice.firstFrom(this.random.applyAsInt(size));
	}

}
