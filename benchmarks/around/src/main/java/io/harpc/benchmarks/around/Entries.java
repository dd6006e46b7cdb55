package io.harpc.benchmarks.around;

import java.util.Map;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;

/** Instances that are in the registry and nowhere else. */
final class Entries {

	private static final int PORT = 20880;

	private Entries() {
	}

	static ServiceKey service(String name) {
		return new ServiceKey("io.harpc.benchmarks." + name, "1.0", "");
	}

	static Instance instance(String service, int number) {
		String host = "10." + number / 62500 % 250 + "." + number / 250 % 250 + "." + (1 + number % 250);
		return new Instance("instance-" + number, service(service), new Address(host, PORT), 100, "", "json", Map.of());
	}

}
