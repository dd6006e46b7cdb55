package io.harpc.transport;

import java.net.InetAddress;
import java.time.Duration;
import java.util.function.Predicate;

import io.harpc.protocol.Hello;
import io.harpc.security.ClientAuthentication;
import org.jspecify.annotations.Nullable;

/**
 * How a client connects and when it gives a connection up.
 *
 * @param connections how many connections to an address all callers share, from 1 to 64
 * @param connectTimeout for making a connection and for the hello on it, each
 * @param heartbeatInterval how long a connection may be silent before it is asked for a
 * sign of life
 * @param heartbeatTimeout how long that sign may take before the connection is closed by
 * force
 * @param minBackoff the pause after the first failed connect, doubled after each further
 * one, give or take a fifth
 * @param maxBackoff the longest pause between two connects
 * @param maxFrameSize the largest frame in bytes, either way
 * @param allowed which addresses may be connected to; asked with the one that a name has
 * just resolved to
 * @param authentication by what the client proves who it is, {@code null} if by nothing
 * but its certificate
 */
public record TransportClientSettings(int connections, Duration connectTimeout, Duration heartbeatInterval,
		Duration heartbeatTimeout, Duration minBackoff, Duration maxBackoff, int maxFrameSize,
		Predicate<InetAddress> allowed, @Nullable ClientAuthentication authentication) {

	private static final Duration MAX_DURATION = Duration.ofDays(365);

	public TransportClientSettings {
		check(connections >= 1 && connections <= 64, "connections", connections, "1 to 64");
		positive("connectTimeout", connectTimeout);
		positive("heartbeatInterval", heartbeatInterval);
		positive("heartbeatTimeout", heartbeatTimeout);
		positive("minBackoff", minBackoff);
		positive("maxBackoff", maxBackoff);
		check(maxBackoff.compareTo(minBackoff) >= 0, "maxBackoff", maxBackoff, "at least minBackoff, " + minBackoff);
		check(maxFrameSize >= Hello.MAX_FRAME_SIZE, "maxFrameSize", maxFrameSize, "at least 4096 bytes");
	}

	/**
	 * Returns the defaults: two connections, 1 s to connect, heartbeats after 5 s of
	 * silence that may take 5 s, 100 ms to 3 s between connects, frames up to 4 MiB, to
	 * any address, nothing to prove who it is.
	 * @return the defaults
	 */
	public static TransportClientSettings defaults() {
		return new TransportClientSettings(2, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(5),
				Duration.ofMillis(100), Duration.ofSeconds(3), 4 * 1024 * 1024, (address) -> true, null);
	}

	/**
	 * Returns these settings with another number of connections.
	 * @param connections how many connections to an address
	 * @return the new settings
	 */
	public TransportClientSettings withConnections(int connections) {
		return new TransportClientSettings(connections, this.connectTimeout, this.heartbeatInterval,
				this.heartbeatTimeout, this.minBackoff, this.maxBackoff, this.maxFrameSize, this.allowed,
				this.authentication);
	}

	/**
	 * Returns these settings with another time to connect.
	 * @param connectTimeout for making a connection, and for the hello on it
	 * @return the new settings
	 */
	public TransportClientSettings withConnectTimeout(Duration connectTimeout) {
		return new TransportClientSettings(this.connections, connectTimeout, this.heartbeatInterval,
				this.heartbeatTimeout, this.minBackoff, this.maxBackoff, this.maxFrameSize, this.allowed,
				this.authentication);
	}

	/**
	 * Returns these settings with another heartbeat.
	 * @param interval the silence after which a sign of life is asked for
	 * @param timeout how long that sign may take
	 * @return the new settings
	 */
	public TransportClientSettings withHeartbeat(Duration interval, Duration timeout) {
		return new TransportClientSettings(this.connections, this.connectTimeout, interval, timeout, this.minBackoff,
				this.maxBackoff, this.maxFrameSize, this.allowed, this.authentication);
	}

	/**
	 * Returns these settings with other pauses between connects.
	 * @param min the first pause
	 * @param max the longest pause
	 * @return the new settings
	 */
	public TransportClientSettings withBackoff(Duration min, Duration max) {
		return new TransportClientSettings(this.connections, this.connectTimeout, this.heartbeatInterval,
				this.heartbeatTimeout, min, max, this.maxFrameSize, this.allowed, this.authentication);
	}

	/**
	 * Returns these settings with another limit for frames.
	 * @param maxFrameSize the largest frame in bytes
	 * @return the new settings
	 */
	public TransportClientSettings withMaxFrameSize(int maxFrameSize) {
		return new TransportClientSettings(this.connections, this.connectTimeout, this.heartbeatInterval,
				this.heartbeatTimeout, this.minBackoff, this.maxBackoff, maxFrameSize, this.allowed,
				this.authentication);
	}

	/**
	 * Returns these settings with other addresses that may be connected to.
	 * @param allowed which
	 * @return the new settings
	 */
	public TransportClientSettings withAllowed(Predicate<InetAddress> allowed) {
		return new TransportClientSettings(this.connections, this.connectTimeout, this.heartbeatInterval,
				this.heartbeatTimeout, this.minBackoff, this.maxBackoff, this.maxFrameSize, allowed,
				this.authentication);
	}

	/**
	 * Returns these settings with something to prove who the client is.
	 * @param authentication by what it does, {@code null} if by nothing
	 * @return the new settings
	 */
	public TransportClientSettings withAuthentication(@Nullable ClientAuthentication authentication) {
		return new TransportClientSettings(this.connections, this.connectTimeout, this.heartbeatInterval,
				this.heartbeatTimeout, this.minBackoff, this.maxBackoff, this.maxFrameSize, this.allowed,
				authentication);
	}

	/** Up to a year, so that sums in nanoseconds do not overflow. */
	static void positive(String name, Duration value) {
		check(!value.isNegative() && !value.isZero() && value.compareTo(MAX_DURATION) <= 0, name, value,
				"more than zero, at most 365 days");
	}

	static void check(boolean valid, String name, Object value, String expected) {
		if (!valid) {
			throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
		}
	}

}
