package io.harpc.failback;

import java.util.PriorityQueue;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * The calls of one method of one reference: those in line, in the order in which they
 * were accepted, and those that have stepped aside, until a time of their own. While the
 * method is in trouble those in line go first, so that a few calls that cannot succeed do
 * not keep the others from being tried. For the journal's thread alone.
 */
final class MethodQueue {

	private static final int NOTABLE = 2;

	private final TreeMap<Long, Pending> line = new TreeMap<>();

	private final PriorityQueue<Pending> aside = new PriorityQueue<>(
			(one, other) -> Long.signum(one.notBefore - other.notBefore));

	private int failures;

	private long pausedUntil;

	void add(Pending call) {
		this.line.put(call.id(), call);
	}

	void remove(Pending call) {
		this.line.remove(call.id());
		this.aside.remove(call);
	}

	/**
	 * {@return the one to be tried next, if one may be tried now}
	 */
	@Nullable Pending next(long now) {
		if (isPaused(now)) {
			return null;
		}
		Pending returning = this.aside.peek();
		if (returning != null && returning.notBefore - now > 0) {
			returning = null;
		}
		boolean lineFirst = returning == null || this.failures > 0;
		return (lineFirst && !this.line.isEmpty()) ? this.line.firstEntry().getValue() : returning;
	}

	void stepAside(Pending call, long until) {
		remove(call);
		call.notBefore = until;
		this.aside.add(call);
	}

	/**
	 * Pauses after a failure.
	 * @return whether it is worth telling now: not after the first, which may pass
	 */
	boolean pause(long now, Backoff backoff) {
		this.failures++;
		this.pausedUntil = now + backoff.nanos(this.failures);
		return this.failures == NOTABLE;
	}

	/**
	 * {@return whether that it had failed was worth telling}
	 */
	boolean succeeded() {
		boolean recovered = this.failures >= NOTABLE;
		this.failures = 0;
		return recovered;
	}

	/**
	 * {@return nanoseconds until one may be tried, {@link Long#MAX_VALUE} if none waits}
	 */
	long untilNext(long now) {
		long pause = isPaused(now) ? this.pausedUntil - now : 0;
		if (!this.line.isEmpty()) {
			return pause;
		}
		Pending first = this.aside.peek();
		return (first != null) ? Math.max(pause, first.notBefore - now) : Long.MAX_VALUE;
	}

	private boolean isPaused(long now) {
		return this.failures > 0 && this.pausedUntil - now > 0;
	}

}
