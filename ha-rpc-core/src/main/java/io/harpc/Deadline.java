package io.harpc;

import java.time.Duration;

/**
 * The instant at which a call must have ended, every attempt included. Measured on the
 * monotonic clock of this process; between processes it travels as what is left of it.
 * Immutable.
 */
public final class Deadline implements Comparable<Deadline> {

	/**
	 * Longer timeouts are cut to this, so that differences of clock values never
	 * overflow.
	 */
	private static final long MAX_NANOS = Duration.ofDays(365).toNanos();

	private final long nanoTime;

	private Deadline(long nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Returns the deadline that lies a duration ahead.
	 * @param timeout the duration; zero or less gives a deadline that has passed
	 * @return the deadline
	 */
	public static Deadline after(Duration timeout) {
		long nanos = (timeout.compareTo(Duration.ofNanos(MAX_NANOS)) > 0) ? MAX_NANOS : timeout.toNanos();
		return afterNanos(nanos);
	}

	/**
	 * Returns the deadline that lies some nanoseconds ahead.
	 * @param nanos the nanoseconds
	 * @return the deadline
	 */
	public static Deadline afterNanos(long nanos) {
		return new Deadline(System.nanoTime() + Math.min(nanos, MAX_NANOS));
	}

	/**
	 * Returns the deadline at a value of the monotonic clock, for code that has read it
	 * already.
	 * @param nanoTime a value of {@link System#nanoTime()}, at most a year ahead
	 * @return the deadline
	 */
	public static Deadline at(long nanoTime) {
		return new Deadline(nanoTime);
	}

	/**
	 * Returns the earlier of this and another deadline.
	 * @param other the other
	 * @return the earlier one
	 */
	public Deadline earlier(Deadline other) {
		return (compareTo(other) <= 0) ? this : other;
	}

	/**
	 * The deadline as a value of {@link System#nanoTime()}, for code on the path of a
	 * call that has read the clock already.
	 * @return the value
	 */
	public long nanoTime() {
		return this.nanoTime;
	}

	/**
	 * What is left.
	 * @return nanoseconds, zero or negative once it has passed
	 */
	public long remainingNanos() {
		return this.nanoTime - System.nanoTime();
	}

	/**
	 * Whether it has passed.
	 * @return {@code true} if nothing is left
	 */
	public boolean isExpired() {
		return remainingNanos() <= 0;
	}

	@Override
	public int compareTo(Deadline other) {
		return Long.signum(this.nanoTime - other.nanoTime);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Deadline deadline && deadline.nanoTime == this.nanoTime;
	}

	@Override
	public int hashCode() {
		return Long.hashCode(this.nanoTime);
	}

	@Override
	public String toString() {
		return "in " + remainingNanos() / 1_000_000 + " ms";
	}

}
