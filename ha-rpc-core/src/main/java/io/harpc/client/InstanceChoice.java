package io.harpc.client;

import java.util.Arrays;
import java.util.List;

import io.harpc.loadbalancer.Candidate;
import io.harpc.loadbalancer.Choice;
import io.harpc.loadbalancer.LoadBalancer;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the instances of one call, one for each attempt: the load balancer proposes,
 * connection and breaker dispose. Not thread-safe.
 * <p>
 * One that is due for a probe comes first: it costs one call, and one instance more is
 * back. Otherwise instances are taken in this order: active and ready; active and not
 * connected, which costs a connect; those of weight zero, the same way; one that the call
 * has tried before; and only when none of these is left, one that is cut off. In a panic
 * those that are cut off are as good as the others, unless there are some of weight zero.
 * None that drains is taken, and none whose breaker was forced open.
 */
final class InstanceChoice implements Choice {

	/** How often the load balancer is asked before all instances are looked through. */
	private static final int MAX_DRAWS = 4;

	private static final InstanceState[] NONE = {};

	private final LoadBalancer loadBalancer;

	private final @Nullable Object hashKey;

	/**
	 * First those that are late, then the others that were tried, then those drawn in
	 * vain for the current attempt.
	 */
	private @Nullable InstanceState[] excluded = NONE;

	private int late;

	/** Those that are late included. */
	private int tried;

	private int excludedCount;

	/** Every instance was tried, so that from now on none counts as untried. */
	private boolean exhausted;

	/** Whether those that are cut off are chosen too. */
	private boolean anyway;

	private List<Candidate> candidates = List.of();

	private long now;

	/**
	 * Creates the choice of one call.
	 * @param loadBalancer proposes
	 * @param hashKey what calls that belong together have in common, if anything
	 */
	InstanceChoice(LoadBalancer loadBalancer, @Nullable Object hashKey) {
		this.loadBalancer = loadBalancer;
		this.hashKey = hashKey;
	}

	/**
	 * Chooses the instance of the next attempt.
	 * @param snapshot the instances
	 * @param nanoTime the time
	 * @return the instance, on which an attempt has begun, or {@code null} if none can
	 * take the call
	 */
	@Nullable InstanceState choose(InstanceSnapshot snapshot, long nanoTime) {
		this.now = nanoTime;
		InstanceState probed = (this.tried == 0) ? snapshot.cutOffs().probe(nanoTime) : null;
		if (probed != null) {
			return probed;
		}
		this.anyway = isPanic(snapshot);
		InstanceState chosen = chooseUntried(snapshot);
		// While another instance works on the call, one that was tried and is not there
		// yet
		// would only cost an attempt
		if (chosen == null && this.tried != this.late && (this.late == 0 || isAnyTriedReady())) {
			chosen = chooseTried(snapshot);
		}
		if (chosen == null) {
			this.anyway = true;
			chosen = chooseUntried(snapshot);
		}
		return chosen;
	}

	/**
	 * Chooses an instance for one more attempt while others are under way.
	 * @param snapshot the instances
	 * @param nanoTime the time
	 * @return an instance that was not tried, on which an attempt has begun, or
	 * {@code null} if none can take the call
	 */
	@Nullable InstanceState chooseAnother(InstanceSnapshot snapshot, long nanoTime) {
		this.now = nanoTime;
		this.anyway = isPanic(snapshot);
		return chooseUntried(snapshot);
	}

	/**
	 * Takes one instance or none, where another would not do: a call that perhaps ran
	 * there, or one that goes to all.
	 * @param instance the instance
	 * @return whether an attempt has begun on it
	 */
	boolean only(InstanceState instance) {
		return !instance.isDraining() && instance.tryBegin(true);
	}

	/** Remembers that an attempt failed on an instance. */
	void tried(InstanceState instance) {
		this.excludedCount = this.tried;
		exclude(instance);
		this.tried = this.excludedCount;
	}

	/** Remembers that an instance works on the call still: it gets no further attempt. */
	void late(InstanceState instance) {
		tried(instance);
		System.arraycopy(this.excluded, this.late, this.excluded, this.late + 1, this.tried - 1 - this.late);
		this.excluded[this.late++] = instance;
	}

	/** An attempt that was late has failed: its instance is one that was tried. */
	void landed(InstanceState instance) {
		int index = Arrays.asList(this.excluded).indexOf(instance);
		this.excluded[index] = this.excluded[--this.late];
		this.excluded[this.late] = instance;
	}

