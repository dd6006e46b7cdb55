package io.harpc.registry;

import java.util.Map;

import io.harpc.Address;
import io.harpc.ServiceKey;

/** Instances to test with. */
public final class TestInstances {

	public static final ServiceKey ORDERS = new ServiceKey("com.example.OrderService", "1.0", "");

	private TestInstances() {
	}

	public static Instance instance(String id, int port) {
		return instance(ORDERS, id, port);
	}

	public static Instance instance(ServiceKey service, String id, int port) {
		return new Instance(id, service, new Address("127.0.0.1", port), 100, "", "json", Map.of());
	}

}
