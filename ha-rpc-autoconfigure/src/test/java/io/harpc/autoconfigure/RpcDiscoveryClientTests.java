package io.harpc.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.harpc.ServiceKey;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Registration;
import io.harpc.registry.TestInstances;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

class RpcDiscoveryClientTests {

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final List<Object> events = new CopyOnWriteArrayList<>();

	private final RpcDiscoveryClient client = new RpcDiscoveryClient(this.registry, () -> List.of(TestInstances.ORDERS),
			this.events::add);

	@AfterEach
	void stop() {
		this.client.stop();
	}

	@Test
	void listsServicesAndTheirInstances() {
		this.registry.register(TestInstances.instance("a", 1));
		this.registry.register(TestInstances.instance("b", 2));
		assertThat(this.client.getServices()).containsExactly("com.example.OrderService:1.0");
		assertThat(this.client.getInstances("com.example.OrderService:1.0")).extracting(ServiceInstance::getPort)
			.containsExactlyInAnyOrder(1, 2);
		assertThat(this.client.getInstances("com.example.Other")).isEmpty();
		assertThat(this.client.getInstances("not a service/at:all")).isEmpty();
		assertThat(this.client.description()).isEqualTo("ha-rpc services (in-memory)");
	}

	@Test
	void publishesAHeartbeatWheneverSomethingChanged() {
		this.client.start();
		assertThat(this.client.isRunning()).isTrue();
		Registration registration = this.registry.register(TestInstances.instance("a", 1));
		eventually(() -> assertThat(this.events).isNotEmpty());
		eventually(() -> assertThat(values()).doesNotHaveDuplicates());
		int before = this.events.size();
		registration.close();
		eventually(() -> assertThat(this.events).hasSizeGreaterThan(before));
		assertThat(this.events).allMatch(HeartbeatEvent.class::isInstance);
	}

	@Test
	void publishesAHeartbeatForANewServiceThatNobodyAskedFor() {
		this.client.start();
		this.registry.register(TestInstances.instance(new ServiceKey("com.example.New", "", ""), "a", 1));
		eventually(() -> assertThat(this.events).isNotEmpty());
	}

	@Test
	void publishesNothingMoreOnceStoppedAndStartsAgain() {
		this.client.start();
		this.client.stop();
		assertThat(this.client.isRunning()).isFalse();
		this.registry.register(TestInstances.instance("a", 1));
		assertThat(this.events).isEmpty();
		this.client.start();
		eventually(() -> assertThat(this.events).isNotEmpty());
	}

	private List<Object> values() {
		return this.events.stream().map((event) -> ((HeartbeatEvent) event).getValue()).toList();
	}

}
