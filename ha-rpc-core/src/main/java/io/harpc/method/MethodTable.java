package io.harpc.method;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a server has for each of its methods, by the id that a request carries. Immutable;
 * a server that exports one more service makes a new table.
 *
 * @param <T> what there is for a method
 */
public final class MethodTable<T> {

	private final Map<Long, T> byId = new HashMap<>();

	private final Set<Integer> services = new HashSet<>();

	/**
	 * Creates the table of some methods.
	 * @param byMethod what there is for each of them
	 * @throws InvalidServiceException if two of them have the same id; the message names
	 * both
	 */
	public MethodTable(Map<MethodDescriptor, T> byMethod) {
		Map<Long, MethodDescriptor> methods = new HashMap<>();
		byMethod.forEach((method, value) -> {
			MethodDescriptor other = methods.putIfAbsent(method.id(), method);
			if (other != null) {
				throw new InvalidServiceException(method.method().getDeclaringClass(),
						List.of(collision(other, method)));
			}
			this.byId.put(method.id(), value);
			this.services.add(serviceOf(method.id()));
		});
	}

	static String collision(MethodDescriptor one, MethodDescriptor other) {
		return "%s and %s have the same id %016x; rename one of the two methods, or change version or group of its service"
			.formatted(one, other, other.id());
	}

	/**
	 * Finds what there is for a method.
	 * @param id the id from a request
	 * @return what there is, {@code null} if there is no method of that id
	 */
	public @Nullable T find(long id) {
		return this.byId.get(id);
	}

	/**
	 * Whether a method of that id would belong to a service of this table: it tells a
	 * method that is not there from a service that is not.
	 * @param id the id from a request
	 * @return {@code true} if the service is here
	 */
	public boolean hasServiceOf(long id) {
		return this.services.contains(serviceOf(id));
	}

	private static int serviceOf(long id) {
		return (int) (id >>> 32);
	}

}
