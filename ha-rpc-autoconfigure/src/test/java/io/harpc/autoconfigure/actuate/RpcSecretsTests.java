package io.harpc.autoconfigure.actuate;

import io.harpc.autoconfigure.RpcClientAutoConfiguration;
import io.harpc.autoconfigure.RpcRegistryAutoConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.env.EnvironmentEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import com.fasterxml.jackson.databind.ObjectMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcSecrets}.
 */
class RpcSecretsTests {

	@ParameterizedTest
	@CsvSource({ "ha-rpc.registry.zookeeper.digest.password, true", "HA_RPC_REGISTRY_ZOOKEEPER_DIGEST_PASSWORD, true",
			"HARPC_REGISTRY_SIGNING_KEYS_K1_SECRET, true", "ha-rpc.registry.signing.keys.k1.privateKey, true",
			"ha-rpc.registry.signing.keys.k1.private-key, true", "ha-rpc.registry.signing.keys.k1.public-key, false",
			"ha-rpc.server.authentication.keys.k1.secret, true", "HA_RPC_CLIENT_AUTHENTICATION_SECRET, true",
			"ha-rpc.client.authentication.key-id, false", "ha-rpc.registry.zookeeper.digest.username, false",
			"spring.datasource.password, false" })
	void hidesWhatIsSecret(String key, boolean hidden) {
		SanitizableData data = new RpcSecrets().apply(new SanitizableData(null, key, "s3cret"));
		assertThat(data.getValue()).isEqualTo(hidden ? SanitizableData.SANITIZED_VALUE : "s3cret");
	}

	@Test
	void noEndpointShowsASecretEvenWhereValuesAreShown() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class,
					RpcClientAutoConfiguration.class, RpcActuatorAutoConfiguration.class,
					ConfigurationPropertiesReportEndpointAutoConfiguration.class,
					EnvironmentEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=*",
					"management.endpoint.configprops.show-values=always", "management.endpoint.env.show-values=always",
					"ha-rpc.registry.zookeeper.connect-string=localhost:1",
					"ha-rpc.registry.zookeeper.digest.username=orders",
					"ha-rpc.registry.zookeeper.digest.password=s3cret",
					"ha-rpc.server.authentication.keys.k1.secret=s3cret-of-thirty-two-characters-or-more",
					"ha-rpc.client.authentication.key-id=k1",
					"ha-rpc.client.authentication.secret=s3cret-of-thirty-two-characters-or-more",
					"ha-rpc.registry.signing.keys.k1.secret=s3cret-of-thirty-two-characters-or-more")
			.run((context) -> {
				ObjectMapper json = new ObjectMapper().findAndRegisterModules();
				String properties = json.writeValueAsString(
						context.getBean(ConfigurationPropertiesReportEndpoint.class).configurationProperties());
				assertThat(properties).contains("orders").doesNotContain("s3cret");
				String environment = json
					.writeValueAsString(context.getBean(EnvironmentEndpoint.class).environment("ha-rpc.*"));
				assertThat(environment).contains("orders").doesNotContain("s3cret");
				assertThat(context.getBean(RpcEndpoint.class).describe().toString()).doesNotContain("s3cret");
			});
	}

}
