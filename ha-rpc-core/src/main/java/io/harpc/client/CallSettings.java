package io.harpc.client;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * How calls are made. A reference may leave any of it open, and takes it from the client
 * then. Immutable.
 *
 * @param timeout the time for a whole call, every attempt included, more than zero and at
 * most 24 hours; {@code null} if left open
 * @param attemptTimeout the time for each attempt, at the end of which it is given up and
 * its outcome unknown; {@code null} if left open, and without limit if the client leaves
 * it open too
 * @param maxAttempts how many attempts a call may take, from 1 to {@value #MAX_ATTEMPTS};
 * the first counts; zero if left open
 * @param loadBalancer the name of the load balancer; empty if left open
 * @param cluster what happens when an attempt fails; {@code null} if left open
 */
public record CallSettings(@Nullable Duration timeout, @Nullable Duration attemptTimeout, int maxAttempts,
		String loadBalancer, @Nullable Cluster cluster) {

	/** The largest number of attempts. */
	public static final int MAX_ATTEMPTS = 100;

	/** Leaves everything open. */
	public static final CallSettings OPEN = new CallSettings(null, null, 0, "", null);

	private static final Duration MAX_TIMEOUT = Duration.ofHours(24);

	public CallSettings {
		check("timeout", timeout);
		check("attempt-timeout", attemptTimeout);
		if (maxAttempts < 0 || maxAttempts > MAX_ATTEMPTS) {
			throw new IllegalArgumentException(
					"max-attempts: " + maxAttempts + " (expected: 1 to " + MAX_ATTEMPTS + ")");
		}
		Objects.requireNonNull(loadBalancer, "loadBalancer");
	}

	/**
	 * Returns the defaults: 3 s, three attempts, {@code p2c}, {@code failover}.
	 * @return the defaults, with nothing left open but the time for an attempt
	 */
	public static CallSettings defaults() {
		return new CallSettings(Duration.ofSeconds(3), null, 3, "p2c", Cluster.FAILOVER);
	}

	/**
	 * Returns these settings with another timeout.
	 * @param timeout the time for a whole call
	 * @return the new settings
	 */
	public CallSettings withTimeout(Duration timeout) {
		return new CallSettings(timeout, this.attemptTimeout, this.maxAttempts, this.loadBalancer, this.cluster);
	}

	/**
	 * Returns these settings with another time for each attempt.
	 * @param attemptTimeout the time for an attempt
	 * @return the new settings
	 */
	public CallSettings withAttemptTimeout(Duration attemptTimeout) {
		return new CallSettings(this.timeout, attemptTimeout, this.maxAttempts, this.loadBalancer, this.cluster);
	}

	/**
	 * Returns these settings with another number of attempts.
	 * @param maxAttempts how many, the first counts
	 * @return the new settings
	 */
	public CallSettings withMaxAttempts(int maxAttempts) {
		return new CallSettings(this.timeout, this.attemptTimeout, maxAttempts, this.loadBalancer, this.cluster);
	}

	/**
	 * Returns these settings with another load balancer.
	 * @param loadBalancer its name
	 * @return the new settings
	 */
	public CallSettings withLoadBalancer(String loadBalancer) {
		return new CallSettings(this.timeout, this.attemptTimeout, this.maxAttempts, loadBalancer, this.cluster);
	}

	/**
	 * Returns these settings with another mode.
	 * @param cluster what happens when an attempt fails
	 * @return the new settings
	 */
	public CallSettings withCluster(Cluster cluster) {
		return new CallSettings(this.timeout, this.attemptTimeout, this.maxAttempts, this.loadBalancer, cluster);
	}

	/**
	 * Returns these settings with what they leave open taken from others.
	 * @param defaults the others
	 * @return the new settings
	 */
	public CallSettings orElse(CallSettings defaults) {
		return new CallSettings((this.timeout != null) ? this.timeout : defaults.timeout,
				(this.attemptTimeout != null) ? this.attemptTimeout : defaults.attemptTimeout,
				(this.maxAttempts != 0) ? this.maxAttempts : defaults.maxAttempts,
				!this.loadBalancer.isEmpty() ? this.loadBalancer : defaults.loadBalancer,
				(this.cluster != null) ? this.cluster : defaults.cluster);
	}

	private static void check(String name, @Nullable Duration time) {
		if (time != null && (time.isNegative() || time.isZero() || time.compareTo(MAX_TIMEOUT) > 0)) {
			throw new IllegalArgumentException(name + ": " + time + " (expected: more than zero, at most 24 h)");
		}
	}

}
