package io.harpc.client;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;

/**
 * What stands behind the interface that the application calls. The methods of
 * {@link Object} stay here.
 *
 * @param reference the reference
 */
record ReferenceProxy(Reference reference) implements InvocationHandler {

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		ReferenceMethod called = this.reference.method(method);
		if (called != null) {
			return this.reference.call(called, arguments);
		}
		return switch (method.getName()) {
			case "equals" -> arguments != null && proxy == arguments[0];
			case "hashCode" -> System.identityHashCode(proxy);
			default -> this.reference.toString();
		};
	}

}
