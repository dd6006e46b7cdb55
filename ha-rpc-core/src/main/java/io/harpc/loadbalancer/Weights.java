package io.harpc.loadbalancer;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The weights of the candidates at one moment, and a way to draw by them in constant
 * time: Walker's alias method, its table made as Vose describes it ("A linear algorithm
 * for generating random numbers with a given distribution", 1991). Immutable.
 */
final class Weights {

	/** Warm-up and reports move slowly, and reading all of them costs time. */
	static final long REFRESH_NANOS = Duration.ofSeconds(1).toNanos();

	/**
	 * What reports make of the weight of an instance that reports the mean is at most
	 * this, and at least one in this: as gRPC has it, lest a wrong report gets everything
	 * or nothing.
	 */
	private static final double MAX_REPORTED_RATIO = 10;

	private static final int ALIAS_BITS = 30;

	private static final int REDRAWS = 8;

	/** The mean is one. */
	private final double[] relative;

	private final boolean equal;

	/** The chance of a column to stand for itself, scaled; the rest is its alias's. */
	private final int[] threshold;

	private final int[] alias;

	private Weights(double[] weights) {
		double sum = 0;
		boolean same = true;
		for (double weight : weights) {
			sum += weight;
			same &= weight == weights[0];
		}
		this.equal = same;
		this.relative = weights;
		for (int i = 0; i < weights.length; i++) {
			weights[i] = weights[i] * weights.length / sum;
		}
		this.threshold = new int[this.equal ? 0 : weights.length];
		this.alias = new int[this.equal ? 0 : weights.length];
		if (!this.equal) {
			fillTable(this.relative.clone());
		}
	}

	/**
	 * {@return the weights that the registry says, times warm-up}
	 */
	static Weights configured(List<Candidate> candidates, long nanoTime) {
		return new Weights(weigh(candidates, nanoTime));
	}

	/**
	 * {@return the weights that the registry says, times warm-up, times what the
	 * instances report; the mean where one reports nothing (gRPC A58)}
	 */
	static Weights reported(List<Candidate> candidates, long nanoTime) {
		double[] weights = weigh(candidates, nanoTime);
		double[] reported = candidates.stream()
			.mapToDouble((candidate) -> candidate.reportedWeight(nanoTime))
			.toArray();
		double mean = Arrays.stream(reported).filter((weight) -> weight > 0).average().orElse(0);
		for (int i = 0; i < weights.length; i++) {
			if (reported[i] > 0) {
				weights[i] *= Math.max(1 / MAX_REPORTED_RATIO, Math.min(reported[i] / mean, MAX_REPORTED_RATIO));
			}
		}
		return new Weights(weights);
	}

	private static double[] weigh(List<Candidate> candidates, long nanoTime) {
		double[] weights = new double[candidates.size()];
		for (int i = 0; i < weights.length; i++) {
			Candidate candidate = candidates.get(i);
			weights[i] = Math.max(1, candidate.instance().weight()) * candidate.warmUp(nanoTime);
		}
		return weights;
	}

	int size() {
		return this.relative.length;
	}

	boolean areEqual() {
		return this.equal;
	}

	/**
	 * {@return a weight, relative to the mean of all}
	 */
	double relative(int index) {
		return this.relative[index];
	}

	int draw(IntUnaryOperator random) {
		int size = size();
		if (this.equal) {
			return random.applyAsInt(size);
		}
		// One number for both: which column, and where in it
		long drawn = (long) random.applyAsInt(1 << ALIAS_BITS) * size;
		int column = (int) (drawn >>> ALIAS_BITS);
		return ((int) drawn & (1 << ALIAS_BITS) - 1) < this.threshold[column] ? column : this.alias[column];
	}

	/**
	 * Draws one besides another, of which there must be one.
	 * @param random the randomness
	 * @param other what not to draw
	 * @return the index
	 */
	int drawOther(IntUnaryOperator random, int other) {
		for (int i = 0; i < REDRAWS && !this.equal; i++) {
			int drawn = draw(random);
			if (drawn != other) {
				return drawn;
			}
		}
		int drawn = random.applyAsInt(size() - 1);
		return (drawn < other) ? drawn : drawn + 1;
	}

	/** Fills what is below the mean up with what is above it, column by column. */
	private void fillTable(double[] left) {
		int[] small = IntStream.range(0, left.length).filter((i) -> left[i] < 1).toArray();
		int[] large = IntStream.range(0, left.length).filter((i) -> left[i] >= 1).toArray();
		Arrays.setAll(this.alias, (i) -> i);
		Arrays.fill(this.threshold, 1 << ALIAS_BITS);
		int donor = 0;
		for (int i = 0; i < small.length && donor < large.length; i++) {
			int column = small[i];
			// A donor that has become small is filled at once, by the next one
			while (left[column] < 1 && donor < large.length) {
				this.threshold[column] = (int) (left[column] * (1 << ALIAS_BITS));
				this.alias[column] = large[donor];
				left[large[donor]] -= 1 - left[column];
				if (left[large[donor]] >= 1) {
					break;
				}
				column = large[donor++];
			}
		}
	}

}
