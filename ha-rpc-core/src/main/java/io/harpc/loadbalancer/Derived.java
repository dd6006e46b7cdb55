package io.harpc.loadbalancer;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Something worked out from the candidates as a whole and kept, so that a choice costs
 * nothing in proportion to their number: until the list is another, and no longer than it
 * may age. Of two lists at a time, because those of weight zero are offered beside the
 * others. Thread-safe: who meets a new list waits until it is worked out, once; who meets
 * something old takes it while another works out the new.
 *
 * @param <T> what is worked out
 */
final class Derived<T> {

	/** Never worked out anew for the same list. */
	static final long FOREVER = Long.MAX_VALUE;

	private final Computation<T> computation;

	private final long maxAgeNanos;

	private final ReentrantLock lock = new ReentrantLock();

	/** Both written under the lock. */
	private volatile @Nullable Kept<T> newer;

	private volatile @Nullable Kept<T> older;

	Derived(Computation<T> computation, long maxAgeNanos) {
		this.computation = computation;
		this.maxAgeNanos = maxAgeNanos;
	}

	T of(Choice choice) {
		Kept<T> kept = find(choice.candidates());
		if (kept == null) {
			this.lock.lock();
		}
		else if (choice.nanoTime() - kept.nanoTime() < this.maxAgeNanos || !this.lock.tryLock()) {
			return kept.value();
		}
		try {
			Kept<T> current = find(choice.candidates());
			return (current != kept && current != null) ? current.value() : renew(choice);
		}
		finally {
			this.lock.unlock();
		}
	}

	private T renew(Choice choice) {
		List<Candidate> candidates = choice.candidates();
		Kept<T> former = this.newer;
		Kept<T> renewed = new Kept<>(candidates, choice.nanoTime(),
				this.computation.compute(candidates, choice.nanoTime(), (former != null) ? former.value() : null));
		if (former != null && former.candidates() != candidates) {
			this.older = former;
		}
		this.newer = renewed;
		return renewed.value();
	}

	private @Nullable Kept<T> find(List<Candidate> candidates) {
		Kept<T> kept = this.newer;
		if (kept == null || kept.candidates() != candidates) {
			kept = this.older;
		}
		return (kept != null && kept.candidates() == candidates) ? kept : null;
	}

	/** Works something out. */
	interface Computation<T> {

		/**
		 * Works it out.
		 * @param candidates of what
		 * @param nanoTime at what time
		 * @param former what was worked out last, if that is of use: often of a list that
		 * differs little
		 * @return what is worked out
		 */
		T compute(List<Candidate> candidates, long nanoTime, @Nullable T former);

	}

	/** What was worked out, from what, and when. */
	private record Kept<T>(List<Candidate> candidates, long nanoTime, T value) {

	}

}
