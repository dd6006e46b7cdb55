package io.harpc.method;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

import io.harpc.HashKey;
import io.harpc.IdempotencyKey;
import io.harpc.Idempotent;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor.MethodTypes;
import io.harpc.method.MethodDescriptor.Traits;
import org.jspecify.annotations.Nullable;

/**
 * Takes one interface apart and collects everything that is wrong with it. Methods of one
 * name whose erased parameter types are the same once the type variables are resolved are
 * variants of one remote method: what a sub-interface declares again, or what two
 * super-interfaces have in common.
 */
final class ServiceIntrospection {

	private static final Set<Class<?>> HASH_KEYS = Set.of(String.class, Boolean.class, Character.class, Byte.class,
			Short.class, Integer.class, Long.class, Float.class, Double.class, BigInteger.class, BigDecimal.class,
			UUID.class);

	private static final Package TIME = Instant.class.getPackage();

	private final ServiceKey key;

	private final Class<?> type;

	private final MethodHash hash;

	private final TypeResolver types;

	private final List<String> problems = new ArrayList<>();

	ServiceIntrospection(ServiceKey key, Class<?> type, MethodHash hash) {
		this.key = key;
		this.type = type;
		this.hash = hash;
		this.types = new TypeResolver(type);
	}

	ServiceDescriptor describe() {
		if (!this.type.isInterface() || this.type.isAnnotation() || this.type.isSealed()) {
			throw new InvalidServiceException(this.type, List
				.of(this.type.getName() + " is not an interface that a proxy can implement; extract an interface"));
		}
		Map<String, List<Method>> variants = new TreeMap<>();
		for (Class<?> declaring : withSuperInterfaces(this.type)) {
			for (Method method : declaring.getDeclaredMethods()) {
				if (isRemote(method)) {
					variants.computeIfAbsent(signature(method), (signature) -> new ArrayList<>()).add(method);
				}
			}
		}
		List<MethodDescriptor> methods = new ArrayList<>();
		Map<Method, MethodDescriptor> byMethod = new HashMap<>();
		variants.forEach((signature, group) -> {
			MethodDescriptor descriptor = describe(signature, group);
			methods.add(descriptor);
			group.forEach((method) -> byMethod.put(method, descriptor));
		});
		refuseOneErasure(byMethod);
		refuseOneId(methods);
		addBridges(byMethod);
		if (!this.problems.isEmpty()) {
			throw new InvalidServiceException(this.type, this.problems);
		}
		return new ServiceDescriptor(this.key, this.type, methods, byMethod);
	}

	private static Set<Class<?>> withSuperInterfaces(Class<?> type) {
		Set<Class<?>> all = new LinkedHashSet<>();
		List<Class<?>> queue = new ArrayList<>(List.of(type));
		for (int i = 0; i < queue.size(); i++) {
			if (all.add(queue.get(i))) {
				queue.addAll(List.of(queue.get(i).getInterfaces()));
			}
		}
		return all;
	}

	private static boolean isRemote(Method method) {
		return !Modifier.isStatic(method.getModifiers()) && !Modifier.isPrivate(method.getModifiers())
				&& !method.isSynthetic() && !isOfObject(method);
	}

	private static boolean isOfObject(Method method) {
		return switch (method.getName()) {
			case "equals" -> Arrays.equals(method.getParameterTypes(), new Class<?>[] { Object.class });
			case "hashCode", "toString" -> method.getParameterCount() == 0;
			default -> false;
		};
	}

	private String signature(Method method) {
		return Arrays.stream(method.getGenericParameterTypes())
			.map((parameter) -> this.types.erase(parameter).getTypeName())
			.collect(Collectors.joining(",", method.getName() + "(", ")"));
	}

