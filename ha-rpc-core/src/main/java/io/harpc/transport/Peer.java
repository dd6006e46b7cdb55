package io.harpc.transport;

import java.util.function.Supplier;

import io.harpc.Address;
import org.jspecify.annotations.Nullable;

/**
 * Whom a channel leads to, and how. Channels to equal peers may be shared, others not.
 * Immutable.
 *
 * @param address where it listens; under TLS its certificate has to be for this host
 * @param encryption asked for each connection how to encrypt it, {@code null} for plain
 * text. There is no falling back from the one to the other
 * @param tls whether it is said to speak nothing but TLS, or ({@code false}) nothing but
 * plain text; {@code null} if both, or if nobody has said. Where that does not go with
 * the encryption no connection is made
 */
public record Peer(Address address, @Nullable Supplier<Encryption> encryption, @Nullable Boolean tls) {

	/**
	 * Returns a peer of which nothing is known, to be spoken to in plain text.
	 * @param address where it listens
	 * @return the peer
	 */
	public static Peer plain(Address address) {
		return new Peer(address, null, null);
	}

	/**
	 * {@return why no connection must be made, {@code null} if one may}
	 */
	@Nullable String mismatch() {
		if (this.encryption != null && Boolean.FALSE.equals(this.tls)) {
			return this.address + ": the instance speaks no TLS (expected: TLS, since this client has an SSL bundle;"
					+ " set ha-rpc.server.ssl.bundle there)";
		}
		if (this.encryption == null && Boolean.TRUE.equals(this.tls)) {
			return this.address + ": the instance speaks nothing but TLS, and this client has no SSL bundle (set"
					+ " ha-rpc.client.ssl.bundle)";
		}
		return null;
	}

}
