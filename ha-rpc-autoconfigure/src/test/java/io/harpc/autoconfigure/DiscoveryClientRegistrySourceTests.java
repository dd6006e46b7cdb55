package io.harpc.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registry;
import io.harpc.registry.Watch;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.cloud.client.discovery.simple.SimpleDiscoveryClientAutoConfiguration;
import org.springframework.cloud.commons.util.UtilAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryClientRegistrySourceTests {

	private static final ServiceKey ORDERS = new ServiceKey("com.example.OrderService", "", "");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(UtilAutoConfiguration.class,
				SimpleDiscoveryClientAutoConfiguration.class, CompositeDiscoveryClientAutoConfiguration.class));

	@Test
	void readsWhatSpringCloudsSimpleDiscoveryClientLists() {
		this.runner
			.withPropertyValues(
					"spring.cloud.discovery.client.simple.instances.order-service[0].uri=http://10.0.0.1:8080",
					"spring.cloud.discovery.client.simple.instances.order-service[0].metadata[ha-rpc.port]=20880",
					"spring.cloud.discovery.client.simple.instances.order-service[1].uri=rpc://10.0.0.2:20881")
			.run((context) -> {
				try (Registry registry = open(context)) {
					Watch watch = registry.watch(ORDERS, new RecordingListener());
					eventually(() -> assertThat(watch.current().list()).extracting(Instance::address)
						.containsExactlyInAnyOrder(new Address("10.0.0.1", 20880), new Address("10.0.0.2", 20881)));
				}
			});
	}

	@Test
	void looksAgainAtAHeartbeatEvent() {
		CountingDiscoveryClient counting = new CountingDiscoveryClient();
		this.runner.withBean(DiscoveryClient.class, () -> counting).run((context) -> {
			try (Registry registry = open(context)) {
				registry.watch(ORDERS, new RecordingListener());
				eventually(() -> assertThat(counting.asked).hasPositiveValue());
				int before = counting.asked.get();
				context.publishEvent(new HeartbeatEvent(this, 1));
				eventually(() -> assertThat(counting.asked).hasValueGreaterThan(before));
			}
		});
	}

	@Test
	void doesNotAskItself() {
		this.runner.run((context) -> {
			try (Registry registry = open(context)) {
				RpcDiscoveryClient own = new RpcDiscoveryClient(registry, List::of, context);
				context.getBeanFactory().registerSingleton("rpcDiscoveryClient", own);
				Watch watch = registry.watch(ORDERS, new RecordingListener());
				eventually(() -> assertThat(watch.current().isKnown()).isTrue());
				assertThat(watch.current().list()).isEmpty();
			}
		});
	}

	private static Registry open(ConfigurableApplicationContext context) {
		RpcProperties properties = new Binder(new MapConfigurationPropertySource(Map.of("ha-rpc.registry.type",
				"discovery-client", "ha-rpc.registry.discovery-client.refresh-interval", "1h")))
			.bindOrCreate("ha-rpc", RpcProperties.class);
		return DiscoveryClientRegistrySource.create(properties.registry(), context);
	}

	private static final class CountingDiscoveryClient implements DiscoveryClient {

		private final AtomicInteger asked = new AtomicInteger();

		@Override
		public String description() {
			return "counting";
		}

		@Override
		public List<ServiceInstance> getInstances(String serviceId) {
			this.asked.incrementAndGet();
			return List.of();
		}

		@Override
		public List<String> getServices() {
			return List.of();
		}

	}

}
