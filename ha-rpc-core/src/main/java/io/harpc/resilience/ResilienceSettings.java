package io.harpc.resilience;

import java.time.Duration;

/**
 * What Resilience4j has no settings for.
 *
 * @param retryBudget how many retries the calls of a reference are good for
 * @param ejection when an instance gets no calls for a while
 * @param warmUp how long a new instance, or one that is back, takes to its full share of
 * calls; zero for no time
 */
public record ResilienceSettings(RetryBudget.Settings retryBudget, EjectionSettings ejection, Duration warmUp) {

	public ResilienceSettings {
		if (warmUp.isNegative()) {
			throw new IllegalArgumentException("warm-up: " + warmUp + " (expected: >= 0)");
		}
	}

	/**
	 * Returns the defaults; a warm-up takes 30 s.
	 * @return the defaults
	 */
	public static ResilienceSettings defaults() {
		return new ResilienceSettings(RetryBudget.Settings.defaults(), EjectionSettings.defaults(),
				Duration.ofSeconds(30));
	}

	/**
	 * Returns these settings with another retry budget.
	 * @param retryBudget how many retries the calls of a reference are good for
	 * @return the new settings
	 */
	public ResilienceSettings withRetryBudget(RetryBudget.Settings retryBudget) {
		return new ResilienceSettings(retryBudget, this.ejection, this.warmUp);
	}

}