	private MethodDescriptor describe(String signature, List<Method> group) {
		Method method = group.stream().reduce(ServiceIntrospection::moreSpecific).orElseThrow();
		for (Method other : group) {
			if (other != method && other.getDeclaringClass() == method.getDeclaringClass()) {
				this.problems.add(nameOf(method) + " and " + nameOf(other)
						+ ": the two have the same parameter types once the type variables are resolved; rename one");
			}
		}
		if (method.getTypeParameters().length > 0) {
			this.problems.add(nameOf(method) + ": the method has type variables of its own, "
					+ "whose values the other process cannot know; declare the types, or move the variables "
					+ "to the interface and extend it with the types filled in");
			return describe(method, new MethodTypes(signature, List.of(), void.class, false, List.of()), group);
		}
		List<Type> parameters = new ArrayList<>();
		for (int i = 0; i < method.getParameterCount(); i++) {
			parameters.add(resolve(method.getGenericParameterTypes()[i], method, parameterName(method, i)));
		}
		Type declared = method.getGenericReturnType();
		Type awaited = awaited(declared);
		Type result = resolve((awaited != null) ? awaited : declared, method, "result");
		return describe(method, new MethodTypes(signature, parameters, result, awaited != null, exceptions(method)),
				group);
	}

	private MethodDescriptor describe(Method method, MethodTypes types, List<Method> group) {
		return new MethodDescriptor(this.key, method, types, new Traits(isIdempotent(group),
				hashKeyParameter(method, types, group), idempotencyKeyParameter(method, types, group)), this.hash);
	}

	private static Method moreSpecific(Method one, Method other) {
		Class<?> declaring = one.getDeclaringClass();
		if (declaring != other.getDeclaringClass() && declaring.isAssignableFrom(other.getDeclaringClass())) {
			return other;
		}
		boolean related = other.getDeclaringClass().isAssignableFrom(declaring);
		boolean narrower = one.getReturnType() != other.getReturnType()
				&& one.getReturnType().isAssignableFrom(other.getReturnType());
		return (!related && narrower) ? other : one;
	}

	private Type resolve(Type type, Method method, String place) {
		return this.types.resolve(type, (problem) -> this.problems.add(nameOf(method) + ", " + place + ": " + problem));
	}

	/** What a future is a future of, or null if the type is no future. */
	private static @Nullable Type awaited(Type type) {
		if (type instanceof ParameterizedType future
				&& (future.getRawType() == CompletableFuture.class || future.getRawType() == CompletionStage.class)) {
			return future.getActualTypeArguments()[0];
		}
		return null;
	}

	private List<Class<? extends Throwable>> exceptions(Method method) {
		List<Class<? extends Throwable>> exceptions = new ArrayList<>();
		for (Type thrown : method.getGenericExceptionTypes()) {
			if (resolve(thrown, method, "throws clause") instanceof Class<?> exception) {
				exceptions.add(exception.asSubclass(Throwable.class));
			}
		}
		return exceptions;
	}

	private boolean isIdempotent(List<Method> group) {
		return group.stream()
			.anyMatch(
					(method) -> method.isAnnotationPresent(Idempotent.class) || withSuperInterfaces(this.type).stream()
						.anyMatch((declaring) -> declaring.isAnnotationPresent(Idempotent.class)
								&& method.getDeclaringClass().isAssignableFrom(declaring)));
	}

	private int hashKeyParameter(Method method, MethodTypes types, List<Method> group) {
		List<Type> parameters = types.parameters();
		int index = marked(HashKey.class, method, group);
		if (index < 0) {
			return (!parameters.isEmpty() && isHashKey(parameters.get(0))) ? 0 : -1;
		}
		if (index < parameters.size() && !isHashKey(parameters.get(index))) {
			this.problems.add(nameOf(method) + ", " + parameterName(method, index) + ": @HashKey at a "
					+ parameters.get(index).getTypeName() + " (expected: a String, a number, a boolean, an enum,"
					+ " a UUID or a type of java.time, whose text is the same in every process)");
		}
		return index;
	}

