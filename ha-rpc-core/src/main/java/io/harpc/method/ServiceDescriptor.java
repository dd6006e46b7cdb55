package io.harpc.method;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;

import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * A service interface taken apart: every method that can be called from another process,
 * inherited and default ones included, static and private ones not. A method that repeats
 * one of {@link Object} stays local. Immutable, made once for each interface and key.
 */
public final class ServiceDescriptor {

	private final ServiceKey key;

	private final Class<?> type;

	private final List<MethodDescriptor> methods;

	private final Map<Method, MethodDescriptor> byMethod;

	ServiceDescriptor(ServiceKey key, Class<?> type, List<MethodDescriptor> methods,
			Map<Method, MethodDescriptor> byMethod) {
		this.key = key;
		this.type = type;
		this.methods = List.copyOf(methods);
		this.byMethod = Map.copyOf(byMethod);
	}

	/**
	 * Takes an interface apart.
	 * @param key the key under which the service is known
	 * @param type its interface
	 * @return the descriptor
	 * @throws InvalidServiceException if the interface cannot be called from another
	 * process; it says all that is wrong at once
	 */
	public static ServiceDescriptor of(ServiceKey key, Class<?> type) {
		return of(key, type, MethodHash.SHA_256);
	}

	static ServiceDescriptor of(ServiceKey key, Class<?> type, MethodHash hash) {
		return new ServiceIntrospection(key, type, hash).describe();
	}

	/**
	 * The key under which the service is known.
	 * @return the key
	 */
	public ServiceKey key() {
		return this.key;
	}

	/**
	 * The interface.
	 * @return the interface
	 */
	public Class<?> type() {
		return this.type;
	}

	/**
	 * The methods that can be called from another process.
	 * @return the methods, ordered by signature
	 */
	public List<MethodDescriptor> methods() {
		return this.methods;
	}

	/**
	 * Finds the descriptor of a method as reflection gives it to a proxy, bridges and
	 * what a super-interface declares included.
	 * @param method the method
	 * @return the descriptor, or {@code null} if the method is none of the service's, as
	 * those of {@link Object}
	 */
	public @Nullable MethodDescriptor method(Method method) {
		return this.byMethod.get(method);
	}

	@Override
	public String toString() {
		return this.key + " (" + this.type.getName() + ")";
	}

}
