package io.harpc.autoconfigure.actuate;

import java.net.InetAddress;
import java.util.List;

import io.harpc.autoconfigure.RpcClientAutoConfiguration;
import io.harpc.autoconfigure.RpcRegistryAutoConfiguration;
import io.harpc.autoconfigure.RpcServerAutoConfiguration;
import io.harpc.security.AuthenticationException;
import io.harpc.security.Credentials;
import io.harpc.security.ServerAuthentication;
import io.harpc.server.RpcServerSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AuthenticationMeters}.
 */
class AuthenticationMetersTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcServerAutoConfiguration.class, RpcActuatorAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory");

	@Test
	void countWhoIsAcceptedAndWhoIsNotByScheme() {
		this.runner
			.withPropertyValues(
					"ha-rpc.server.authentication.keys.k1.secret=a secret of thirty-two characters, or more")
			.run((context) -> {
				MeterRegistry meters = new SimpleMeterRegistry();
				context.getBean(AuthenticationMeters.class).bindTo(meters);
				ServerAuthentication server = context.getBean(RpcServerSettings.class).transport().authentication();
				Credentials none = new Credentials(InetAddress.getLoopbackAddress(), false, List.of(), null);
				assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> server.authenticate(none));
				assertThat(meters.get(AuthenticationMeters.NAME)
					.tags("scheme", "none", "result", "refused")
					.functionCounter()
					.count()).isEqualTo(1);
				assertThat(meters.get(AuthenticationMeters.NAME).functionCounters()).hasSize(8);
			});
	}

	@Test
	void countNothingWhereNobodyIsAsked() {
		this.runner.run((context) -> {
			MeterRegistry meters = new SimpleMeterRegistry();
			context.getBean(AuthenticationMeters.class).bindTo(meters);
			assertThat(meters.getMeters()).isEmpty();
		});
	}

}
