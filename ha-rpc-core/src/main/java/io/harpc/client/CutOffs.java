package io.harpc.client;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

import io.harpc.resilience.EjectionSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The instances of one service that get no calls for now, and which of them is worth a
 * probe. Where they are more than half, it is more likely that something is wrong with
 * what they have in common, or with the way there, than with each of them, and the others
 * could not carry the load: then all are called again, which Envoy calls panic.
 * <p>
 * Thread-safe: what every call asks is read without locks, what changes an instance's
 * standing is done under one, by {@link #change}.
 */
final class CutOffs {

	private static final Logger LOG = LoggerFactory.getLogger(CutOffs.class);

	private static final int DECISIONS_KEPT = 32;

	/** How many instances a call asks that are due for a probe. */
	private static final int MAX_ASKED = 4;

	private final EjectionSettings settings;

	private final Comparator<Standing> byDueTime;

	private final ReentrantLock lock = new ReentrantLock();

	/** Those that get no calls; guarded by the lock, as all that follow. */
	private final Set<Standing> members = new LinkedHashSet<>();

	/** Those of them that wait for a probe, the one that is due first at the head. */
	private final Queue<Standing> waiting;

	private final Deque<Decision> decisions = new ArrayDeque<>(DECISIONS_KEPT);

	private int size;

	/** Written under the lock, as all that follow. */
	private volatile boolean empty = true;

	private volatile boolean panic;

	private volatile boolean full = true;

	private volatile boolean probeWaits;

	private volatile long probeDueAt;

	/**
	 * Creates the cut-offs of a service.
	 * @param settings how many may be ejected, and when
	 * @param now the time
	 */
	CutOffs(EjectionSettings settings, long now) {
		this.settings = settings;
		// Differences, because a nanoTime may wrap around
		this.byDueTime = Comparator.comparingLong((standing) -> standing.dueAt() - now);
		this.waiting = new PriorityQueue<>(this.byDueTime);
	}

	EjectionSettings settings() {
		return this.settings;
	}

	/**
	 * {@return whether all instances get calls}
	 */
	boolean isEmpty() {
		return this.empty;
	}

	/**
	 * {@return whether so many are cut off that all are called}
	 */
	boolean isPanic() {
		return this.panic;
	}

	/**
	 * {@return whether no more can be ejected for now}
	 */
	boolean isFull() {
		return this.full;
	}

	/**
	 * Begins an attempt on an instance that is due for a probe.
	 * @param now the time
	 * @return the instance, {@code null} if none is due, or another call looks for one
	 */
	@Nullable InstanceState probe(long now) {
		if (!this.probeWaits || this.probeDueAt - now > 0 || !this.lock.tryLock()) {
			return null;
		}
		try {
			for (int i = 0; i < MAX_ASKED; i++) {
				Standing head = this.waiting.peek();
				if (head == null || head.dueAt() - now > 0) {
					return null;
				}
				this.waiting.remove();
				if (head.tryProbe(now)) {
					return head.instance();
				}
			}
			return null;
		}
		finally {
			refresh();
			this.lock.unlock();
		}
	}

	/**
	 * Changes the standing of an instance.
	 * @param change does it, and calls what follows here for that
	 */
	void change(Runnable change) {
		this.lock.lock();
		try {
			change.run();
			refresh();
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The registry's view has changed. */
	void resize(int newSize, long now) {
		change(() -> {
			this.size = newSize;
			for (long excess = ejected() - maxEjected(); excess > 0; excess--) {
				this.members.stream()
					.filter(Standing::isEjected)
					.min(this.byDueTime)
					.ifPresent((standing) -> standing.readmit(now, "too few others are left"));
			}
		});
	}

	/** An instance gets no calls from now on. */
	void add(Standing standing) {
		this.members.add(standing);
		this.waiting.remove(standing);
	}

	/** An instance that gets no calls is worth a probe as soon as it is due. */
	void await(Standing standing) {
		this.waiting.add(standing);
	}

	/** An instance gets calls again, or is gone. */
	void remove(Standing standing) {
		this.members.remove(standing);
		this.waiting.remove(standing);
	}

	/**
	 * {@return whether one more may be ejected: no more than the settings allow are cut
	 * off then, for whatever reason}
	 */
	boolean mayEject(Standing standing) {
		int others = this.members.size() - (this.members.contains(standing) ? 1 : 0);
		return others + 1 <= maxEjected();
	}

	void decided(String what) {
		if (this.decisions.size() == DECISIONS_KEPT) {
			this.decisions.removeFirst();
		}
		this.decisions.addLast(new Decision(Instant.now(), what));
	}

	/**
	 * {@return the last decisions, the newest last}
	 */
	List<Decision> decisions() {
		this.lock.lock();
		try {
			return List.copyOf(this.decisions);
		}
		finally {
			this.lock.unlock();
		}
	}

	private int maxEjected() {
		return (int) (this.size * this.settings.maxEjectedRatio());
	}

	private long ejected() {
		return this.members.stream().filter(Standing::isEjected).count();
	}

	private void refresh() {
		Standing head = this.waiting.peek();
		this.probeDueAt = (head != null) ? head.dueAt() : 0;
		this.probeWaits = head != null;
		this.full = this.members.size() >= maxEjected();
		this.empty = this.members.isEmpty();
		boolean before = this.panic;
		this.panic = this.members.size() * 2 > this.size;
		if (this.panic && !before) {
			String what = this.members.size() + " of " + this.size + " instances are cut off, so all are called";
			decided(what);
			LOG.warn("{}: {}", this.members.iterator().next().instance().instance().service(), what);
		}
		else if (before && !this.panic && this.size > 0) {
			decided("less than half of the instances are cut off again: " + this.members.size() + " of " + this.size);
		}
	}

}
