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
	 * How long it takes to answer: a moving average that follows a rise at once, forgets
	 * it within seconds unless it goes on, and decays with time.
	 * @param nanoTime the time of the choice
	 * @return nanoseconds, zero while it is new and nothing reliable is known
	 */
	double latencyNanos(long nanoTime);

	/**
	 * How much it failed lately: each failure counts one, and decays with time. What the
	 * application threw is no failure of the instance, and yet counts up to ten where it
	 * throws at every call: among equals that is the same for all, and where it is not,
	 * this one only looks fast.
	 * @param nanoTime the time of the choice
	 * @return zero or more
	 */
	double recentFailures(long nanoTime);

	/**
	 * Which share of its usual calls it should get while it warms up: it is new,
	 * restarted or back after failures.
	 * @param nanoTime the time of the choice
	 * @return from 0.1 to 1, which it has outside its warm-up
	 */
	double warmUp(long nanoTime);

	/**
	 * What it can take, as its own reports say: calls per second that it answers, divided
	 * by how busy that makes it. Comparable among the instances of a service only.
	 * @param nanoTime the time of the choice
	 * @return more than zero, or zero if that is not known
	 */
	double reportedWeight(long nanoTime);

	/**
	 * Whether an attempt would leave at once, as far as is known: it is connected, ready,
	 * not draining, and not cut off. One that is not may be chosen all the same, where
	 * there is nothing better.
	 * @param nanoTime the time of the choice
	 * @return whether it is
	 */
	boolean isAvailable(long nanoTime);

}
