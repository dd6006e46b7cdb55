package io.harpc.security;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a client has shown of itself on a connection that is not welcome yet. Its text
 * does not show the token.
 *
 * @param address where it connects from
 * @param encrypted whether the connection is
 * @param certificates what TLS has verified, the client's own first; empty if it showed
 * none
 * @param token what it sent to be known by, {@code null} if nothing
 */
public record Credentials(InetAddress address, boolean encrypted, List<X509Certificate> certificates,
		@Nullable String token) {

	/**
	 * The kind of what is shown.
	 * @return the scheme, the strongest claim of the client's own first
	 */
	Scheme scheme() {
		if (this.token != null) {
			return Scheme.TOKEN;
		}
		return this.certificates.isEmpty() ? Scheme.NONE : Scheme.CERTIFICATE;
	}

	@Override
	public String toString() {
		return "Credentials[" + scheme() + " from " + this.address.getHostAddress() + "]";
	}

}
