package io.harpc.server;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import io.harpc.IdempotentCall;
import io.harpc.protocol.IdempotencyRetry;
import io.harpc.protocol.ProtocolException;
import io.harpc.protocol.Status;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the calls that carried an idempotency key and what they were answered, so
 * that a second try of one is not run again. A call is remembered from the moment it
 * begins. Thread-safe.
 * <p>
 * A second try says which incarnation of the server the first one went to, and how long
 * ago. Where that was another, or the first try may be among those that were forgotten,
 * nobody can know here what became of it: that is said, and nothing is run.
 */
final class ReplayCache {

	/** What an entry takes beside its key and its answer, roughly. */
	private static final int ENTRY_BYTES = 200;

	/**
	 * A second try may have been on its way for so long, which makes the first one older
	 * than it says.
	 */
	private static final long TRANSIT_NANOS = TimeUnit.SECONDS.toNanos(5);

	private final ReplaySettings settings;

	private final String incarnation;

	private final LongSupplier nanoTime;

	private final ReentrantLock lock = new ReentrantLock();

	/** The oldest first. Guarded by {@link #lock}, like the fields below. */
	private final LinkedHashMap<Id, ReplayEntry> entries = new LinkedHashMap<>();

	private long bytes;

	/** When the youngest entry that was forgotten had begun. */
	private long forgottenNanos;

	/**
	 * Creates an empty cache.
	 * @param settings its bounds
	 * @param incarnation the run of the server whose calls it remembers
	 * @param nanoTime the time
	 */
	ReplayCache(ReplaySettings settings, String incarnation, LongSupplier nanoTime) {
		this.settings = settings;
		this.incarnation = incarnation;
		this.nanoTime = nanoTime;
		this.forgottenNanos = nanoTime.getAsLong() - 2 * TRANSIT_NANOS;
	}

	/**
	 * Finds out whether a call is the first one with its key.
	 * @param methodId the method
	 * @param owner whose key it is: nobody gets the answer to another's call by it
	 * @param key the key
	 * @param retry what a second try says of the first, {@code null} if this is the first
	 * as far as its caller knows
	 * @return what is known of the call; {@link ReplayEntry#begin()} says who runs it
	 */
	ReplayEntry find(long methodId, String owner, String key, @Nullable String retry) {
		if (key.isEmpty() || key.length() > IdempotentCall.MAX_KEY_LENGTH) {
			return malformed("idempotency-key of " + key.length() + " characters (expected: 1 to 200)");
		}
		Id id = new Id(methodId, owner, key);
		if (retry == null) {
			return find(id, 0, false);
		}
		try {
			IdempotencyRetry first = IdempotencyRetry.read(retry);
			return first.incarnation().equals(this.incarnation) ? find(id, first.ageNanos(), true)
					: notReplayable("the first try went to another incarnation of this server");
		}
		catch (ProtocolException ex) {
			return malformed(String.valueOf(ex.getMessage()));
		}
	}

	private ReplayEntry find(Id id, long ageNanos, boolean retry) {
		long now = this.nanoTime.getAsLong();
		this.lock.lock();
		try {
			forgetOld(now);
			ReplayEntry entry = this.entries.get(id);
			if (entry == null) {
				if (retry && now - ageNanos - TRANSIT_NANOS - this.forgottenNanos <= 0) {
					return notReplayable("the first try may be among those that this server has forgotten");
				}
				entry = new ReplayEntry(id, now, this);
				this.entries.put(id, entry);
				this.bytes += entry.bytes();
				forgetSurplus();
			}
			return entry;
		}
		finally {
			this.lock.unlock();
		}
	}

	private ReplayEntry malformed(String message) {
		return ReplayEntry.refusing(this, Status.MALFORMED, message);
	}

	private ReplayEntry notReplayable(String message) {
		return ReplayEntry.refusing(this, Status.NOT_REPLAYABLE, message);
	}

	/** The answer of an entry takes room from now on. */
	void answered(ReplayEntry entry, int moreBytes) {
		this.lock.lock();
		try {
			if (this.entries.get(entry.id()) == entry) {
				entry.add(moreBytes);
				this.bytes += moreBytes;
				forgetSurplus();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** The call was not run after all, so that the next one with its key may be. */
	void remove(ReplayEntry entry) {
		this.lock.lock();
		try {
			if (this.entries.remove(entry.id(), entry)) {
				this.bytes -= entry.bytes();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	long maxBytes() {
		return this.settings.maxBytes();
	}

	int size() {
		this.lock.lock();
		try {
			return this.entries.size();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void forgetOld(long now) {
		Iterator<ReplayEntry> oldest = this.entries.values().iterator();
		while (oldest.hasNext()) {
			ReplayEntry entry = oldest.next();
			if (now - entry.bornNanos() <= this.settings.timeToLive().toNanos()) {
				return;
			}
			if (entry.isForgettable()) {
				forget(entry, oldest);
			}
		}
	}

	private void forgetSurplus() {
		Iterator<ReplayEntry> oldest = this.entries.values().iterator();
		while (oldest.hasNext()
				&& (this.entries.size() > this.settings.maxEntries() || this.bytes > this.settings.maxBytes())) {
			ReplayEntry entry = oldest.next();
			if (entry.isForgettable()) {
				forget(entry, oldest);
			}
		}
	}

	private void forget(ReplayEntry entry, Iterator<ReplayEntry> at) {
		at.remove();
		this.bytes -= entry.bytes();
		// Of those that run the older ones are skipped, so the next may be older.
		this.forgottenNanos = Math.max(this.forgottenNanos - entry.bornNanos(), 0) + entry.bornNanos();
	}

	/**
	 * What tells one call from another.
	 *
	 * @param methodId the method
	 * @param owner who called it
	 * @param key the key that its caller chose
	 */
	record Id(long methodId, String owner, String key) {

		int bytes() {
			return ENTRY_BYTES + 2 * (this.owner.length() + this.key.length());
		}

	}

}
