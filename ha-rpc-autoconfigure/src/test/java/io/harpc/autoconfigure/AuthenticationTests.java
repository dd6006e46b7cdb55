package io.harpc.autoconfigure;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import io.harpc.Identity;
import io.harpc.security.Authentication;
import io.harpc.security.AuthenticationException;
import io.harpc.security.Authenticator;
import io.harpc.security.ClientAuthentication.ByKey;
import io.harpc.security.ClientAuthentication.ByToken;
import io.harpc.security.Credentials;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.TokenSource;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportClientSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the properties and beans that say who clients are.
 */
class AuthenticationTests {

	private static final String SECRET = "a secret of thirty-two characters, or more";

	private static final String SERVER = "ha-rpc.server.authentication.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcJwtAutoConfiguration.class, RpcServerAutoConfiguration.class))
		.withBean(RecordingRegistry.class);

	@Test
	void nobodyIsAskedUnlessToldOtherwise() {
		this.runner.run((context) -> {
			assertThat(server(context.getBean(RpcServerSettings.class))).isNull();
			assertThat(context.getBean(TransportClientSettings.class).authentication()).isNull();
		});
	}

	@Test
	void aKeyMakesAuthenticationRequired() {
		this.runner
			.withPropertyValues(SERVER + "keys.k1.secret=" + SECRET, SERVER + "keys.k1.identity=orders",
					SERVER + "keys.k1.roles=buyer,reader", "ha-rpc.client.authentication.key-id=k1",
					"ha-rpc.client.authentication.secret=" + SECRET)
			.run((context) -> {
				ServerAuthentication server = server(context.getBean(RpcServerSettings.class));
				assertRefused(server, null, "authentication is required");
				assertThat(context.getBean(TransportClientSettings.class).authentication())
					.isInstanceOfSatisfying(ByKey.class, (by) -> assertThat(by.key().name()).isEqualTo("k1"))
					.asString()
					.doesNotContain(SECRET);
				assertThat(context.getBean(RpcProperties.class).toString()).doesNotContain(SECRET);
			});
	}

	@Test
	void authenticationMayBeOptionalForAWhile() {
		this.runner.withPropertyValues(SERVER + "keys.k1.secret=" + SECRET, SERVER + "required=false")
			.run((context) -> assertThat(
					server(context.getBean(RpcServerSettings.class)).authenticate(credentials(null)))
				.isNull());
	}

