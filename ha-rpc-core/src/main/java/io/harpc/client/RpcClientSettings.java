package io.harpc.client;

import java.time.Duration;

/**
 * What holds for every reference that says nothing else.
 *
 * @param timeout the time for a whole call, every attempt included
 * @param maxAttempts how many attempts a call may take, from 1 to
 * {@value ReferenceSettings#MAX_ATTEMPTS}; the first counts
 * @param loadBalancer the name of the load balancer
 */
public record RpcClientSettings(Duration timeout, int maxAttempts, String loadBalancer) {

	public RpcClientSettings {
		ReferenceSettings.checkTimeout(timeout);
		ReferenceSettings.checkMaxAttempts(maxAttempts);
	}

	/**
	 * Returns the defaults: 3 s, three attempts, {@code p2c}.
	 * @return the defaults
	 */
	public static RpcClientSettings defaults() {
		return new RpcClientSettings(Duration.ofSeconds(3), 3, "p2c");
	}

}
