package io.harpc.transport;

import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Judges whether the other end of a client's connection is alive, the same way whether
 * calls wait or not: silence for an interval has it asked, and further silence for the
 * timeout is its end. Where the question is stuck behind requests that the other end does
 * not read, it counts as asked. Used by the watchdog, apart from {@link #answered()},
 * which the thread that reads calls.
 */
final class Heartbeat {

	/** The watchdog looks far more often, unless this process stands still. */
	private static final long STOOD_STILL_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final long intervalNanos;

	private final long timeoutNanos;

	private final CombiningWriter writer;

	/** When the ping was sent that has not been answered, zero if there is none. */
	private volatile long sentNanos;

	private volatile long endOffset;

	private long lastLookNanos;

	/** Since when this process has not stood still. */
	private long awakeSinceNanos;

	Heartbeat(TransportClientSettings settings, CombiningWriter writer, long now) {
		this.intervalNanos = settings.heartbeatInterval().toNanos();
		this.timeoutNanos = settings.heartbeatTimeout().toNanos();
		this.writer = writer;
		this.lastLookNanos = now;
		this.awakeSinceNanos = now;
	}

	/**
	 * {@return whether the peer has been silent for long enough to be asked}
	 */
	boolean isDue(long now, long lastReceivedNanos) {
		return this.sentNanos == 0 && now - lastReceivedNanos > this.intervalNanos;
	}

	void sending(long now) {
		this.sentNanos = now | 1;
	}

	void endsAt(long offset) {
		this.endOffset = offset;
	}

	void notSent() {
		this.sentNanos = 0;
	}

	/**
	 * A pong has come.
	 * @return where in the stream the ping ended, so that all before it was read
	 */
	long answered() {
		this.sentNanos = 0;
		return this.endOffset;
	}

	/**
	 * {@return why the connection is to be given up, {@code null} if it is not}
	 */
	@Nullable String problem(long now, long lastReceivedNanos) {
		long awake = awakeNanos(now);
		long silent = Math.min(awake, now - lastReceivedNanos);
		long stuck = Math.min(awake, this.writer.writingNanos(now));
		long patience = this.intervalNanos + this.timeoutNanos;
		if (stuck > patience || stuck > this.timeoutNanos && silent > patience) {
			return "the server has read nothing for " + stuck / 1_000_000 + " ms";
		}
		long sent = this.sentNanos;
		if (sent == 0) {
			return null;
		}
		if (this.writer.handed() < this.endOffset) {
			// Behind a large frame on a slow line the ping's time has not begun.
			this.sentNanos = now | 1;
			return null;
		}
		return (silent > this.timeoutNanos && now - sent > this.timeoutNanos)
				? "no sign of life for " + silent / 1_000_000 + " ms" : null;
	}

	/**
	 * After this process stood still, what the peer has said and read meanwhile has still
	 * to be seen.
	 */
	private long awakeNanos(long now) {
		if (now - this.lastLookNanos > STOOD_STILL_NANOS) {
			this.awakeSinceNanos = now;
		}
		this.lastLookNanos = now;
		return now - this.awakeSinceNanos;
	}

}
