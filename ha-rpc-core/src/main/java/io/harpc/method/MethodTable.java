package io.harpc.method;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * All methods that a server answers, by the id that a request carries. Immutable; a
 * server that exports one more service makes a new table.
 */
public final class MethodTable {

	private final Map<Long, MethodDescriptor> methods = new HashMap<>();

	private final Set<Integer> services = new HashSet<>();

	private MethodTable() {
	}

	/**
	 * Makes the table of some services.
	 * @param services the services, of different keys
	 * @return the table
	 * @throws InvalidServiceException if two of them have the same key, or two methods
	 * the same id; the message names both
	 */
	public static MethodTable of(Collection<ServiceDescriptor> services) {
		MethodTable table = new MethodTable();
		Map<Object, ServiceDescriptor> byKey = new HashMap<>();
		for (ServiceDescriptor service : services) {
			ServiceDescriptor other = byKey.putIfAbsent(service.key(), service);
			if (other != null) {
				throw new InvalidServiceException(service.type(), List.of("The service " + service.key()
						+ " is exported twice; give one of the two another version or group"));
			}
			for (MethodDescriptor method : service.methods()) {
				table.add(service, method);
			}
		}
		return table;
	}

	private void add(ServiceDescriptor service, MethodDescriptor method) {
		MethodDescriptor other = this.methods.putIfAbsent(method.id(), method);
		if (other != null) {
			throw new InvalidServiceException(service.type(), List.of(collision(other, method)));
		}
		this.services.add((int) (method.id() >>> 32));
	}

	static String collision(MethodDescriptor one, MethodDescriptor other) {
		return "%s and %s have the same id %016x; rename one of the two methods, or change version or group of its service"
			.formatted(one, other, other.id());
	}

	/**
	 * Finds a method.
	 * @param id the id from a request
	 * @return the method, or {@code null} if there is none of that id
	 */
	public @Nullable MethodDescriptor find(long id) {
		return this.methods.get(id);
	}

	/**
	 * Whether a method of that id would belong to a service of this table: it tells a
	 * method that is not there from a service that is not.
	 * @param id the id from a request
	 * @return {@code true} if the service is here
	 */
	public boolean hasServiceOf(long id) {
		return this.services.contains((int) (id >>> 32));
	}

}
