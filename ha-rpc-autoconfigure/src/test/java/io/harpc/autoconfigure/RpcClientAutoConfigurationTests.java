package io.harpc.autoconfigure;

import java.time.Duration;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerAutoConfiguration;
import io.github.resilience4j.springboot3.retry.autoconfigure.RetryAutoConfiguration;
import io.harpc.annotation.RpcReference;
import io.harpc.client.CallSettings;
import io.harpc.client.Cluster;
import io.harpc.client.RpcClient;
import io.harpc.client.RpcClientSettings;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.resilience.EjectionSettings;
import io.harpc.resilience.Resilience;
import io.harpc.resilience.ResilienceSettings;
import io.harpc.resilience.RetryBudget;
import io.harpc.transport.TransportClientSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcClientAutoConfiguration}.
 */
class RpcClientAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcClientAutoConfiguration.class))
		.withPropertyValues("ha-rpc.registry.type=in-memory");

	@Test
	void aClientIsThereUnlessItIsNotWanted() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(RpcClient.class));
		this.runner.withPropertyValues("ha-rpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcClient.class)
				.doesNotHaveBean(ReferenceFactory.class)
				.doesNotHaveBean(Resilience.class)
				.doesNotHaveBean(TransportClientSettings.class));
	}

	@Test
	void theUsersOwnBeansWin() {
		RpcClient own = RpcClient.builder(new InMemoryRegistry()).build();
		RpcClientSettings settings = RpcClientSettings.defaults()
			.withCalls(CallSettings.defaults().withTimeout(Duration.ofSeconds(9)));
		TransportClientSettings transport = TransportClientSettings.defaults().withConnections(7);
		Resilience resilience = Resilience.ofDefaults();
		this.runner.withBean(RpcClient.class, () -> own)
			.withBean(RpcClientSettings.class, () -> settings)
			.withBean(TransportClientSettings.class, () -> transport)
			.withBean(Resilience.class, () -> resilience)
			.run((context) -> {
				assertThat(context.getBean(RpcClient.class)).isSameAs(own);
				assertThat(context.getBean(RpcClientSettings.class)).isSameAs(settings);
				assertThat(context.getBean(TransportClientSettings.class)).isSameAs(transport);
				assertThat(context.getBean(Resilience.class)).isSameAs(resilience);
			});
	}

	@Test
	void propertiesBecomeSettings() {
		this.runner
			.withPropertyValues("ha-rpc.client.timeout=1s", "ha-rpc.client.max-attempts=2",
					"ha-rpc.client.load-balancer=random", "ha-rpc.client.zone=east",
					"ha-rpc.client.connect-timeout=200ms", "ha-rpc.client.heartbeat-interval=2s",
					"ha-rpc.client.connections-per-instance=3", "ha-rpc.client.max-frame-size=1MB")
			.run((context) -> {
				assertThat(context.getBean(RpcClientSettings.class)).isEqualTo(new RpcClientSettings(
						new CallSettings(Duration.ofSeconds(1), null, 2, "random", Cluster.FAILOVER), null));
				assertThat(context.getBean(LoadBalancers.class).zone()).isEqualTo("east");
				TransportClientSettings transport = context.getBean(TransportClientSettings.class);
				assertThat(transport.connectTimeout()).isEqualTo(Duration.ofMillis(200));
				assertThat(transport.heartbeatInterval()).isEqualTo(Duration.ofSeconds(2));
				assertThat(transport.connections()).isEqualTo(3);
				assertThat(transport.maxFrameSize()).isEqualTo(1024 * 1024);
			});
	}

	@Test
	void propertiesBecomeSettingsOfResilience() {
		this.runner.run((context) -> assertThat(context.getBean(ResilienceSettings.class))
			.isEqualTo(ResilienceSettings.defaults()));
		this.runner
			.withPropertyValues("ha-rpc.client.warm-up=0s", "ha-rpc.client.retry-budget.ratio=0.1",
					"ha-rpc.client.retry-budget.min-per-second=3", "ha-rpc.client.ejection.enabled=false",
					"ha-rpc.client.ejection.consecutive-failures=7", "ha-rpc.client.ejection.failure-ratio=0.8",
					"ha-rpc.client.ejection.min-calls=30", "ha-rpc.client.ejection.interval=20s",
					"ha-rpc.client.ejection.base-duration=1s", "ha-rpc.client.ejection.max-duration=60s",
					"ha-rpc.client.ejection.max-ejected-ratio=0.2")
			.run((context) -> assertThat(context.getBean(Resilience.class).settings())
				.isEqualTo(new ResilienceSettings(
						new RetryBudget.Settings(0.1, 3), new EjectionSettings(false, 7, 0.8, 30,
								Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(60), 0.2),
						Duration.ZERO)));
	}

	@ParameterizedTest
	@CsvSource({ "warm-up, -1s, Expected: zero to 24 hours", "retry-budget.ratio, 11, Expected: 0 to 10",
			"retry-budget.ratio, NaN, Expected: 0 to 10", "retry-budget.min-per-second, -1, Expected: at least 0",
			"ejection.consecutive-failures, 0, Expected: at least 1",
			"ejection.failure-ratio, 0, 'Expected: more than 0, at most 1'",
			"ejection.min-calls, 0, Expected: at least 1", "ejection.interval, 999ms, Expected: 1000ms to 24 hours",
			"ejection.base-duration, 0s, 'Expected: more than zero, at most 24 hours'",
			"ejection.max-duration, 4s, Expected: 5000ms to 24 hours",
			"ejection.max-ejected-ratio, 1.5, Expected: 0 to 1" })
	void aValueThatCannotWorkEndsTheStart(String name, String value, String expected) {
		this.runner.withPropertyValues("ha-rpc.client." + name + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("ha-rpc.client." + name)
				.hasMessageContaining(expected));
	}

	@Test
	void breakersAndRetriesAreTheApplications() {
		this.runner
			.withConfiguration(
					AutoConfigurations.of(CircuitBreakerAutoConfiguration.class, RetryAutoConfiguration.class))
			.withPropertyValues("ha-rpc.client.references.orders.address=127.0.0.1:1")
			.withUserConfiguration(OneReference.class)
			.run((context) -> {
				assertThat(context.getBean(CircuitBreakerRegistry.class).getAllCircuitBreakers())
					.extracting((breaker) -> breaker.getName())
					.containsExactly(Orders.class.getName() + "@127.0.0.1:1");
				assertThat(context.getBean(RetryRegistry.class).getAllRetries()).extracting((retry) -> retry.getName())
					.containsExactly("orders");
			});
	}

	@Test
	void aLoadBalancerOfTheApplicationIsFoundByItsName() {
		LoadBalancer first = (choice) -> choice.candidates()
			.stream()
			.filter((candidate) -> !choice.isExcluded(candidate))
			.findFirst()
			.orElse(null);
		this.runner.withBean("first", LoadBalancer.class, () -> first)
			.withPropertyValues("ha-rpc.client.load-balancer=first")
			.withUserConfiguration(OneReference.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void worksWithoutSpringCloud() {
		this.runner.withClassLoader(new FilteredClassLoader(DiscoveryClient.class))
			.withUserConfiguration(OneReference.class)
			.run((context) -> assertThat(context).hasSingleBean(RpcClient.class));
	}

	interface Orders {

		String find(long id);

	}

	static class OneReference {

		@RpcReference
		@Nullable Orders orders;

	}

}
