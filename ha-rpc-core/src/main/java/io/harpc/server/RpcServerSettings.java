package io.harpc.server;

import java.time.Duration;

import io.harpc.serialization.Serializer;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;

/**
 * How a server listens, how much it takes on and how it says good-bye.
 *
 * @param transport where it listens, and how much of a peer it puts up with
 * @param serializer how arguments and results become bytes; its name is told to the
 * clients
 * @param advertisedHost the host that goes into the registry, {@code null} for one of the
 * machine's own addresses
 * @param zone the place where it runs, empty for none
 * @param priority its place in the order of {@code primary-backup}, zero for a primary
 * @param shutdownGracePeriod how long calls in progress may take to finish on shutdown;
 * zero waits for none
 * @param includeStackTrace whether the stack trace of an exception travels to the caller
 * @param adaptiveLimit whether fewer calls run at once than the transport allows where
 * more would only make each other slower
 * @param replays how much is remembered of calls that carry an idempotency key
 * @param authorization who may call what
 */
public record RpcServerSettings(TransportServerSettings transport, Serializer serializer,
		@Nullable String advertisedHost, String zone, int priority, Duration shutdownGracePeriod,
		boolean includeStackTrace, boolean adaptiveLimit, ReplaySettings replays, AuthorizationSettings authorization) {

	public RpcServerSettings {
		if (shutdownGracePeriod.isNegative()) {
			throw new IllegalArgumentException(
					"shutdownGracePeriod: " + shutdownGracePeriod + " (expected: zero or more)");
		}
		transport = transport.withSerialization(serializer.name());
	}

	/**
	 * Creates settings with the defaults of all that is not named: a primary, an adaptive
	 * limit, 10,000 calls remembered, no authorization.
	 * @param transport where it listens, and how much of a peer it puts up with
	 * @param serializer how arguments and results become bytes
	 * @param advertisedHost the host that goes into the registry, {@code null} for one of
	 * the machine's own addresses
	 * @param zone the place where it runs, empty for none
	 * @param shutdownGracePeriod how long calls in progress may take to finish
	 * @param includeStackTrace whether the stack trace of an exception travels
	 */
	public RpcServerSettings(TransportServerSettings transport, Serializer serializer, @Nullable String advertisedHost,
			String zone, Duration shutdownGracePeriod, boolean includeStackTrace) {
		this(transport, serializer, advertisedHost, zone, 0, shutdownGracePeriod, includeStackTrace, true,
				ReplaySettings.defaults(), AuthorizationSettings.NONE);
	}

	/**
	 * Returns these settings with others of who may call what.
	 * @param authorization who may
	 * @return the new settings
	 */
	public RpcServerSettings withAuthorization(AuthorizationSettings authorization) {
		return new RpcServerSettings(this.transport, this.serializer, this.advertisedHost, this.zone, this.priority,
				this.shutdownGracePeriod, this.includeStackTrace, this.adaptiveLimit, this.replays, authorization);
	}

	/**
	 * Returns the defaults: JSON, one of the machine's own addresses, no zone, 20 s to
	 * finish, no stack traces.
	 * @param port the port, 0 for any free one
	 * @return the defaults
	 */
	public static RpcServerSettings defaults(int port) {
		return new RpcServerSettings(TransportServerSettings.defaults(port), Serializer.json(), null, "",
				Duration.ofSeconds(20), false);
	}

}
