package io.harpc.loadbalancer;

import java.util.List;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Draws two candidates and chooses the one that costs less: the power of two random
 * choices (Mitzenmacher, 2001). The cost is latency times outstanding calls, as in
 * Finagle's peak EWMA, times what was failed lately, so that an instance that fails fast
 * does not look like a fast one. Where one of the two is new, latency is left out: what a
 * process takes for its first calls says nothing of the ones that follow. Without latency
 * at all this is least-active: the exact minimum of counters that change with every call
 * would take a look at all of them, or a lock around a heap, for little.
 * <p>
 * Weight and warm-up decide how often a candidate is drawn, not what it costs: an
 * instance that warms up gets its share though it is idle, which makes it look cheap, and
 * no more than twice that. How many calls are many for it does depend on its weight.
 */
final class P2cLoadBalancer implements LoadBalancer {

	private static final int DRAWS = 4;

	/**
	 * How much cheaper the other must be where a candidate is drawn against itself.
	 */
	private static final double CLEARLY = 2;

	private final IntUnaryOperator random;

	private final boolean byLatency;

	private final Derived<Weights> weights = new Derived<>(
			(candidates, nanoTime, former) -> Weights.configured(candidates, nanoTime), Weights.REFRESH_NANOS);

	P2cLoadBalancer(IntUnaryOperator random, boolean byLatency) {
		this.random = random;
		this.byLatency = byLatency;
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		List<Candidate> candidates = choice.candidates();
		int size = candidates.size();
		if (size < 2) {
			return (size != 0) ? choice.firstFrom(0) : null;
		}
		Weights current = this.weights.of(choice);
		for (int draw = 0; draw < DRAWS; draw++) {
			int first = current.draw(this.random);
			int second = current.areEqual() ? current.drawOther(this.random, first) : current.draw(this.random);
			Candidate chosen = choose(choice, current, first, second);
			if (chosen != null) {
				return chosen;
			}
		}
		return choice.firstFrom(this.random.applyAsInt(size));
	}

	private @Nullable Candidate choose(Choice choice, Weights current, int first, int second) {
		double margin = 1;
		int other = second;
		if (first == second) {
			// Its weight gives it the call, unless that would be unwise
			other = current.drawOther(this.random, first);
			margin = CLEARLY * Math.max(1, current.relative(first) / current.relative(other));
		}
		Candidate one = choice.candidates().get(first);
		Candidate two = choice.candidates().get(other);
		if (choice.isExcluded(one)) {
			return choice.isExcluded(two) ? null : two;
		}
		boolean cheaper = !choice.isExcluded(two)
				&& isCheaper(choice.nanoTime(), one, current.relative(first), two, current.relative(other), margin);
		return cheaper ? two : one;
	}

	/** Whether the second costs less than the first, by a margin. */
	private boolean isCheaper(long now, Candidate one, double weight, Candidate two, double otherWeight,
			double margin) {
		double cost = load(one, weight, now);
		double otherCost = load(two, otherWeight, now) * margin;
		if (this.byLatency) {
			double latency = one.latencyNanos(now);
			double otherLatency = two.latencyNanos(now);
			if (latency > 0 && otherLatency > 0) {
				cost *= latency;
				otherCost *= otherLatency;
			}
		}
		return otherCost < cost;
	}

	private static double load(Candidate candidate, double weight, long now) {
		return (candidate.outstanding() / weight + 1) * (1 + candidate.recentFailures(now));
	}

}
