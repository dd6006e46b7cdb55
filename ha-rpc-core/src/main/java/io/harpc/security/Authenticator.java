package io.harpc.security;

import java.util.List;
import java.util.Map;
import java.util.Set;

import io.harpc.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who a client is, by the token that it sends, the certificate that TLS has
 * verified, or anything else known of its connection. To be implemented by an
 * application; must be thread-safe.
 * <p>
 * Called once for each connection, before it is welcome, on a thread that may block for a
 * while: after {@code handshake-timeout} the connection is gone. What it throws besides
 * {@link AuthenticationException} refuses the connection too, and is logged.
 */
@FunctionalInterface
public interface Authenticator {

	/**
	 * Checks what a client has shown.
	 * @param credentials what it has shown
	 * @return who it is, {@code null} if that is for another to say: then the next
	 * authenticator is asked
	 * @throws AuthenticationException if it is not who it says it is
	 */
	@Nullable Authentication authenticate(Credentials credentials) throws AuthenticationException;

	/**
	 * Knows clients that send no token by the names in their certificates, for as long as
	 * these are valid.
	 * @param name where the name is
	 * @param roles the names that have a role, by role
	 * @return the authenticator
	 */
	static Authenticator byCertificate(CertificateName name, Map<String, ? extends List<String>> roles) {
		return (credentials) -> {
			if (credentials.token() != null || credentials.certificates().isEmpty()) {
				return null;
			}
			String found = name.in(credentials.certificates().get(0));
			List<String> own = roles.entrySet()
				.stream()
				.filter((role) -> role.getValue().contains(found))
				.map(Map.Entry::getKey)
				.map(String::valueOf)
				.toList();
			try {
				return new Authentication(new Identity(found, Set.copyOf(own)),
						credentials.certificates().get(0).getNotAfter().toInstant());
			}
			catch (IllegalArgumentException ex) {
				throw new AuthenticationException(
						"the certificate's " + name + " cannot be a name: " + ex.getMessage());
			}
		};
	}

}
