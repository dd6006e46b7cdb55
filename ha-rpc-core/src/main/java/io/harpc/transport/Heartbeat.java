package io.harpc.transport;

import org.jspecify.annotations.Nullable;

/**
 * Judges whether the other end of a client's connection is alive. Used by the watchdog,
 * apart from {@link #answered()}, which the thread that reads calls.
 */
final class Heartbeat {

	private final long intervalNanos;

	private final long timeoutNanos;

	private final CombiningWriter writer;

	/** When the ping was sent that has not been answered, zero if there is none. */
	private volatile long sentNanos;

	private volatile long endOffset;

	Heartbeat(TransportClientSettings settings, CombiningWriter writer) {
		this.intervalNanos = settings.heartbeatInterval().toNanos();
		this.timeoutNanos = settings.heartbeatTimeout().toNanos();
		this.writer = writer;
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
		if (this.writer.writingNanos(now) > this.intervalNanos + this.timeoutNanos) {
			return "the server has read nothing for " + (this.intervalNanos + this.timeoutNanos) / 1_000_000 + " ms";
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
		long silent = now - lastReceivedNanos;
		return (silent > this.timeoutNanos && now - sent > this.timeoutNanos)
				? "no sign of life for " + silent / 1_000_000 + " ms" : null;
	}

}
