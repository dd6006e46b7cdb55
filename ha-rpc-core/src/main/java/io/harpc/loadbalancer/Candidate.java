package io.harpc.loadbalancer;

import io.harpc.registry.Instance;

/**
 * An instance as a {@link LoadBalancer} sees it: what the registry says and what this
 * client has learned. Read-only and thread-safe; the values change from call to call.
 */
public interface Candidate {

	/**
	 * What the registry says.
	 * @return the instance
	 */
	Instance instance();

	/**
	 * How many attempts of this client are waiting for it now, over all references.
	 * @return the number
	 */
	int outstanding();

	/**
	 * How long it takes to answer: a moving average that follows a rise at once and
	 * decays with time.
	 * @param nanoTime the time of the choice
	 * @return nanoseconds, zero while it is new and nothing reliable is known
	 */
	double latencyNanos(long nanoTime);

	/**
	 * How much it failed lately: each failure counts one, and decays with time. What the
	 * application threw is no failure of the instance.
	 * @param nanoTime the time of the choice
	 * @return zero or more
	 */
	double recentFailures(long nanoTime);

}
