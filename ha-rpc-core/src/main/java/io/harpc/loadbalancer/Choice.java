package io.harpc.loadbalancer;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link LoadBalancer} has to choose from for one attempt. Valid only during the
 * call of {@link LoadBalancer#choose}.
 */
public interface Choice {

	/**
	 * The instances to choose from, all of one standing: those of weight zero are offered
	 * only where there are no others.
	 * @return an immutable list, the same object until the registry's view changes, so
	 * that what is computed from it can be kept with it
	 */
	List<Candidate> candidates();

	/**
	 * Whether a candidate must not be chosen: it was tried by this call, or cannot take
	 * it.
	 * @param candidate one of the candidates
	 * @return {@code true} if it is excluded
	 */
	boolean isExcluded(Candidate candidate);

	/**
	 * The time of the choice, to be passed on to the candidates.
	 * @return a value of {@link System#nanoTime()}
	 */
	long nanoTime();

	/**
	 * What calls that belong together have in common: the argument marked
	 * {@link io.harpc.HashKey}, else the first.
	 * @return the key, {@code null} if the method has none
	 */
	@Nullable Object hashKey();

	/**
	 * Returns the first candidate that is not excluded, searching once around from a
	 * position. Costs time in proportion to the excluded ones passed.
	 * @param start where to begin, from zero to the number of candidates less one
	 * @return the candidate, or {@code null} if all are excluded
	 */
	default @Nullable Candidate firstFrom(int start) {
		List<Candidate> candidates = candidates();
		int size = candidates.size();
		for (int i = 0; i < size; i++) {
			int position = start + i;
			Candidate candidate = candidates.get((position < size) ? position : position - size);
			if (!isExcluded(candidate)) {
				return candidate;
			}
		}
		return null;
	}

}
