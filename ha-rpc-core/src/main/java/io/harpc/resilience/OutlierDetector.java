package io.harpc.resilience;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Decides when one instance fails so much that it should get no calls for a while, and
 * for how long: the outlier detection of Envoy and of gRPC (gRFC A50), with an ejection
 * that doubles each time. Good behaviour halves it again: for every time that the
 * instance behaves for as long as it was ejected.
 * <p>
 * What is counted is counted without locks, by any thread; {@link #eject} and
 * {@link #returned} belong to whoever guards the ejections.
 */
public final class OutlierDetector {

	private final EjectionSettings settings;

	private final AtomicInteger inARow = new AtomicInteger();

	private final WindowCounter calls;

	private final WindowCounter failures;

	/** How often it was ejected, less what good behaviour has made up for. */
	private volatile int times;

	/** Whether it has returned since it was ejected, and when. */
	private boolean behaving;

	private long returnedAt;

	/**
	 * Creates the detector of one instance.
	 * @param settings when an instance is an outlier
	 * @param now the time
	 */
	public OutlierDetector(EjectionSettings settings, long now) {
		this.settings = settings;
		this.calls = new WindowCounter(settings.interval(), now);
		this.failures = new WindowCounter(settings.interval(), now);
	}

	/**
	 * The instance did its part.
	 * @param now the time
	 */
	public void succeeded(long now) {
		this.calls.add(now);
		if (this.inARow.get() != 0) {
			this.inARow.set(0);
		}
	}

	/**
	 * The instance failed.
	 * @param now the time
	 * @return why it is an outlier, {@code null} if it is not
	 */
	public @Nullable String failed(long now) {
		this.calls.add(now);
		this.failures.add(now);
		int row = this.inARow.incrementAndGet();
		if (!this.settings.enabled()) {
			return null;
		}
		int enough = this.settings.consecutiveFailures();
		if (row >= enough) {
			// More where several fail at once, or too many others were cut off until now
			return row + " failures in a row" + ((row > enough) ? " (" + enough + " are enough)" : "");
		}
		int failed = this.failures.sum(now);
		int all = this.calls.sum(now);
		return (all >= this.settings.minCalls() && failed >= all * this.settings.failureRatio())
				? failed + " of " + all + " calls failed" : null;
	}

	/**
	 * The instance is ejected.
	 * @param now the time
	 * @return for how many nanoseconds
	 */
	public long eject(long now) {
		long good = this.behaving ? now - this.returnedAt : 0;
		this.behaving = false;
		while (this.times > 0 && good >= duration()) {
			good -= duration();
			this.times--;
		}
		this.times++;
		return duration();
	}

	/**
	 * The instance gets calls again, and what it did before is forgotten.
	 * @param now the time
	 */
	public void returned(long now) {
		this.behaving = true;
		this.returnedAt = now;
		this.inARow.set(0);
		this.calls.clear();
		this.failures.clear();
	}

	/**
	 * How often it was ejected of late.
	 * @return the number of ejections, less what good behaviour has made up for
	 */
	public int times() {
		return this.times;
	}

	private long duration() {
		long longest = this.settings.maxDuration().toNanos();
		long nanos = this.settings.baseDuration().toNanos();
		for (int i = 1; i < this.times && nanos < longest; i++) {
			nanos *= 2;
		}
		return Math.min(nanos, longest);
	}

}