	private static boolean isHashKey(Type type) {
		return type instanceof Class<?> key
				&& (key.isPrimitive() || key.isEnum() || HASH_KEYS.contains(key) || key.getPackage() == TIME);
	}

	private int idempotencyKeyParameter(Method method, MethodTypes types, List<Method> group) {
		int index = marked(IdempotencyKey.class, method, group);
		if (index >= 0 && index < types.parameters().size() && !isKey(types.parameters().get(index))) {
			this.problems.add(nameOf(method) + ", " + parameterName(method, index) + ": @IdempotencyKey at a "
					+ types.parameters().get(index).getTypeName()
					+ " (expected: a String, a number, a UUID or an enum)");
		}
		return index;
	}

	private static boolean isKey(Type type) {
		return type instanceof Class<?> key
				&& (key == String.class || key == UUID.class || key.isEnum() || Number.class.isAssignableFrom(key)
						|| (key.isPrimitive() && key != boolean.class && key != char.class));
	}

	/**
	 * {@return the index of the parameter that carries an annotation, -1 if there is
	 * none}
	 */
	private int marked(Class<? extends Annotation> annotation, Method method, List<Method> group) {
		Set<Integer> found = new LinkedHashSet<>();
		for (Method variant : group) {
			Parameter[] parameters = variant.getParameters();
			for (int i = 0; i < parameters.length; i++) {
				if (parameters[i].isAnnotationPresent(annotation)) {
					found.add(i);
				}
			}
		}
		if (found.size() > 1) {
			this.problems.add(nameOf(method) + ": " + found.size() + " parameters carry @" + annotation.getSimpleName()
					+ " (expected: at most one); leave it on one of them");
		}
		return found.isEmpty() ? -1 : found.iterator().next();
	}

	/** A proxy could not tell such methods apart, nor could a caller. */
	private void refuseOneErasure(Map<Method, MethodDescriptor> byMethod) {
		Map<String, Method> seen = new TreeMap<>();
		byMethod.forEach((method, descriptor) -> {
			Method other = seen.putIfAbsent(erasure(method), method);
			if (other != null && byMethod.get(other) != descriptor) {
				this.problems.add(nameOf(method) + " and " + nameOf(other)
						+ ": the two have the same erasure; rename one of them");
			}
		});
	}

	private void refuseOneId(List<MethodDescriptor> methods) {
		Map<Long, MethodDescriptor> seen = new HashMap<>();
		for (MethodDescriptor method : methods) {
			MethodDescriptor other = seen.putIfAbsent(method.id(), method);
			if (other != null && !other.signature().equals(method.signature())) {
				this.problems.add(MethodTable.collision(other, method));
			}
		}
	}

	/** A bridge has the erasure of the method that it overrides. */
	private void addBridges(Map<Method, MethodDescriptor> byMethod) {
		Map<String, MethodDescriptor> byErasure = new HashMap<>();
		byMethod.forEach((method, descriptor) -> byErasure.put(erasure(method), descriptor));
		for (Class<?> declaring : withSuperInterfaces(this.type)) {
			for (Method method : declaring.getDeclaredMethods()) {
				MethodDescriptor descriptor = byErasure.get(erasure(method));
				if (method.isBridge() && descriptor != null) {
					byMethod.put(method, descriptor);
				}
			}
		}
	}

	private static String erasure(Method method) {
		return method.getName() + Arrays.toString(method.getParameterTypes());
	}

	private static String nameOf(Method method) {
		return Arrays.stream(method.getGenericParameterTypes())
			.map(Type::getTypeName)
			.collect(
					Collectors.joining(", ", method.getDeclaringClass().getName() + "." + method.getName() + "(", ")"));
	}

	private static String parameterName(Method method, int index) {
		Parameter parameter = method.getParameters()[index];
		return "parameter " + (parameter.isNamePresent() ? parameter.getName() : (index + 1));
	}

}
