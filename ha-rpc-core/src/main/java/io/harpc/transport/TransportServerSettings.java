package io.harpc.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;

import io.harpc.protocol.Hello;
import io.harpc.security.ServerAuthentication;
import org.jspecify.annotations.Nullable;

import static io.harpc.transport.TransportClientSettings.check;
import static io.harpc.transport.TransportClientSettings.positive;

/**
 * Where a server listens, and how much of a peer it puts up with.
 *
 * @param bindAddress the host name or address to bind, empty for all
 * @param port the port, 0 for any free one
 * @param serialization the name of the serialization that payloads are in, told to every
 * client
 * @param maxConnections how many connections may be open; a further one is refused
 * @param maxConcurrentCalls how many calls may run at once; a further one waits, or is
 * answered that the server is busy
 * @param maxQueuedCalls how many calls may wait for one that runs to end
 * @param maxFrameSize the largest frame in bytes, either way
 * @param handshakeTimeout from accepting a connection to the end of its hello
 * @param idleTimeout how long a connection may be silent; clients send heartbeats, so
 * silence means that nobody is there
 * @param writeTimeout how long a peer may read nothing of what is written to it
 * @param encryption asked for each connection how to encrypt it, {@code null} for plain
 * text
 * @param acceptPlain whether connections in plain text are taken although there is
 * encryption
 * @param authentication what clients are known by, {@code null} if they are not asked
 */
