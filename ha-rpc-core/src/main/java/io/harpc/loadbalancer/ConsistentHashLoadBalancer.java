package io.harpc.loadbalancer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Chooses by the {@linkplain Choice#hashKey() hash key}: calls of one key go to one
 * instance, and where instances come or go only the keys of those move. With bounded
 * loads (Mirrokni, Thorup and Zadimoghaddam, arXiv 1608.01350): what would give an
 * instance more than {@value #MAX_LOAD} times its part of all outstanding calls goes on
 * to the next on the ring, and so does what meets an excluded one. While an instance
 * warms up its part is smaller. Calls without a key are balanced by p2c.
 */
final class ConsistentHashLoadBalancer implements LoadBalancer {

	static final double MAX_LOAD = 1.25;

	/** Hardly ever are so many nodes in a row those of full or excluded instances. */
	private static final int MAX_WALK = 512;

	private final LoadBalancer withoutKey;

	private final Derived<Ring> rings = new Derived<>(
			(candidates, nanoTime, former) -> new Ring(
					new HashRing(candidates, (former != null) ? former.nodes() : null), new Outstanding(candidates)),
			Derived.FOREVER);

	private final Derived<Weights> weights = new Derived<>(
			(candidates, nanoTime, former) -> Weights.configured(candidates, nanoTime), Weights.REFRESH_NANOS);

	ConsistentHashLoadBalancer(IntUnaryOperator random) {
		this.withoutKey = new P2cLoadBalancer(random, true);
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		Object key = choice.hashKey();
		if (key == null || choice.candidates().size() < 2) {
			return this.withoutKey.choose(choice);
		}
		Ring ring = this.rings.of(choice);
		Weights current = this.weights.of(choice);
		double meanBound = MAX_LOAD * (ring.outstanding().count(choice.nanoTime()) + 1) / current.size();
		int position = ring.nodes().find(HashRing.hash(key));
		Candidate nearest = null;
		for (int i = 0; i < Math.min(ring.nodes().size(), MAX_WALK); i++) {
			int owner = ring.nodes().owner(position);
			Candidate candidate = choice.candidates().get(owner);
			if (!choice.isExcluded(candidate)) {
				if (candidate.outstanding() < Math.ceil(meanBound * current.relative(owner))) {
					return candidate;
				}
				nearest = (nearest != null) ? nearest : candidate;
			}
			position = ring.nodes().next(position);
		}
		return (nearest != null) ? nearest : choice.firstFrom(ring.nodes().owner(position));
	}

	/** What goes with one list of candidates. */
	private record Ring(HashRing nodes, Outstanding outstanding) {

	}

	/**
	 * The sum of the outstanding calls. Counted so rarely that a choice looks at eight
	 * candidates for it however many there are; meanwhile the mean grows by an eighth of
	 * a call at most.
	 */
	private static final class Outstanding {

		private static final int LOOKS = 8;

		private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();

		private final List<Candidate> candidates;

		private final AtomicInteger looks = new AtomicInteger();

		private volatile long countedAt;

		private volatile int sum;

		Outstanding(List<Candidate> candidates) {
			this.candidates = candidates;
			this.looks.set(candidates.size());
		}

		int count(long nanoTime) {
			if (this.looks.addAndGet(LOOKS) >= this.candidates.size() || nanoTime - this.countedAt > MAX_AGE_NANOS) {
				this.looks.set(0);
				this.countedAt = nanoTime;
				int counted = 0;
				for (Candidate candidate : this.candidates) {
					counted += candidate.outstanding();
				}
				this.sum = counted;
			}
			return this.sum;
		}

	}

}
