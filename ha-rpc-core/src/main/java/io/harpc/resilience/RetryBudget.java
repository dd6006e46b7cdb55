package io.harpc.resilience;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Bounds what the retries and hedges of a reference add to the load: over ten seconds, a
 * share of its calls and some more, so that a service in trouble is not drowned in second
 * tries, and one that is called rarely still gets them. The idea and the defaults are
 * those of {@code RetryBudget} in Twitter's Finagle. Thread-safe without locks.
 * <p>
 * A retry that makes no load is free: of what never left, and of what a server refused
 * because it is not the one for this call.
 */
public final class RetryBudget {

	private static final Duration WINDOW = Duration.ofSeconds(10);

	private final String name;

	private final Settings settings;

	private final LongSupplier nanoTime;

	private final WindowCounter calls;

	private final WindowCounter spent;

	RetryBudget(String name, Settings settings, LongSupplier nanoTime) {
		this.name = name;
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.calls = new WindowCounter(WINDOW, nanoTime.getAsLong());
		this.spent = new WindowCounter(WINDOW, nanoTime.getAsLong());
	}

	/**
	 * A call begins, which adds to the budget.
	 * @param now the time
	 */
	public void called(long now) {
		this.calls.add(now);
	}

	/**
	 * Asks for one more attempt of a call, and takes it from the budget if it is there.
	 * @return whether it may be made
	 */
	public boolean trySpend() {
		long now = this.nanoTime.getAsLong();
		// Taken first, so that two that ask at once do not both get the last one
		this.spent.add(now);
		if (this.spent.sum(now) <= allowed(now)) {
			return true;
		}
		this.spent.remove(now);
		return false;
	}

	/**
	 * How it stands.
	 * @return a snapshot
	 */
	public Status status() {
		long now = this.nanoTime.getAsLong();
		int gone = this.spent.sum(now);
		return new Status(this.settings, gone, Math.max(0, (int) allowed(now) - gone));
	}

	/**
	 * Says that it is spent.
	 * @return a sentence for a person to read
	 */
	public String describe() {
		return "Not tried again: the retry budget of reference '" + this.name + "' is spent ("
				+ Math.round(this.settings.ratio() * 100) + " % of calls + " + this.settings.minPerSecond()
				+ " per second; see ha-rpc.client.retry-budget).";
	}

	private double allowed(long now) {
		return this.settings.ratio() * this.calls.sum(now) + (double) this.settings.minPerSecond() * WINDOW.toSeconds();
	}

	/**
	 * How much there is.
	 *
	 * @param ratio how many retries a call is good for, from 0 to 10
	 * @param minPerSecond how many retries there are besides, however few the calls; zero
	 * or more
	 */
	public record Settings(double ratio, int minPerSecond) {

		public Settings {
			if (!(ratio >= 0 && ratio <= 10)) {
				throw new IllegalArgumentException("retry-budget ratio: " + ratio + " (expected: 0 to 10)");
			}
			if (minPerSecond < 0) {
				throw new IllegalArgumentException(
						"retry-budget min-per-second: " + minPerSecond + " (expected: >= 0)");
			}
		}

		/**
		 * Returns the defaults: a fifth of the calls, and ten a second.
		 * @return the defaults
		 */
		public static Settings defaults() {
			return new Settings(0.2, 10);
		}

	}

	/**
	 * How a budget stands.
	 *
	 * @param settings how much there is
	 * @param spent what was spent in the last ten seconds
	 * @param left what is left now
	 */
	public record Status(Settings settings, int spent, int left) {

	}

}
