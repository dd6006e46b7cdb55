package io.harpc.server;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.MethodTable;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.Instance;
import io.harpc.registry.Registration;
import io.harpc.resilience.CallGate;
import io.harpc.serialization.MethodSerializer;

/**
 * What a server offers, whether it runs or not. Changed under the server's lock, read
 * without.
 */
final class Exports {

	private final RpcServerSettings settings;

	/** Replaced as a whole, never changed. */
	private volatile Map<ServiceKey, Export> byService = Map.of();

	Exports(RpcServerSettings settings) {
		this.settings = settings;
	}

	/**
	 * Adds a service.
	 * @param service the service
	 * @param bean what answers its calls
	 * @param weight the share of calls that it should get
	 * @param gates what lets the calls of a method in, by the method's name
	 */
	void add(ServiceDescriptor service, Object bean, int weight, Function<String, CallGate> gates) {
		if (!service.type().isInstance(bean)) {
			throw new IllegalArgumentException(
					"bean: " + bean.getClass().getName() + " (expected: implements " + service.type().getName() + ")");
		}
		checkEntry(service.key(), weight);
		Export former = this.byService.get(service.key());
		if (former != null) {
			throw new DuplicateServiceException(service.key(), former.bean.getClass(), bean.getClass());
		}
		put(new Export(service, bean, weight, this.settings.serializer().forService(service), gates));
	}

	/**
	 * Changes the share of calls that a service should get.
	 * @param service the service
	 * @param weight the share
	 */
	void weigh(ServiceKey service, int weight) {
		checkEntry(service, weight);
		Export export = this.byService.get(service);
		if (export == null) {
			throw new IllegalArgumentException(
					"service: " + service + " (expected: one of " + this.byService.keySet() + ")");
		}
		put(new Export(export.service, export.bean, weight, export.serializers, export.gates));
	}

	private void put(Export export) {
		Map<ServiceKey, Export> changed = new LinkedHashMap<>(this.byService);
		changed.put(export.service.key(), export);
		this.byService = changed;
	}

	/**
	 * What cannot be registered is better known now than when the application is ready.
	 */
	private void checkEntry(ServiceKey service, int weight) {
		String host = this.settings.advertisedHost();
		entry("unknown", service, new Address((host != null) ? host : "localhost", 1), weight);
	}

	private Instance entry(String id, ServiceKey service, Address address, int weight) {
		int priority = this.settings.priority();
		return new Instance(id, service, address, weight, this.settings.zone(), this.settings.serializer().name(),
				this.settings.transport().tls(),
				(priority != 0) ? Map.of(Instance.PRIORITY, String.valueOf(priority)) : Map.of());
	}

	/**
	 * {@return how the registry is to know the services}
	 * @param incarnation which run of the server it is
	 * @param address where it listens
	 */
	List<Instance> entries(String incarnation, Address address) {
		return all().stream()
			.map((export) -> entry(incarnation, export.service.key(), address, export.weight))
			.toList();
	}

	/**
	 * {@return who may call which method}
	 * @throws IllegalStateException if callers must prove who they are and cannot
	 */
	AccessControl accessControl() {
		Map<MethodDescriptor, Object> beans = new LinkedHashMap<>();
		all().forEach((export) -> export.service.methods().forEach((method) -> beans.put(method, export.bean)));
		return new AccessControl(this.settings.authorization(), beans,
				this.settings.transport().authentication() != null);
	}

	/**
	 * {@return what finds the handler of a request}
	 * @param access who may call what
	 * @param context what the handlers share
	 */
	CallRouter router(AccessControl access, ServerContext context) {
		Map<MethodDescriptor, MethodHandler> byMethod = new IdentityHashMap<>();
		for (Export export : all()) {
			export.serializers.forEach((method, serializer) -> byMethod.put(method, new MethodHandler(access.of(method),
					export.bean, serializer, context, export.gates.apply(method.name()))));
		}
		return new CallRouter(new MethodTable<>(byMethod));
	}

	/**
	 * {@return how the services stand}
	 * @param registrations those that are registered
	 * @param denied how many calls of a service have been refused
	 */
	List<ExportedService> describe(Map<ServiceKey, Registration> registrations, ToLongFunction<ServiceKey> denied) {
		return all().stream().map((export) -> {
			ServiceKey service = export.service.key();
			Registration registration = registrations.get(service);
			return new ExportedService(service, export.bean.getClass(), export.weight,
					(registration != null) ? registration.instance() : null,
					registration != null && registration.isRegistered(), denied.applyAsLong(service));
		}).toList();
	}

	int size() {
		return this.byService.size();
	}

	private Collection<Export> all() {
		return this.byService.values();
	}

	private record Export(ServiceDescriptor service, Object bean, int weight,
			Map<MethodDescriptor, MethodSerializer> serializers, Function<String, CallGate> gates) {

	}

}
