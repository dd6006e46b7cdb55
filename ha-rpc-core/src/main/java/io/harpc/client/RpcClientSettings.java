package io.harpc.client;

import java.util.function.Supplier;

import io.harpc.transport.Encryption;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all references of a client.
 *
 * @param calls how calls are made where a reference leaves it open; leaves nothing open
 * itself but the time for an attempt, which then has no limit of its own
 * @param encryption asked for each connection how to encrypt it, {@code null} for plain
 * text; a reference may have another
 */
public record RpcClientSettings(CallSettings calls, @Nullable Supplier<Encryption> encryption) {

	public RpcClientSettings {
		if (calls.maxAttempts() == 0) {
			throw new IllegalArgumentException("max-attempts: 0 (expected: 1 to " + CallSettings.MAX_ATTEMPTS + ")");
		}
		if (calls.timeout() == null || calls.loadBalancer().isEmpty() || calls.cluster() == null) {
			throw new IllegalArgumentException(calls + " (expected: timeout, load balancer and cluster set)");
		}
	}

	/**
	 * Returns the defaults, in plain text.
	 * @return the defaults
	 */
	public static RpcClientSettings defaults() {
		return new RpcClientSettings(CallSettings.defaults(), null);
	}

	/**
	 * Returns these settings with other ones for calls.
	 * @param calls how calls are made
	 * @return the new settings
	 */
	public RpcClientSettings withCalls(CallSettings calls) {
		return new RpcClientSettings(calls, this.encryption);
	}

	/**
	 * Returns these settings with encryption.
	 * @param encryption asked for each connection how to encrypt it, {@code null} for
	 * plain text
	 * @return the new settings
	 */
	public RpcClientSettings withEncryption(@Nullable Supplier<Encryption> encryption) {
		return new RpcClientSettings(this.calls, encryption);
	}

}
