package io.harpc.resilience;

/**
 * What Resilience4j has no settings for.
 *
 * @param retryBudget how many retries the calls of a reference are good for
 */
public record ResilienceSettings(RetryBudget.Settings retryBudget) {

	/**
	 * Returns the defaults.
	 * @return the defaults
	 */
	public static ResilienceSettings defaults() {
		return new ResilienceSettings(RetryBudget.Settings.defaults());
	}

}
