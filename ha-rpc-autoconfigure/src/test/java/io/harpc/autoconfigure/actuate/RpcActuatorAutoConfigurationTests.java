package io.harpc.autoconfigure.actuate;

import io.harpc.annotation.RpcReference;
import io.harpc.autoconfigure.RpcClientAutoConfiguration;
import io.harpc.autoconfigure.RpcRegistryAutoConfiguration;
import io.harpc.autoconfigure.RpcServerAutoConfiguration;
import io.harpc.client.RpcClient;
import io.harpc.registry.InMemoryRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcActuatorAutoConfiguration}.
 */
class RpcActuatorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcServerAutoConfiguration.class, RpcActuatorAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory", "management.endpoints.web.exposure.include=rpc");

	@Test
	void healthAndEndpointAreThere() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(Boot3RpcHealthIndicator.class)
			.hasSingleBean(RpcEndpoint.class));
	}

	@Test
	void nothingIsThereWithoutActuator() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(RpcClient.class)
				.doesNotHaveBean("rpcHealthIndicator")
				.doesNotHaveBean("rpcEndpoint"));
	}

	@Test
	void eachCanBeSwitchedOff() {
		this.runner.withPropertyValues("management.health.rpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("rpcHealthIndicator")
				.hasSingleBean(RpcEndpoint.class));
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcEndpoint.class));
		this.runner.withPropertyValues("ha-rpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("rpcHealthIndicator").doesNotHaveBean("rpcEndpoint"));
	}

	@Test
	void whatAnOperatorMayChangeIsThereOnlyWhereAccessIsGiven() {
		ApplicationContextRunner exposed = this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=*");
		exposed.run((context) -> assertThat(context).doesNotHaveBean(RpcServerEndpoint.class)
			.doesNotHaveBean(RpcEjectionsEndpoint.class));
		exposed
			.withPropertyValues("management.endpoint.rpcserver.access=UNRESTRICTED",
					"management.endpoint.rpcejections.access=UNRESTRICTED")
			.run((context) -> assertThat(context).hasSingleBean(RpcServerEndpoint.class)
				.hasSingleBean(RpcEjectionsEndpoint.class));
		exposed.withPropertyValues("management.endpoint.rpcserver.access=UNRESTRICTED", "ha-rpc.server.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcServerEndpoint.class));
	}

	@Test
	void theUsersOwnWin() {
		HealthIndicator own = () -> Health.up().withDetail("mine", true).build();
		this.runner.withBean("rpcHealthIndicator", HealthIndicator.class, () -> own)
			.withBean(RpcEndpoint.class,
					() -> new RpcEndpoint(null, new InMemoryRegistry(),
							RpcClient.builder(new InMemoryRegistry()).build()))
			.run((context) -> {
				assertThat(context.getBean("rpcHealthIndicator")).isSameAs(own);
				assertThat(context).hasSingleBean(RpcEndpoint.class);
			});
	}

	@Test
	void theEndpointSaysSoWhereThereIsNoServer() {
		this.runner.withPropertyValues("ha-rpc.server.enabled=false").run((context) -> {
			assertThat(context.getBean(RpcEndpoint.class).describe().server()).isNull();
			assertThat(context.getBean(Boot3RpcHealthIndicator.class).health().getDetails()).containsEntry("server",
					"No services are offered");
		});
	}

	@Test
	void theEndpointShowsHowAReferenceMakesItsCalls() {
		this.runner.withBean(Shop.class).run((context) -> {
			RpcEndpoint.ReferenceDescription shop = context.getBean(RpcEndpoint.class).describe().references().get(0);
			assertThat(shop.cluster()).isEqualTo("failfast");
			assertThat(shop.sticky()).isTrue();
			assertThat(shop.fallback()).isEqualTo(NoStock.class.getName());
			assertThat(shop.attemptTimeout()).hasMillis(200);
		});
	}

	@Test
	void theEndpointHasTheNameThatUsersKnow() {
		assertThat(RpcEndpoint.class.getAnnotation(Endpoint.class).id()).isEqualTo("rpc");
	}

	interface Stock {

		int count(String item);

	}

	static class NoStock implements Stock {

		@Override
		public int count(String item) {
			return 0;
		}

	}

	static class Shop {

		@RpcReference(cluster = "failfast", sticky = true, fallback = NoStock.class, attemptTimeout = "200ms")
		Stock stock;

	}

}
