package io.harpc.failback;

import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * How much room the journal has left. What an earlier run left in it takes room, too,
 * even above the limits of this one. Thread-safe.
 */
final class Capacity {

	private final int maxEntries;

	private final long maxBytes;

	private final ReentrantLock lock = new ReentrantLock();

	/** Guarded by the lock, as are the bytes. */
	private int entries;

	private long bytes;

	Capacity(int maxEntries, long maxBytes) {
		this.maxEntries = maxEntries;
		this.maxBytes = maxBytes;
	}

	/**
	 * Takes room for a call if there is some.
	 * @return why there is none, {@code null} if there was
	 */
	@Nullable String tryTake(long length) {
		this.lock.lock();
		try {
			if (this.entries >= this.maxEntries) {
				return this.entries + " calls wait in it (max-entries: " + this.maxEntries + ")";
			}
			if (this.bytes + length > this.maxBytes) {
				return "it holds " + this.bytes + " bytes, and this call has " + length + " (max-size: " + this.maxBytes
						+ ")";
			}
			this.entries++;
			this.bytes += length;
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Takes room whether there is some or not. */
	void take(long length) {
		change(1, length);
	}

	void release(long length) {
		change(-1, -length);
	}

	long bytes() {
		this.lock.lock();
		try {
			return this.bytes;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void change(int number, long length) {
		this.lock.lock();
		try {
			this.entries += number;
			this.bytes += length;
		}
		finally {
			this.lock.unlock();
		}
	}

}
