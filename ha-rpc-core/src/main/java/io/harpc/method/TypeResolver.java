package io.harpc.method;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.channels.Channel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.BaseStream;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Resolves types against one interface: a type variable of a super-interface becomes what
 * the interface fills in, a wildcard becomes its upper bound. On the way it finds the
 * types that tell the receiver too little, or that are no data.
 */
final class TypeResolver {

	private static final List<Class<?>> STREAMS = List.of(InputStream.class, OutputStream.class, Reader.class,
			Writer.class, BaseStream.class, Iterator.class, Enumeration.class, Spliterator.class, Channel.class,
			Flow.Publisher.class);

	private static final List<Class<?>> FUTURES = List.of(Future.class, CompletionStage.class);

	private static final List<Class<?>> NO_DATA = List.of(Class.class, ClassLoader.class, Thread.class);

	private final Map<TypeVariable<?>, Type> variables = new HashMap<>();

	TypeResolver(Class<?> type) {
		bindVariables(type);
	}

	private void bindVariables(Class<?> type) {
		for (Type parent : type.getGenericInterfaces()) {
			if (parent instanceof ParameterizedType parameterized) {
				Class<?> raw = (Class<?>) parameterized.getRawType();
				TypeVariable<?>[] parameters = raw.getTypeParameters();
				for (int i = 0; i < parameters.length; i++) {
					this.variables.put(parameters[i], parameterized.getActualTypeArguments()[i]);
				}
				bindVariables(raw);
			}
			else if (parent instanceof Class<?> raw) {
				bindVariables(raw);
			}
		}
	}

	/**
	 * Returns the class that a type is at run time.
	 * @param type the type
	 * @return the class
	 */
	Class<?> erase(Type type) {
		if (type instanceof Class<?> plain) {
			return plain;
		}
		if (type instanceof ParameterizedType parameterized) {
			return (Class<?>) parameterized.getRawType();
		}
		if (type instanceof GenericArrayType array) {
			return erase(array.getGenericComponentType()).arrayType();
		}
		if (type instanceof WildcardType wildcard) {
			return erase(wildcard.getUpperBounds()[0]);
		}
		TypeVariable<?> variable = (TypeVariable<?>) type;
		Type bound = this.variables.get(variable);
		return erase((bound != null) ? bound : variable.getBounds()[0]);
	}

	/**
	 * Returns a type without variables and wildcards.
	 * @param type the type
	 * @param problems told of everything in it that cannot travel
	 * @return the type
	 */
	Type resolve(Type type, Consumer<String> problems) {
		if (type instanceof Class<?> plain) {
			return checkPlain(plain, problems);
		}
		if (type instanceof ParameterizedType parameterized) {
			Class<?> raw = (Class<?>) parameterized.getRawType();
			checkData(raw, type, problems);
			List<Type> arguments = new ArrayList<>();
			for (Type argument : parameterized.getActualTypeArguments()) {
				arguments.add(resolve(argument, problems));
			}
			return new Parameterized(raw, arguments, parameterized.getOwnerType());
		}
		if (type instanceof GenericArrayType array) {
			Type component = resolve(array.getGenericComponentType(), problems);
			return (component instanceof Class<?> plain) ? Array.newInstance(plain, 0).getClass()
					: new GenericArray(component);
		}
		if (type instanceof WildcardType wildcard) {
			return resolveWildcard(wildcard, problems);
		}
		Type bound = this.variables.get(type);
		if (bound == null) {
			problems.accept("the type variable " + type + " is not filled in; export and reference an interface that "
					+ "extends this one with the types filled in");
			return erase(type);
		}
		return resolve(bound, problems);
	}

	private Type resolveWildcard(WildcardType wildcard, Consumer<String> problems) {
		Type upper = wildcard.getUpperBounds()[0];
		if (wildcard.getLowerBounds().length > 0 || upper == Object.class) {
			problems.accept("the wildcard " + wildcard + " does not say what is sent; name the type that is sent");
			return upper;
		}
		return resolve(upper, problems);
	}

	private static Type checkPlain(Class<?> type, Consumer<String> problems) {
		Class<?> component = type;
		while (component.isArray()) {
			component = component.getComponentType();
		}
		if (component == Object.class) {
			problems.accept("java.lang.Object does not say what is sent; declare the type that is sent");
		}
		else if (component.getTypeParameters().length > 0 && isData(component)) {
			problems.accept("the raw type " + component.getName() + " does not say what it holds; fill in <"
					+ Arrays.stream(component.getTypeParameters())
						.map(TypeVariable::getName)
						.collect(Collectors.joining(", "))
					+ ">");
		}
		else {
			checkData(component, type, problems);
		}
		return type;
	}

	private static boolean isData(Class<?> type) {
		return !isAny(STREAMS, type) && !isAny(FUTURES, type) && !isAny(NO_DATA, type);
	}

	private static void checkData(Class<?> raw, Type type, Consumer<String> problems) {
		if (isAny(STREAMS, raw)) {
			problems.accept(type.getTypeName()
					+ " is a stream, and a call carries one finished value each way; use byte[] or a List, in pages if it is long");
		}
		else if (isAny(FUTURES, raw)) {
			problems.accept(type.getTypeName() + " is a future in a place where none can be waited for; "
					+ "only a whole result may be a CompletableFuture or CompletionStage, with its type filled in");
		}
		else if (isAny(NO_DATA, raw)) {
			problems.accept(type.getTypeName() + " belongs to one process; send a name or an id");
		}
	}

	private static boolean isAny(List<Class<?>> kinds, Class<?> type) {
		return kinds.stream().anyMatch((kind) -> kind.isAssignableFrom(type));
	}

	private record Parameterized(Class<?> raw, List<Type> arguments,
			@Nullable Type owner) implements ParameterizedType {

		@Override
		public Type[] getActualTypeArguments() {
			return this.arguments.toArray(Type[]::new);
		}

		@Override
		public Type getRawType() {
			return this.raw;
		}

		@Override
		public @Nullable Type getOwnerType() {
			return this.owner;
		}

		@Override
		public String toString() {
			return this.arguments.stream()
				.map(Type::getTypeName)
				.collect(Collectors.joining(", ", this.raw.getName() + "<", ">"));
		}

	}

	private record GenericArray(Type component) implements GenericArrayType {

		@Override
		public Type getGenericComponentType() {
			return this.component;
		}

		@Override
		public String toString() {
			return this.component.getTypeName() + "[]";
		}

	}

}
