package io.harpc.loadbalancer;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Chooses the candidates in turn, each as often as its weight says and never many times
 * in a row: that of the registry, times warm-up, times what the instance reports.
 * <p>
 * This is the static stride scheduler of gRPC A58: the candidates are passed round after
 * round, and each is chosen in as many rounds as its weight is a part of the largest.
 * Nginx's smooth weighted round-robin spreads the calls even better, but looks at all
 * candidates for each of them. A candidate of more than twice the mean weight has several
 * places in a round, so that the others are not passed over in vain, nor its weight cut.
 */
final class WeightedRoundRobinLoadBalancer implements LoadBalancer {

	/** How often a turn is passed on because its candidate is excluded. */
	private static final int TURNS = 8;

	private final AtomicLong turn;

	private final Derived<Schedule> schedule = new Derived<>(
			(candidates, nanoTime, former) -> new Schedule(Weights.reported(candidates, nanoTime)),
			Weights.REFRESH_NANOS);

	WeightedRoundRobinLoadBalancer(IntUnaryOperator random) {
		this.turn = new AtomicLong(random.applyAsInt(Integer.MAX_VALUE));
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		List<Candidate> candidates = choice.candidates();
		if (candidates.isEmpty()) {
			return null;
		}
		Schedule current = this.schedule.of(choice);
		int next = 0;
		for (int i = 0; i < TURNS; i++) {
			next = current.next(this.turn);
			if (!choice.isExcluded(candidates.get(next))) {
				return candidates.get(next);
			}
		}
		return choice.firstFrom(next);
	}

	/** Who has which place in a round, and in which rounds it is chosen. Immutable. */
	private static final class Schedule {

		private static final double MAX_WEIGHT_OF_PLACE = 2;

		private static final int BITS = 30;

		private static final long WHOLE = 1L << BITS;

		private static final double GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

		private static final long PHASE = (long) (GOLDEN_RATIO * WHOLE);

		/** The index of the candidate in each place. */
		private final int[] owners;

		/** The part of the rounds in which each place is chosen. */
		private final long[] strides;

		Schedule(Weights weights) {
			int[] places = new int[weights.size()];
			Arrays.setAll(places, (i) -> (int) Math.ceil(weights.relative(i) / MAX_WEIGHT_OF_PLACE));
			int size = Arrays.stream(places).sum();
			this.owners = new int[size];
			this.strides = new long[size];
			double largest = 0;
			for (int i = 0; i < places.length; i++) {
				largest = Math.max(largest, weights.relative(i) / places[i]);
			}
			int step = coprimeNear((int) (size * GOLDEN_RATIO), size);
			int place = 0;
			for (int i = 0; i < places.length; i++) {
				long stride = Math.max(1, (long) (weights.relative(i) / places[i] / largest * WHOLE));
				for (int j = 0; j < places[i]; j++) {
					// The places of one candidate lie far apart
					this.owners[place] = i;
					this.strides[place] = stride;
					place = (place + step) % size;
				}
			}
		}

		int next(AtomicLong turn) {
			while (true) {
				long current = turn.getAndIncrement();
				int place = (int) (current % this.owners.length);
				long round = current / this.owners.length;
				long stride = this.strides[place];
				// Each place begins elsewhere, or the light ones would all come at once
				if ((place * PHASE + round * stride & WHOLE - 1) + stride >= WHOLE) {
					return this.owners[place];
				}
			}
		}

		private static int coprimeNear(int wanted, int size) {
			int step = Math.max(1, wanted);
			while (greatestCommonDivisor(step, size) != 1) {
				step++;
			}
			return step;
		}

		private static int greatestCommonDivisor(int one, int other) {
			return (other == 0) ? one : greatestCommonDivisor(other, one % other);
		}

	}

}
