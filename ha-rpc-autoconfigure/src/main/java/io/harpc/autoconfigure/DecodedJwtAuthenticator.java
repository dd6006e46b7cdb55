package io.harpc.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.harpc.Identity;
import io.harpc.autoconfigure.AuthenticationProperties.JwtAuthenticator;
import io.harpc.security.Authentication;
import io.harpc.security.AuthenticationException;
import io.harpc.security.Credentials;
import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidationException;

/**
 * Knows clients by the tokens that Spring Security decodes, until these expire. Roles are
 * read as {@code JwtGrantedAuthoritiesConverter} reads authorities, without a prefix.
 */
final class DecodedJwtAuthenticator implements JwtAuthenticator {

	private static final List<String> ROLES_CLAIMS = List.of("scope", "scp", "roles");

	private final JwtDecoder decoder;

	private final String nameClaim;

	private final List<String> rolesClaims;

	DecodedJwtAuthenticator(JwtDecoder decoder, RpcProperties.Jwt properties) {
		this.decoder = decoder;
		this.nameClaim = properties.nameClaim();
		this.rolesClaims = (properties.rolesClaim() != null) ? List.of(properties.rolesClaim()) : ROLES_CLAIMS;
	}

	@Override
	public @Nullable Authentication authenticate(Credentials credentials) throws AuthenticationException {
		String token = credentials.token();
		if (token == null) {
			return null;
		}
		Jwt jwt = decode(token);
		if (!(jwt.getClaims().get(this.nameClaim) instanceof String name)) {
			throw new AuthenticationException("the token has no claim " + this.nameClaim + " to know its owner by");
		}
		try {
			return new Authentication(new Identity(name, roles(jwt)), jwt.getExpiresAt());
		}
		catch (IllegalArgumentException ex) {
			throw new AuthenticationException(
					"the token's claim " + this.nameClaim + " cannot be a name: " + ex.getMessage());
		}
	}

	private Jwt decode(String token) throws AuthenticationException {
		try {
			return this.decoder.decode(token);
		}
		catch (JwtValidationException ex) {
			throw new AuthenticationException("the token is not valid: " + ex.getErrors()
				.stream()
				.map(OAuth2Error::getDescription)
				.filter(Objects::nonNull)
				.collect(Collectors.joining("; ")));
		}
		catch (BadJwtException ex) {
			// Without its message, which may quote the token.
			throw new AuthenticationException("the token is not valid");
		}
	}

	private Set<String> roles(Jwt jwt) {
		for (String claim : this.rolesClaims) {
			Object value = jwt.getClaims().get(claim);
			if (value instanceof String text) {
				return text.isBlank() ? Set.of() : Set.copyOf(Arrays.asList(text.trim().split("\\s+")));
			}
			if (value instanceof Collection<?> elements) {
				return elements.stream().filter(Objects::nonNull).map(String::valueOf).collect(Collectors.toSet());
			}
		}
		return Set.of();
	}

}