public record TransportServerSettings(String bindAddress, int port, String serialization, int maxConnections,
		int maxConcurrentCalls, int maxQueuedCalls, int maxFrameSize, Duration handshakeTimeout, Duration idleTimeout,
		Duration writeTimeout, @Nullable Supplier<Encryption> encryption, boolean acceptPlain,
		@Nullable ServerAuthentication authentication) {

	public TransportServerSettings {
		check(port >= 0 && port <= 65535, "port", port, "0 to 65535");
		check(!serialization.isEmpty(), "serialization", "''", "a name such as json");
		check(maxConnections >= 1, "maxConnections", maxConnections, "at least 1");
		check(maxConcurrentCalls >= 1, "maxConcurrentCalls", maxConcurrentCalls, "at least 1");
		check(maxQueuedCalls >= 0, "maxQueuedCalls", maxQueuedCalls, "at least 0");
		check(maxFrameSize >= Hello.MAX_FRAME_SIZE, "maxFrameSize", maxFrameSize, "at least 4096 bytes");
		positive("handshakeTimeout", handshakeTimeout);
		positive("idleTimeout", idleTimeout);
		positive("writeTimeout", writeTimeout);
	}

	/**
	 * What is said of the server to those who want to connect.
	 * @return whether it speaks nothing but TLS, or ({@code false}) nothing but plain
	 * text; {@code null} if it speaks both
	 */
	public @Nullable Boolean tls() {
		return (this.encryption != null && this.acceptPlain) ? null : Boolean.valueOf(this.encryption != null);
	}

	/**
	 * Whether others than this machine can connect.
	 * @return {@code true} unless it binds to a loopback address
	 */
	public boolean isBeyondLoopback() {
		if (this.bindAddress.isEmpty()) {
			return true;
		}
		InetAddress bound = new InetSocketAddress(this.bindAddress, this.port).getAddress();
		return bound == null || !bound.isLoopbackAddress();
	}

	/**
	 * Returns the defaults: all addresses, JSON, 4096 connections, 1024 calls and 256
	 * that wait, frames up to 4 MiB, 5 s for the hello, 60 s of silence, 10 s for a peer
	 * that does not read, plain text, clients that need not say who they are.
	 * @param port the port, 0 for any free one
	 * @return the defaults
	 */
	public static TransportServerSettings defaults(int port) {
		return new TransportServerSettings("", port, "json", 4096, 1024, 256, 4 * 1024 * 1024, Duration.ofSeconds(5),
				Duration.ofSeconds(60), Duration.ofSeconds(10), null, false, null);
	}

	/**
	 * Returns these settings with another address to bind.
	 * @param bindAddress the host name or address, empty for all
	 * @return the new settings
	 */
	public TransportServerSettings withBindAddress(String bindAddress) {
		return new TransportServerSettings(bindAddress, this.port, this.serialization, this.maxConnections,
				this.maxConcurrentCalls, this.maxQueuedCalls, this.maxFrameSize, this.handshakeTimeout,
				this.idleTimeout, this.writeTimeout, this.encryption, this.acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with another port.
	 * @param port the port, 0 for any free one
	 * @return the new settings
	 */
	public TransportServerSettings withPort(int port) {
		return new TransportServerSettings(this.bindAddress, port, this.serialization, this.maxConnections,
				this.maxConcurrentCalls, this.maxQueuedCalls, this.maxFrameSize, this.handshakeTimeout,
				this.idleTimeout, this.writeTimeout, this.encryption, this.acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with another serialization.
	 * @param serialization its name
	 * @return the new settings
	 */
	public TransportServerSettings withSerialization(String serialization) {
		return new TransportServerSettings(this.bindAddress, this.port, serialization, this.maxConnections,
				this.maxConcurrentCalls, this.maxQueuedCalls, this.maxFrameSize, this.handshakeTimeout,
				this.idleTimeout, this.writeTimeout, this.encryption, this.acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with other limits.
	 * @param maxConnections how many connections may be open
	 * @param maxConcurrentCalls how many calls may run at once
	 * @param maxFrameSize the largest frame in bytes
	 * @return the new settings
	 */
	public TransportServerSettings withLimits(int maxConnections, int maxConcurrentCalls, int maxFrameSize) {
		return new TransportServerSettings(this.bindAddress, this.port, this.serialization, maxConnections,
				maxConcurrentCalls, this.maxQueuedCalls, maxFrameSize, this.handshakeTimeout, this.idleTimeout,
				this.writeTimeout, this.encryption, this.acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with another length of the queue.
	 * @param maxQueuedCalls how many calls may wait, zero for none
	 * @return the new settings
	 */
	public TransportServerSettings withMaxQueuedCalls(int maxQueuedCalls) {
		return new TransportServerSettings(this.bindAddress, this.port, this.serialization, this.maxConnections,
				this.maxConcurrentCalls, maxQueuedCalls, this.maxFrameSize, this.handshakeTimeout, this.idleTimeout,
				this.writeTimeout, this.encryption, this.acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with other timeouts.
	 * @param handshake from accepting a connection to the end of its hello
	 * @param idle how long a connection may be silent
	 * @param write how long a peer may read nothing
	 * @return the new settings
	 */
	public TransportServerSettings withTimeouts(Duration handshake, Duration idle, Duration write) {
		return new TransportServerSettings(this.bindAddress, this.port, this.serialization, this.maxConnections,
				this.maxConcurrentCalls, this.maxQueuedCalls, this.maxFrameSize, handshake, idle, write,
				this.encryption, this.acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with encryption.
	 * @param encryption asked for each connection how to encrypt it
	 * @param acceptPlain whether connections in plain text are taken besides
	 * @return the new settings
	 */
	public TransportServerSettings withEncryption(Supplier<Encryption> encryption, boolean acceptPlain) {
		return new TransportServerSettings(this.bindAddress, this.port, this.serialization, this.maxConnections,
				this.maxConcurrentCalls, this.maxQueuedCalls, this.maxFrameSize, this.handshakeTimeout,
				this.idleTimeout, this.writeTimeout, encryption, acceptPlain, this.authentication);
	}

	/**
	 * Returns these settings with clients that have to say who they are.
	 * @param authentication what they are known by, {@code null} if they are not asked
	 * @return the new settings
	 */
	public TransportServerSettings withAuthentication(@Nullable ServerAuthentication authentication) {
		return new TransportServerSettings(this.bindAddress, this.port, this.serialization, this.maxConnections,
				this.maxConcurrentCalls, this.maxQueuedCalls, this.maxFrameSize, this.handshakeTimeout,
				this.idleTimeout, this.writeTimeout, this.encryption, this.acceptPlain, authentication);
	}

}
