package io.harpc.transport;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

import io.harpc.protocol.Status;
import io.harpc.transport.LoadControl.Load;
import org.jspecify.annotations.Nullable;

/**
 * How many calls run at once, and a short queue for the others. A call that is admitted
 * at once costs no lock. Thread-safe.
 * <p>
 * The queue is first in, first out, and bounded in number and in time, after the
 * controlled delay of "Fail at Scale" (Ben Maurer, ACM Queue 13/8): a call may wait 100
 * ms, which is for bursts, but only 10 ms once the queue has not been empty for 100 ms,
 * because then it does nothing but add to every call's time. A call that would have to
 * wait for longer than that, or than it has time, is refused as busy when it comes, so
 * that its client can go elsewhere; so is one that has waited for longer. One whose
 * deadline passes is answered that it has expired. The newest first, which the same
 * article advises in addition, gains nothing with waits that short.
 */
final class Admission {

	private static final long BURST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long STANDING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	/** A window with fewer calls goes on, but not for longer than a second. */
	private static final int WINDOW_CALLS = 10;

	private static final long MAX_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long MIN_RETRY_AFTER_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final long MAX_RETRY_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How long a call is thought to take while none has ended. */
	private static final long FIRST_GUESS_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	static final Duration NO_THREAD_RETRY_AFTER = Duration.ofMillis(10);

	private final TransportServerSettings settings;

	private final LoadControl control;

	private final AtomicInteger running = new AtomicInteger();

