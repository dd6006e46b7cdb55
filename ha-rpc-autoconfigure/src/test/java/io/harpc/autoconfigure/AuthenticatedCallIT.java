package io.harpc.autoconfigure;

import java.nio.file.Path;
import java.util.Set;

import io.harpc.CallContext;
import io.harpc.Identity;
import io.harpc.RpcRejectedException;
import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.CertificateAuthority.Certified;
import io.harpc.certificates.Contexts;
import io.harpc.security.Authentication;
import io.harpc.security.Authenticator;
import io.harpc.security.TokenSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Who a handler sees that calls, by everything that can be configured.
 */
@Timeout(120)
class AuthenticatedCallIT {

	private static final String SECRET = "a secret of thirty-two characters, or more";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, RpcRegistryAutoConfiguration.class,
				RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory", "ha-rpc.server.port=0",
				"ha-rpc.server.advertised-host=localhost", "ha-rpc.client.connect-timeout=20s",
				"ha-rpc.client.timeout=20s")
		.withUserConfiguration(Both.class);

	@Test
	void byKey() {
		ApplicationContextRunner keys = this.runner.withPropertyValues(
				"ha-rpc.server.authentication.keys.k1.secret=" + SECRET,
				"ha-rpc.server.authentication.keys.k1.identity=orders",
				"ha-rpc.server.authentication.keys.k1.roles=buyer", "ha-rpc.client.authentication.key-id=k1");
		keys.withPropertyValues("ha-rpc.client.authentication.secret=" + SECRET)
			.run((context) -> assertThat(whoAmI(context)).isEqualTo("orders [buyer]"));
		keys.withPropertyValues("ha-rpc.client.authentication.secret=" + SECRET + "!")
			.run((context) -> assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(() -> whoAmI(context))
				.withMessageContaining("key k1")
				.withMessageContaining("ha-rpc.client.authentication")
				.withMessageNotContaining(SECRET));
	}

	@Test
	void byToken() {
		this.runner.withBean(TokenSource.class, () -> () -> "token-of-orders")
			.withBean(Authenticator.class,
					() -> (shown) -> new Authentication(
							new Identity(String.valueOf(shown.token()).replace("token-of-", ""), Set.of())))
			.run((context) -> assertThat(whoAmI(context)).isEqualTo("orders []"));
	}

	@Test
	void byCertificate(@TempDir Path files) throws Exception {
		CertificateAuthority authority = new CertificateAuthority("tests");
		Contexts.writeAuthority(authority, files.resolve("ca.crt"));
		Certified certified = authority.issue("orders", "localhost");
		Contexts.writeChain(certified, files.resolve("own.crt"));
		Contexts.writeKey(certified, files.resolve("own.key"));
		String bundle = "spring.ssl.bundle.pem.own.";
		this.runner
			.withPropertyValues(bundle + "keystore.certificate=file:" + files.resolve("own.crt"),
					bundle + "keystore.private-key=file:" + files.resolve("own.key"),
					bundle + "truststore.certificate=file:" + files.resolve("ca.crt"), "ha-rpc.server.ssl.bundle=own",
					"ha-rpc.server.ssl.client-auth=need", "ha-rpc.client.ssl.bundle=own",
					"ha-rpc.server.authentication.certificate.name=common-name",
					"ha-rpc.server.authentication.certificate.roles.buyer=orders,others")
			.run((context) -> assertThat(whoAmI(context)).isEqualTo("orders [buyer]"));
	}

	private static String whoAmI(AssertableApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		return context.getBean(Caller.class).reference.whoAmI();
	}

	/** The service. */
	public interface WhoAmI {

		String whoAmI();

	}

	@RpcService
	static class WhoAmIBean implements WhoAmI {

		@Override
		public String whoAmI() {
			Identity identity = CallContext.current().identity();
			return (identity != null) ? identity.name() + " " + identity.roles() : "nobody";
		}

	}

	static class Caller {

		@RpcReference
		WhoAmI reference;

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ WhoAmIBean.class, Caller.class })
	static class Both {

	}

}
