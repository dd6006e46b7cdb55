package io.harpc.demo.consumer;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Counts calls until somebody takes the count. Percentiles are exact (nearest rank), from
 * every call of the time counted. Thread-safe.
 */
final class LoadStatistics {

	private final ReentrantLock lock = new ReentrantLock();

	/** Room for a second in which calls come in that an earlier one delayed. */
	private final long[] latencyNanos = new long[4 * LoadProperties.MAX_CALLS_PER_SECOND];

	private final Map<String, Integer> callsByInstance = new TreeMap<>();

	private int calls;

	private int failures;

	private @Nullable String firstFailure;

	void succeeded(String instance, long nanos) {
		this.lock.lock();
		try {
			add(nanos);
			this.callsByInstance.merge(instance, 1, Integer::sum);
		}
		finally {
			this.lock.unlock();
		}
	}

	void failed(String failure, long nanos) {
		this.lock.lock();
		try {
			add(nanos);
			this.failures++;
			if (this.firstFailure == null) {
				this.firstFailure = failure;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes what was counted, and starts counting anew.
	 * @return the count
	 */
	LoadSummary take() {
		this.lock.lock();
		try {
			int kept = Math.min(this.calls, this.latencyNanos.length);
			Arrays.sort(this.latencyNanos, 0, kept);
			LoadSummary summary = new LoadSummary(this.calls, this.failures, percentile(50, kept), percentile(99, kept),
					new TreeMap<>(this.callsByInstance), this.firstFailure);
			this.calls = 0;
			this.failures = 0;
			this.firstFailure = null;
			this.callsByInstance.clear();
			return summary;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void add(long nanos) {
		if (this.calls < this.latencyNanos.length) {
			this.latencyNanos[this.calls] = nanos;
		}
		this.calls++;
	}

	private long percentile(int percent, int kept) {
		return (kept == 0) ? 0 : this.latencyNanos[(kept * percent + 99) / 100 - 1];
	}

}
