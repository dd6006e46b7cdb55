package io.harpc.registry;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.harpc.Address;
import io.harpc.ServiceKey;

import static org.assertj.core.api.Assertions.assertThat;

class StaticRegistryTests extends RegistryReadingContractTests {

	@Override
	protected Registry open() {
		return new StaticRegistry(Map.of(LISTED.name(), ADDRESSES));
	}

	@Test
	void takesTheKeyBeforeTheNameAndTheNameBeforeTheReference() {
		Address byKey = new Address("a", 1);
		Address byName = new Address("b", 2);
		Address byReference = new Address("c", 3);
		try (Registry registry = new StaticRegistry(Map.of("com.example.OrderService:2", List.of(byKey),
				"com.example.OrderService", List.of(byName), "http-order-service", List.of(byReference)))) {
			assertThat(known(registry, new ServiceKey("com.example.OrderService", "2", ""))).containsExactly(byKey);
			assertThat(known(registry, new ServiceKey("com.example.OrderService", "3", ""))).containsExactly(byName);
			assertThat(known(registry, new ServiceKey("other.HTTPOrderService", "", ""))).containsExactly(byReference);
		}
	}

	@Test
	void saysWhatItLists() {
		try (Registry registry = new StaticRegistry(
				Map.of("order-servise", ADDRESSES, "com.example.Billing:2", ADDRESSES))) {
			assertThat(registry.status().message())
				.isEqualTo("it lists addresses for: com.example.Billing:2, order-servise");
		}
		try (Registry registry = new StaticRegistry(Map.of())) {
			assertThat(registry.status().message()).isEqualTo("it lists addresses for: nothing");
		}
	}

	@Test
	void registersNothing() {
		Registration registration = this.registry.register(TestInstances.instance("a", 1));
		assertThat(registration.isRegistered()).isFalse();
		registration.close();
	}

	private static List<Address> known(Registry registry, ServiceKey service) {
		return addresses(registry.watch(service, new RecordingListener()).current());
	}

}
