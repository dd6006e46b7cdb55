package io.harpc.autoconfigure;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.harpc.RpcRejectedException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.autoconfigure.actuate.RpcActuatorAutoConfiguration;
import io.harpc.autoconfigure.actuate.RpcEndpoint;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Registry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.ConfigurationPropertiesAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of properties that the receiver does not know, and that nothing shows what
 * was in them.
 */
class PayloadStrictnessTests {

	private static final String SECRET = "s3cret-4111111111111111";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConfigurationPropertiesAutoConfiguration.class,
				RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcActuatorAutoConfiguration.class))
		.withUserConfiguration(Cashier.class)
		.withPropertyValues("ha-rpc.server.address=127.0.0.1", "ha-rpc.server.port=0",
				"ha-rpc.server.advertised-host=127.0.0.1", "management.endpoints.web.exposure.include=*");

	@Test
	void whatIsUnknownIsPassedOver() {
		this.runner.run((context) -> assertThat(till(context).pay(new Card(SECRET))).isEqualTo(new Card(SECRET)));
	}

	@Test
	void aStrictServerRefusesArguments() {
		this.runner.withPropertyValues("ha-rpc.server.strict-payloads=true").run((context) -> {
			assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(() -> till(context).pay(new Card(SECRET)))
				.withMessageContaining("MALFORMED")
				.withMessageContaining("digits is no property of " + Card.class.getName())
				.satisfies((ex) -> assertThat(ex).hasNoCause());
			assertShowsNoSecret(context.getBean(RpcEndpoint.class));
		});
	}

	@Test
	void aStrictClientRefusesAResult() {
		this.runner.withPropertyValues("ha-rpc.client.strict-payloads=true").run((context) -> {
			assertThatExceptionOfType(RpcUnknownOutcomeException.class)
				.isThrownBy(() -> till(context).pay(new Card(SECRET)))
				.withMessageContaining("digits is no property of " + Card.class.getName())
				.satisfies((ex) -> assertThat(String.valueOf(ex.getCause())).doesNotContain("s3cret"));
			assertShowsNoSecret(context.getBean(RpcEndpoint.class));
		});
	}

	@Test
	void aValueThatIsNoBooleanIsRefused() {
		this.runner.withPropertyValues("ha-rpc.server.strict-payloads=perhaps")
			.run((context) -> assertThat(context).hasFailed().getFailure().rootCause().hasMessageContaining("perhaps"));
	}

	private static Till till(ApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
		return context.getBean(Caller.class).till;
	}

	private static void assertShowsNoSecret(RpcEndpoint endpoint) throws Exception {
		String shown = JsonMapper.builder()
			.addModule(new JavaTimeModule())
			.build()
			.writeValueAsString(endpoint.describe());
		assertThat(shown).contains("digits is no property").doesNotContain("s3cret", "4111");
	}

	interface Till {

		Card pay(Card card);

	}

	/** Sends a property that nothing takes back, as a later version of it would. */
	record Card(String number) {

		public int getDigits() {
			return this.number.length();
		}

	}

	static class Caller {

		private final Till till;

		Caller(@RpcReference Till till) {
			this.till = till;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Cashier {

		@Bean
		Registry registry() {
			return new InMemoryRegistry();
		}

		@Bean
		Caller caller(@RpcReference Till till) {
			return new Caller(till);
		}

		@Bean
		Service service() {
			return new Service();
		}

	}

	@RpcService
	static class Service implements Till {

		@Override
		public Card pay(Card card) {
			return new Card(card.number());
		}

	}

}