	@ParameterizedTest
	@CsvSource({ "server.authentication.required=true, nothing to know clients by",
			"server.authentication.keys.k1.secret=short, secret of key k1: 5 bytes (expected: at least 32)",
			"server.authentication.keys.k1.roles=a, keys.k1.secret: none",
			"server.authentication.certificate.roles.admin=ops, certificate.name: none",
			"server.authentication.certificate.name=dns, ha-rpc.server.ssl.client-auth want or need",
			"server.authentication.jwt.enabled=true, JwtDecoder is not there",
			"client.authentication.key-id=k1, secret: none", "client.authentication.secret=short, key-id: none" })
	void saysClearlyWhatCannotBe(String property, String message) {
		this.runner.withPropertyValues("ha-rpc." + property)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining(message)
				.hasMessageNotContaining("short"));
	}

	@Test
	void aTokenSourceAndAKeyAreOneTooMany() {
		this.runner.withBean(TokenSource.class, () -> () -> "token")
			.withPropertyValues("ha-rpc.client.authentication.key-id=k1",
					"ha-rpc.client.authentication.secret=" + SECRET)
			.run((context) -> assertThat(context).hasFailed()
				.getFailure()
				.rootCause()
				.hasMessageContaining("there is a TokenSource too"));
	}

	@Test
	void aTokenSourceIsUsedByTheClient() {
		this.runner.withBean(TokenSource.class, () -> () -> "token")
			.run((context) -> assertThat(context.getBean(TransportClientSettings.class).authentication())
				.isInstanceOfSatisfying(ByToken.class, (by) -> {
					assertThat(by.source().token()).isEqualTo("token");
					assertThat(by.inPlainText()).isFalse();
				}));
	}

	@Test
	void anAuthenticatorOfTheApplicationIsAsked() {
		Identity orders = new Identity("orders", Set.of());
		this.runner
			.withBean(Authenticator.class,
					() -> (shown) -> "good".equals(shown.token()) ? new Authentication(orders) : null)
			.run((context) -> {
				ServerAuthentication server = server(context.getBean(RpcServerSettings.class));
				assertThat(server.authenticate(credentials("good"))).isEqualTo(new Authentication(orders));
				assertRefused(server, "bad", "nobody here takes a TOKEN");
			});
	}

	@Test
	void tokensThatSpringSecurityDecodesHaveNameRolesAndAnEnd() {
		Instant end = Instant.now().plusSeconds(60);
		withJwt(Map.of("sub", "orders", "scope", "read write"), end, (server) -> assertThat(authenticate(server))
			.isEqualTo(new Authentication(new Identity("orders", Set.of("read", "write")), end)));
		withJwt(Map.of("sub", "orders", "scp", List.of("read")), end,
				(server) -> assertThat(authenticate(server).identity().roles()).containsExactly("read"));
		withJwt(Map.of("client_id", "orders", "groups", List.of("ops"), "scope", "read"), end,
				(server) -> assertThat(authenticate(server).identity())
					.isEqualTo(new Identity("orders", Set.of("ops"))),
				SERVER + "jwt.name-claim=client_id", SERVER + "jwt.roles-claim=groups");
		withJwt(Map.of("aud", "orders"), end, (server) -> assertRefused(server, "any", "no claim sub"));
	}

	@Test
	void tokensThatAreNotValidAreRefusedWithoutBeingShown() {
		BadJwtException bad = new BadJwtException("Malformed token: t0ken");
		withDecoder((token) -> {
			throw bad;
		}, (server) -> assertRefused(server, "t0ken", "the token is not valid"));
		JwtValidationException expired = new JwtValidationException("no",
				List.of(new OAuth2Error("invalid_token", "Jwt expired at 2026-01-01T00:00:00Z", null)));
		withDecoder((token) -> {
			throw expired;
		}, (server) -> assertRefused(server, "t0ken", "Jwt expired at 2026-01-01T00:00:00Z"));
	}

	@Test
	void worksWithoutSpringSecurity() {
		this.runner.withClassLoader(new FilteredClassLoader(JwtDecoder.class))
			.withPropertyValues(SERVER + "keys.k1.secret=" + SECRET)
			.run((context) -> assertThat(server(context.getBean(RpcServerSettings.class))).isNotNull());
	}

	private void withJwt(Map<String, Object> claims, Instant end, Consumer<ServerAuthentication> test,
			String... properties) {
		withDecoder((token) -> new Jwt(token, end.minusSeconds(600), end, Map.of("alg", "none"), claims), test,
				properties);
	}

	private void withDecoder(JwtDecoder decoder, Consumer<ServerAuthentication> test, String... properties) {
		this.runner.withBean(JwtDecoder.class, () -> decoder)
			.withPropertyValues(SERVER + "jwt.enabled=true")
			.withPropertyValues(properties)
			.run((context) -> test.accept(server(context.getBean(RpcServerSettings.class))));
	}

	private static ServerAuthentication server(RpcServerSettings settings) {
		return settings.transport().authentication();
	}

	private static Authentication authenticate(ServerAuthentication server) {
		try {
			return server.authenticate(credentials("any"));
		}
		catch (AuthenticationException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void assertRefused(ServerAuthentication server, @Nullable String token, String message) {
		assertThatExceptionOfType(AuthenticationException.class)
			.isThrownBy(() -> server.authenticate(credentials(token)))
			.withMessageContaining(message)
			.withMessageNotContaining("t0ken");
	}

	private static Credentials credentials(@Nullable String token) {
		return new Credentials(InetAddress.getLoopbackAddress(), true, List.of(), token);
	}

}
