package io.harpc.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.harpc.Identity;
import io.harpc.autoconfigure.RpcProperties.AcceptedKeyProperties;
import io.harpc.autoconfigure.RpcProperties.ClientAuth;
import io.harpc.autoconfigure.RpcProperties.ClientCredentials;
import io.harpc.security.Authenticator;
import io.harpc.security.ClientAuthentication;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.SharedKey;
import io.harpc.security.TokenSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

/**
 * What the properties and beans say of who clients are.
 */
final class AuthenticationProperties {

	private static final String SERVER = "ha-rpc.server.authentication";

	private static final String CLIENT = "ha-rpc.client.authentication";

	private AuthenticationProperties() {
	}

	/**
	 * {@return what a server knows its clients by, {@code null} if it does not ask}
	 */
	static @Nullable ServerAuthentication ofServer(RpcProperties.Server server, ObjectProvider<Authenticator> beans) {
		RpcProperties.Authentication properties = server.authentication();
		try {
			List<AcceptedKey> keys = new ArrayList<>();
			properties.keys().forEach((name, key) -> keys.add(key(name, key)));
			List<Authenticator> authenticators = authenticators(properties, server.ssl(), beans);
			boolean required = properties.required() == null || properties.required();
			if (!keys.isEmpty() || !authenticators.isEmpty()) {
				return new ServerAuthentication(required, keys, authenticators);
			}
			if (properties.required() != null && required) {
				throw new IllegalArgumentException("required: true, and nothing to know clients by (expected: a key,"
						+ " certificate.name, jwt.enabled, or a bean of type Authenticator)");
			}
			return null;
		}
		catch (IllegalArgumentException ex) {
			throw failure(SERVER, ex);
		}
	}

	private static AcceptedKey key(String name, AcceptedKeyProperties key) {
		String secret = key.secret();
		if (secret == null) {
			throw new IllegalArgumentException("keys." + name + ".secret: none (expected: at least "
					+ SharedKey.MIN_SECRET_BYTES + " bytes of text)");
		}
		String identity = key.identity();
		return new AcceptedKey(SharedKey.of(name, secret),
				new Identity((identity != null) ? identity : name, Set.copyOf(key.roles())));
	}

	private static List<Authenticator> authenticators(RpcProperties.Authentication properties,
			RpcProperties.ServerSsl ssl, ObjectProvider<Authenticator> beans) {
		List<Authenticator> authenticators = new ArrayList<>(beans.orderedStream().toList());
		if (properties.jwt().enabled() && authenticators.stream().noneMatch(JwtAuthenticator.class::isInstance)) {
			throw new IllegalArgumentException("jwt.enabled: true, and Spring Security's JwtDecoder is not there"
					+ " (expected: spring-boot-starter-oauth2-resource-server and a bean of that type)");
		}
		if (properties.certificate().name() != null) {
			if (ssl.bundle() == null || ssl.clientAuth() == ClientAuth.NONE) {
				throw new IllegalArgumentException("certificate.name: " + properties.certificate().name()
						+ ", and clients are not asked for certificates (expected: ha-rpc.server.ssl.bundle, and"
						+ " ha-rpc.server.ssl.client-auth want or need)");
			}
			authenticators
				.add(Authenticator.byCertificate(properties.certificate().name(), properties.certificate().roles()));
		}
		else if (!properties.certificate().roles().isEmpty()) {
			throw new IllegalArgumentException(
					"certificate.name: none, and certificate.roles has some (expected: where the name is)");
		}
		return authenticators;
	}

	/**
	 * {@return by what a client proves who it is, {@code null} if by nothing}
	 */
	static @Nullable ClientAuthentication ofClient(ClientCredentials properties, @Nullable TokenSource tokens) {
		String keyId = properties.keyId();
		String secret = properties.secret();
		try {
			if ((keyId == null) != (secret == null)) {
				throw new IllegalArgumentException(
						((keyId == null) ? "key-id" : "secret") + ": none (expected: key-id and secret, or neither)");
			}
			if (keyId != null && secret != null) {
				if (tokens != null) {
					throw new IllegalArgumentException(
							"key-id: " + keyId + ", and there is a TokenSource too (expected: one of both)");
				}
				return new ClientAuthentication.ByKey(SharedKey.of(keyId, secret));
			}
			return (tokens != null) ? new ClientAuthentication.ByToken(tokens, properties.tokenInPlainText()) : null;
		}
		catch (IllegalArgumentException ex) {
			throw failure(CLIENT, ex);
		}
	}

	private static RpcStartupException failure(String prefix, IllegalArgumentException ex) {
		return new RpcStartupException("The properties below " + prefix + " cannot work: " + ex.getMessage(),
				"Correct the value named above.", ex);
	}

	/** Known without Spring Security's types, which may not be there. */
	interface JwtAuthenticator extends Authenticator {

	}

}