	/**
	 * {@return whether an instance that was not tried could take the call}
	 */
	boolean isUntriedLeft(InstanceSnapshot snapshot) {
		this.excludedCount = this.tried;
		return !this.exhausted && (isUntriedIn(snapshot.active()) || isUntriedIn(snapshot.reserve()));
	}

	@Override
	public List<Candidate> candidates() {
		return this.candidates;
	}

	@Override
	public boolean isExcluded(Candidate candidate) {
		for (int i = 0; i < this.excludedCount; i++) {
			if (this.excluded[i] == candidate) {
				return true;
			}
		}
		return false;
	}

	@Override
	public long nanoTime() {
		return this.now;
	}

	@Override
	public @Nullable Object hashKey() {
		return this.hashKey;
	}

	private static boolean isPanic(InstanceSnapshot snapshot) {
		return snapshot.cutOffs().isPanic() && snapshot.reserve().isEmpty();
	}

	private @Nullable InstanceState chooseUntried(InstanceSnapshot snapshot) {
		InstanceState chosen = chooseFrom(snapshot.active());
		return (chosen != null) ? chosen : chooseFrom(snapshot.reserve());
	}

	/**
	 * Begins again with all but the one that was tried last, which comes after them.
	 * Where none of them is there to be called again, one that is cut off is better.
	 */
	private @Nullable InstanceState chooseTried(InstanceSnapshot snapshot) {
		this.exhausted = true;
		this.anyway |= !snapshot.cutOffs().isEmpty() && !isAnyTriedReady();
		this.excluded[this.late] = this.excluded[this.tried - 1];
		this.tried = this.late + 1;
		InstanceState chosen = chooseUntried(snapshot);
		if (chosen == null) {
			this.tried = this.late;
			chosen = chooseUntried(snapshot);
		}
		return chosen;
	}

	private boolean isAnyTriedReady() {
		for (int i = this.late; i < this.tried; i++) {
			InstanceState state = this.excluded[i];
			if (state != null && state.isReady(this.now, false)) {
				return true;
			}
		}
		return false;
	}

	private @Nullable InstanceState chooseFrom(List<Candidate> from) {
		this.candidates = from;
		this.excludedCount = this.tried;
		InstanceState unready = null;
		for (int i = 0; i < MAX_DRAWS; i++) {
			InstanceState drawn = draw();
			if (drawn == null) {
				break;
			}
			if (!drawn.isReady(this.now, this.anyway)) {
				unready = (unready != null || drawn.isDraining()) ? unready : drawn;
			}
			else if (drawn.tryBegin(this.anyway)) {
				return drawn;
			}
			exclude(drawn);
		}
		this.excludedCount = this.tried;
		InstanceState found = search(true);
		if (found == null && unready != null && unready.tryBegin(this.anyway)) {
			return unready;
		}
		return (found != null) ? found : search(false);
	}

	private @Nullable InstanceState draw() {
		Candidate drawn = this.loadBalancer.choose(this);
		if (drawn == null || (drawn instanceof InstanceState && !isExcluded(drawn))) {
			return (InstanceState) drawn;
		}
		throw new IllegalStateException("Load balancer " + this.loadBalancer + " chose " + drawn
				+ " (expected: one of the candidates that are not excluded)");
	}

	/** Looks through all, from anywhere, so that not all calls meet at the first. */
	private @Nullable InstanceState search(boolean ready) {
		int size = this.candidates.size();
		int start = (size != 0) ? (int) Long.remainderUnsigned(this.now, size) : 0;
		for (int i = 0; i < size; i++) {
			InstanceState state = (InstanceState) this.candidates.get((start + i) % size);
			if (!isExcluded(state) && (ready ? state.isReady(this.now, this.anyway) : !state.isDraining())
					&& state.tryBegin(this.anyway)) {
				return state;
			}
		}
		return null;
	}

	private boolean isUntriedIn(List<Candidate> list) {
		for (Candidate candidate : list) {
			if (!isExcluded(candidate) && ((InstanceState) candidate).couldTake(this.anyway)) {
				return true;
			}
		}
		return false;
	}

	private void exclude(InstanceState state) {
		if (this.excludedCount == this.excluded.length) {
			this.excluded = Arrays.copyOf(this.excluded, this.excludedCount + MAX_DRAWS);
		}
		this.excluded[this.excludedCount++] = state;
	}

}
