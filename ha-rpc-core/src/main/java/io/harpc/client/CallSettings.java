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
 * @param maxAttempts how many attempts a call may take, from 1 to {@value #MAX_ATTEMPTS};
 * the first counts; zero if left open
 * @param loadBalancer the name of the load balancer; empty if left open
 */
public record CallSettings(@Nullable Duration timeout, int maxAttempts, String loadBalancer) {

	/** The largest number of attempts. */
	public static final int MAX_ATTEMPTS = 100;

	/** Leaves everything open. */
	public static final CallSettings OPEN = new CallSettings(null, 0, "");

	private static final Duration MAX_TIMEOUT = Duration.ofHours(24);

	public CallSettings {
		if (timeout != null && (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0)) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than zero, at most 24 h)");
		}
		if (maxAttempts < 0 || maxAttempts > MAX_ATTEMPTS) {
			throw new IllegalArgumentException(
					"max-attempts: " + maxAttempts + " (expected: 1 to " + MAX_ATTEMPTS + ")");
		}
		Objects.requireNonNull(loadBalancer, "loadBalancer");
	}

	/**
	 * Returns the defaults: 3 s, three attempts, {@code p2c}.
	 * @return the defaults, with nothing left open
	 */
	public static CallSettings defaults() {
		return new CallSettings(Duration.ofSeconds(3), 3, "p2c");
	}

	/**
	 * Returns these settings with another timeout.
	 * @param timeout the time for a whole call
	 * @return the new settings
	 */
	public CallSettings withTimeout(Duration timeout) {
		return new CallSettings(timeout, this.maxAttempts, this.loadBalancer);
	}

	/**
	 * Returns these settings with another number of attempts.
	 * @param maxAttempts how many, the first counts
	 * @return the new settings
	 */
	public CallSettings withMaxAttempts(int maxAttempts) {
		return new CallSettings(this.timeout, maxAttempts, this.loadBalancer);
	}

	/**
	 * Returns these settings with another load balancer.
	 * @param loadBalancer its name
	 * @return the new settings
	 */
	public CallSettings withLoadBalancer(String loadBalancer) {
		return new CallSettings(this.timeout, this.maxAttempts, loadBalancer);
	}

	/**
	 * Returns these settings with what they leave open taken from others.
	 * @param defaults the others
	 * @return the new settings
	 */
	public CallSettings orElse(CallSettings defaults) {
		return new CallSettings((this.timeout != null) ? this.timeout : defaults.timeout,
				(this.maxAttempts != 0) ? this.maxAttempts : defaults.maxAttempts,
				!this.loadBalancer.isEmpty() ? this.loadBalancer : defaults.loadBalancer);
	}

}
