package io.harpc.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.CommonsClientAutoConfiguration;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RpcSpringCloudAutoConfiguration}, and for Spring Cloud as the source
 * of instances.
 */
class RpcSpringCloudAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
				RpcServerAutoConfiguration.class, RpcSpringCloudAutoConfiguration.class, UtilAutoConfiguration.class,
				CommonsClientAutoConfiguration.class, SimpleDiscoveryClientAutoConfiguration.class,
				CompositeDiscoveryClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory");

	@Test
	void rpcServicesAreShownWithoutBeingInTheWayOfAWebRegistration() {
		this.runner.withBean(WebRegistration.class).run((context) -> {
			assertThat(context).hasSingleBean(RpcDiscoveryClient.class).hasSingleBean(RpcServiceRegistry.class);
			assertThat(context.getBean(WebRegistration.class).registry()).isEmpty();
			assertThat(context.getBean(WebRegistration.class).registration()).isEmpty();
		});
	}

	@Test
	void theServerRegistersBySpringClouds() {
		this.runner.run((context) -> {
			ServerRegistryCustomizer customizer = context.getBean(ServerRegistryCustomizer.class);
			Instance instance = new Instance("one", new ServiceKey("com.example.Orders", "", ""),
					new Address("localhost", 1), 100, "", "json", Map.of());
			customizer.apply(context.getBean(Registry.class)).register(instance);
			assertThat(context.getBean(RpcServiceRegistry.class).registrations()).extracting(RpcRegistration::instance)
				.containsExactly(instance);
			assertThat(context.getBean(DiscoveryClient.class).getServices()).contains("com.example.Orders");
		});
	}

	@Test
	void isOffWhereAPropertySaysSo() {
		for (String property : List.of("ha-rpc.enabled=false", "ha-rpc.spring-cloud.enabled=false",
				"spring.cloud.discovery.enabled=false", "ha-rpc.registry.type=discovery-client")) {
			this.runner.withPropertyValues(property)
				.run((context) -> assertThat(context).as(property)
					.hasNotFailed()
					.doesNotHaveBean(RpcDiscoveryClient.class)
					.doesNotHaveBean(RpcServiceRegistry.class));
		}
	}

	@Test
	void isOffWithoutSpringCloud() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class,
							RpcServerAutoConfiguration.class, RpcSpringCloudAutoConfiguration.class))
			.withPropertyValues("ha-rpc.registry.type=in-memory")
			.withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("rpcDiscoveryClient"));
	}

	@Test
	void anyDiscoveryClientCanBeTheSourceOfInstances() {
		this.runner
			.withPropertyValues("ha-rpc.registry.type=discovery-client",
					"spring.cloud.discovery.client.simple.instances.orders[0].uri=rpc://10.0.0.1:20881")
			.run((context) -> {
				Registry registry = context.getBean(Registry.class);
				ServiceKey service = new ServiceKey("com.example.Orders", "", "");
				Watch watch = registry.watch(service, (instances) -> {
				});
				await().until(() -> watch.current().isKnown());
				assertThat(watch.current().list()).extracting(Instance::address)
					.containsExactly(new Address("10.0.0.1", 20881));
				context.publishEvent(new HeartbeatEvent(this, 1));
			});
	}

	/** Takes what a web server's registration would take to be its own. */
	record WebRegistration(Optional<ServiceRegistry<?>> registry, Optional<Registration> registration) {

	}

}