	private volatile int limit;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by {@link #lock}. */
	private final ArrayDeque<ServerCall> queue = new ArrayDeque<>();

	/** The size of the queue, for those who need not know it to the call. */
	private volatile int queued;

	/** Written by whoever saw the queue empty. */
	private volatile long emptyNanos = System.nanoTime();

	private final LongAdder ended = new LongAdder();

	private final LongAdder endedNanos = new LongAdder();

	private final LongAdder usualNanos = new LongAdder();

	private volatile long meanNanos;

	/** The rest is of the monitor's thread. */
	private long windowNanos = System.nanoTime();

	private int peak;

	private long endedBefore;

	Admission(TransportServerSettings settings, LoadControl control) {
		this.settings = settings;
		this.control = control;
		this.limit = settings.maxConcurrentCalls();
	}

	/**
	 * Takes a place for a call, if there is one and nobody waits for it.
	 * @return how many calls run with this one, zero if there is no place
	 */
	int tryEnter() {
		return (this.queued == 0) ? takePlace() : 0;
	}

	private int takePlace() {
		int others = this.running.get();
		while (others < this.limit) {
			if (this.running.compareAndSet(others, others + 1)) {
				return others + 1;
			}
			others = this.running.get();
		}
		return 0;
	}

	/**
	 * Lets a call wait for a place, if it makes sense.
	 * @param call the call
	 * @param now the time
	 * @return how long to stay away, zero if it waits
	 */
	long tryQueue(ServerCall call, long now) {
		long wait = expectedWait();
		this.lock.lock();
		try {
			if (this.queue.size() >= this.settings.maxQueuedCalls() || wait > patience(now)
					|| now + wait - call.deadline().nanoTime() > 0) {
				return retryAfter(wait);
			}
			if (this.queue.isEmpty()) {
				this.emptyNanos = now;
			}
			this.queue.add(call);
			this.queued = this.queue.size();
		}
		finally {
			this.lock.unlock();
		}
		// The last place may have become free before the call was seen to wait for it.
		fill(now);
		return 0;
	}

	private long patience(long now) {
		return (now - this.emptyNanos > BURST_NANOS) ? STANDING_NANOS : BURST_NANOS;
	}

	private long expectedWait() {
		return (this.queued + 1) * this.meanNanos / this.limit;
	}

	private long retryAfter(long wait) {
		long nanos = (this.meanNanos == 0) ? FIRST_GUESS_NANOS : wait;
		return Math.max(MIN_RETRY_AFTER_NANOS, Math.min(MAX_RETRY_AFTER_NANOS, nanos));
	}

	/** Gives back the place of a call that was not run. */
	void leave() {
		this.running.decrementAndGet();
		if (this.queued > 0) {
			fill(System.nanoTime());
		}
	}

	/**
	 * Gives back the place of a call that was run.
	 * @param nanos how long it took
	 * @param usual how long its method takes in calm
	 * @param now the time
	 */
	void leave(long nanos, long usual, long now) {
		this.ended.increment();
		this.endedNanos.add(nanos);
		this.usualNanos.add(usual);
		this.running.decrementAndGet();
		if (this.queued > 0) {
			fill(now);
		}
	}

	/** Gives the places that are free to those who wait, on threads of their own. */
	private void fill(long now) {
		while (this.queued > 0) {
			int count = takePlace();
			if (count == 0) {
				return;
			}
			ServerCall next = poll(now);
			if (next != null) {
				next.enter(count);
				next.runElsewhere();
			}
			else {
				this.running.decrementAndGet();
			}
		}
	}

	private @Nullable ServerCall poll(long now) {
		ServerCall next = pollAny(now);
		while (next != null && isLate(next, now, patience(now))) {
			refuseLate(next, now);
			next = pollAny(now);
		}
		return next;
	}

	private @Nullable ServerCall pollAny(long now) {
		this.lock.lock();
		try {
			ServerCall next = this.queue.poll();
			this.queued = this.queue.size();
			if (this.queue.isEmpty()) {
				this.emptyNanos = now;
			}
			return next;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void refuseLate(ServerCall call, long now) {
		if (call.isOverdue(now)) {
			call.refuseElsewhere(Status.EXPIRED, "the deadline passed before the method began", Duration.ZERO);
		}
		else {
			call.refuseElsewhere(Status.BUSY, "too many calls wait", Duration.ofNanos(retryAfter(expectedWait())));
		}
	}

	private static boolean isLate(ServerCall call, long now, long patience) {
		return call.isOverdue(now) || call.waited(now) > patience || call.isCancelled();
	}

	private List<ServerCall> remove(Predicate<ServerCall> condition) {
		List<ServerCall> removed = new ArrayList<>();
		this.lock.lock();
		try {
			this.queue.removeIf((call) -> condition.test(call) && removed.add(call));
			this.queued = this.queue.size();
		}
		finally {
			this.lock.unlock();
		}
		return removed;
	}

	/** Tells who waits that there will be no place for them any more. */
	void drain() {
		remove((call) -> true)
			.forEach((call) -> call.refuseElsewhere(Status.DRAINING, "the server is shutting down", Duration.ZERO));
	}

	/**
	 * Looks after queue and limit, every millisecond while calls run.
	 * @param now the time
	 * @return whether anything is going on
	 */
	boolean tick(long now) {
		int runningNow = this.running.get();
		this.peak = Math.max(this.peak, runningNow);
		if (this.queued == 0) {
			this.emptyNanos = now;
		}
		else {
			long patience = patience(now);
			remove((call) -> isLate(call, now, patience)).forEach((call) -> refuseLate(call, now));
		}
		long age = now - this.windowNanos;
		if (age > WINDOW_NANOS && this.ended.sum() - this.endedBefore >= WINDOW_CALLS || age > MAX_WINDOW_NANOS) {
			endWindow(now);
		}
		fill(now);
		return runningNow > 0 || this.queued > 0;
	}

	private void endWindow(long now) {
		long total = this.ended.sum();
		long calls = total - this.endedBefore;
		if (calls > 0) {
			long nanos = this.endedNanos.sumThenReset();
			this.meanNanos = nanos / calls;
			double slowness = nanos / (double) Math.max(1, this.usualNanos.sumThenReset());
			this.limit = Math.max(1,
					Math.min(this.settings.maxConcurrentCalls(), this.control.limit(slowness, this.peak)));
		}
		this.endedBefore = total;
		this.windowNanos = now;
		this.peak = 0;
	}

	/** How many calls may run at once now. */
	int limit() {
		return this.limit;
	}

	/**
	 * {@return how many calls have been taken in and not answered yet}
	 */
	int present() {
		// In this order: a call that gets its place in between is counted twice, not
		// never.
		return this.queued + this.running.get();
	}

	Load load(long now) {
		return new Load(now, this.ended.sum(), this.running.get(), this.queued);
	}

}
