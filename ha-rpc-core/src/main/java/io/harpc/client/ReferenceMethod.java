package io.harpc.client;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.harpc.IdempotentCall;
import io.harpc.RpcException;
import io.harpc.method.MethodDescriptor;
import io.harpc.serialization.MethodSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A method as one reference calls it: everything that can be known before a call.
 *
 * @param reference the reference
 * @param descriptor the method
 * @param idempotent whether it may run twice
 * @param serializers what writes its arguments and reads its result, by the names that
 * instances say
 * @param latency how long it takes, if that decides when it is tried elsewhere
 */
record ReferenceMethod(Reference reference, MethodDescriptor descriptor, boolean idempotent,
		Map<String, MethodSerializer> serializers, @Nullable LatencyQuantile latency) {

	/** What stands for no result, where {@code null} cannot or should not. */
	private static final Map<Class<?>, Object> EMPTY = Map.of(Optional.class, Optional.empty(), List.class, List.of(),
			Collection.class, List.of(), Iterable.class, List.of(), Set.class, Set.of(), Map.class, Map.of());

	/**
	 * {@return after how long an attempt is to get company, {@link Long#MAX_VALUE} for
	 * never: only what may run twice, and may be tried more than once, is tried elsewhere
	 * while it is under way}
	 */
	long patienceNanos(long timeoutNanos) {
		int attempts = this.reference.maxAttempts();
		if (!this.idempotent || attempts == 1) {
			return Long.MAX_VALUE;
		}
		long share = timeoutNanos / attempts;
		return (this.latency != null) ? Math.min(this.latency.nanos(), share) : share;
	}

	/** An attempt was answered, or given up for another that was. */
	void record(long nanos) {
		if (this.latency != null) {
			this.latency.record(nanos);
		}
	}

	/**
	 * {@return the argument that calls which belong together have in common, {@code null}
	 * if there is none}
	 */
	@Nullable Object hashKey(@Nullable Object @Nullable [] arguments) {
		int parameter = this.descriptor.hashKeyParameter();
		return (arguments != null && parameter >= 0) ? arguments[parameter] : null;
	}

	/**
	 * {@return the key of a call, by which the server knows it again, {@code null} if it
	 * has none}
	 */
	@Nullable String idempotencyKey(@Nullable Object @Nullable [] arguments) {
		int index = this.descriptor.idempotencyKeyParameter();
		Object marked = (arguments != null && index >= 0) ? arguments[index] : null;
		if (marked == null || "".equals(marked)) {
			return IdempotentCall.currentKey();
		}
		// The name of an enum, whatever its toString says
		return IdempotentCall.check((marked instanceof Enum<?> constant) ? constant.name() : marked.toString());
	}

	/**
	 * {@return what a caller gets who is to get nothing: zero, an empty optional,
	 * collection or array, {@code null} of anything else}
	 */
	@Nullable Object nothing() {
		Type result = this.descriptor.resultType();
		Type type = (result instanceof ParameterizedType generic) ? generic.getRawType() : result;
		if (type instanceof Class<?> primitive && primitive.isPrimitive() && type != void.class) {
			return Array.get(Array.newInstance(primitive, 1), 0);
		}
		if (type instanceof Class<?> array && array.isArray()) {
			return Array.newInstance(array.componentType(), 0);
		}
		return EMPTY.get(type);
	}

	/**
	 * Has a fallback answer.
	 * @param fallback implements the interface
	 * @param arguments the arguments of the call
	 * @param failure what came of the call
	 * @return what the fallback returned
	 * @throws InvocationTargetException if the fallback threw; what it threw tells of the
	 * failure
	 */
	@Nullable Object callFallback(Object fallback, @Nullable Object @Nullable [] arguments, RpcException failure)
			throws InvocationTargetException {
		try {
			Method method = this.descriptor.method();
			method.trySetAccessible();
			return method.invoke(fallback, arguments);
		}
		catch (InvocationTargetException ex) {
			ex.getTargetException().addSuppressed(failure);
			throw ex;
		}
		catch (IllegalAccessException ex) {
			failure.addSuppressed(ex);
			throw failure;
		}
	}

}
