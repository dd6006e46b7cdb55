package io.harpc.client;

/**
 * What holds for all references of a client.
 *
 * @param calls how calls are made where a reference leaves it open; leaves nothing open
 * itself but the time for an attempt, which then has no limit of its own
 */
public record RpcClientSettings(CallSettings calls) {

	public RpcClientSettings {
		if (calls.maxAttempts() == 0) {
			throw new IllegalArgumentException("max-attempts: 0 (expected: 1 to " + CallSettings.MAX_ATTEMPTS + ")");
		}
		if (calls.timeout() == null || calls.loadBalancer().isEmpty() || calls.cluster() == null) {
			throw new IllegalArgumentException(calls + " (expected: timeout, load balancer and cluster set)");
		}
	}

	/**
	 * Returns the defaults.
	 * @return the defaults
	 */
	public static RpcClientSettings defaults() {
		return new RpcClientSettings(CallSettings.defaults());
	}

	/**
	 * Returns these settings with other ones for calls.
	 * @param calls how calls are made
	 * @return the new settings
	 */
	public RpcClientSettings withCalls(CallSettings calls) {
		return new RpcClientSettings(calls);
	}

}
