package io.harpc.loadbalancer;

import java.util.List;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Chooses each candidate with a probability in proportion to its weight: that of the
 * registry, times warm-up, times what the instance reports.
 */
final class WeightedRandomLoadBalancer implements LoadBalancer {

	/** Drawing again keeps the weights right among those that are not excluded. */
	private static final int DRAWS = 8;

	private final IntUnaryOperator random;

	private final Derived<Weights> weights = new Derived<>(
			(candidates, nanoTime, former) -> Weights.reported(candidates, nanoTime), Weights.REFRESH_NANOS);

	WeightedRandomLoadBalancer(IntUnaryOperator random) {
		this.random = random;
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		List<Candidate> candidates = choice.candidates();
		if (candidates.isEmpty()) {
			return null;
		}
		Weights current = this.weights.of(choice);
		for (int draw = 0; draw < DRAWS; draw++) {
			Candidate candidate = candidates.get(current.draw(this.random));
			if (!choice.isExcluded(candidate)) {
				return candidate;
			}
		}
		return choice.firstFrom(this.random.applyAsInt(candidates.size()));
	}

}
