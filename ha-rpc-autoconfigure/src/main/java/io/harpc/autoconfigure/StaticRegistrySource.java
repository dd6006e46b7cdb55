package io.harpc.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.harpc.Address;
import io.harpc.registry.Registry;
import io.harpc.registry.StaticRegistry;

/**
 * Makes the registry of addresses in properties.
 */
final class StaticRegistrySource {

	private StaticRegistrySource() {
	}

	static Registry create(RpcProperties.Registry registry) {
		Map<String, List<Address>> addresses = new LinkedHashMap<>();
		registry.staticInstances()
			.forEach((service, texts) -> addresses.put(service,
					PropertyCheck.addresses("ha-rpc.registry.static." + service, texts)));
		return new StaticRegistry(addresses);
	}

}
