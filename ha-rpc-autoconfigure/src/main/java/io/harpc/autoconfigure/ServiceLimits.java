package io.harpc.autoconfigure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.harpc.client.ReferenceSettings;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.resilience.CallGate;
import io.harpc.resilience.CallGates;
import org.jspecify.annotations.Nullable;

/**
 * The limits of services and methods that the properties name. A limit that would never
 * apply, because of a misspelled name, ends the start.
 */
final class ServiceLimits {

	private static final String PREFIX = "ha-rpc.server.services.";

	private final Map<String, RpcProperties.Service> properties;

	private final CallGates gates;

	private final Set<String> used = new HashSet<>();

	private final Set<String> known = new TreeSet<>();

	ServiceLimits(Map<String, RpcProperties.Service> properties, CallGates gates) {
		this.properties = properties;
		this.gates = gates;
	}

	/**
	 * Makes what lets the calls of a service in.
	 * @param service the service
	 * @return the gate of each method, by the method's name
	 */
	Function<String, CallGate> of(ServiceDescriptor service) {
		Map<String, CallGate> byMethod = new HashMap<>();
		String simpleName = ReferenceSettings.nameOf(service.type());
		this.known.add(simpleName);
		// One of these, where the key has neither version nor group
		for (String name : new LinkedHashSet<>(List.of(simpleName, service.key().name(), service.key().toString()))) {
			RpcProperties.Service limits = this.properties.get(name);
			if (limits != null) {
				this.used.add(name);
				add(PREFIX + name, limits, service, byMethod);
			}
		}
		return (method) -> byMethod.getOrDefault(method, CallGate.OPEN);
	}

	private void add(String property, RpcProperties.Service limits, ServiceDescriptor service,
			Map<String, CallGate> byMethod) {
		Set<String> methods = service.methods()
			.stream()
			.map(MethodDescriptor::name)
			.collect(Collectors.toCollection(TreeSet::new));
		CallGate ofAll = gate(property, service.key().toString(), limits.maxConcurrentCalls(), limits.bulkhead(),
				limits.rateLimiter());
		methods.forEach((method) -> byMethod.merge(method, ofAll, CallGate::and));
		limits.methods().forEach((method, own) -> {
			if (!methods.contains(method)) {
				throw new RpcStartupException(
						property + ".methods." + method + " limits a method that " + service.key() + " does not have.",
						"Name one of its methods: " + methods + ".");
			}
			byMethod.merge(method, gate(property + ".methods." + method, service.key() + "#" + method,
					own.maxConcurrentCalls(), own.bulkhead(), own.rateLimiter()), CallGate::and);
		});
	}

	private CallGate gate(String property, String name, @Nullable Integer maxConcurrentCalls, @Nullable String bulkhead,
			@Nullable String rateLimiter) {
		try {
			return this.gates.gate(name, maxConcurrentCalls, bulkhead, rateLimiter);
		}
		catch (IllegalArgumentException ex) {
			throw new RpcStartupException(property + " sets a limit that cannot work: " + ex.getMessage() + ".",
					"Correct the value; bulkheads and rate limiters are configured below"
							+ " resilience4j.bulkhead.instances and resilience4j.ratelimiter.instances.",
					ex);
		}
	}

	/** To be called when all services are known. */
	void refuseUnknown() {
		Set<String> unknown = new TreeSet<>(this.properties.keySet());
		unknown.removeAll(this.used);
		if (!unknown.isEmpty()) {
			throw new RpcStartupException(
					PREFIX + "* limits services that this application does not offer: " + unknown + ".",
					"Use names of services that it offers: " + this.known + ".");
		}
	}

}
