package io.harpc.serialization;

import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One type of a throws clause, and how it is rebuilt. Its fields are the properties that
 * it has beyond {@link Throwable}'s, that can travel, and that a constructor parameter of
 * the same name, a setter or a field takes back. A {@code String} parameter that is no
 * property takes the message, a {@link Throwable} {@code null}.
 */
final class DeclaredException {

	private static final Set<String> OF_THROWABLE = Set.of("message", "localizedMessage", "cause", "stackTrace",
			"suppressed");

	/**
	 * Stand for what a parameter takes if it takes no property; no property has such a
	 * name.
	 */
	private static final String MESSAGE = "<message>";

	private static final String NOTHING = "<nothing>";

	private final Class<? extends Throwable> type;

	private final Map<String, Field> fields = new LinkedHashMap<>();

	private final List<Creator> creators = new ArrayList<>();

	DeclaredException(ObjectMapper mapper, Class<? extends Throwable> type) {
		this.type = type;
		findFields(mapper);
		if (!Modifier.isAbstract(type.getModifiers())) {
			findCreators();
		}
		this.fields.values()
			.removeIf((field) -> field.mutator == null
					&& this.creators.stream().noneMatch((creator) -> creator.sources.contains(field.name)));
	}

	String name() {
		return this.type.getName();
	}

	private void findFields(ObjectMapper mapper) {
		JavaType javaType = mapper.constructType(this.type);
		Map<String, AnnotatedMember> mutators = new HashMap<>();
		for (BeanPropertyDefinition property : mapper.getDeserializationConfig()
			.introspect(javaType)
			.findProperties()) {
			if (property.getMutator() != null && isAccessible(property.getMutator())) {
				mutators.put(property.getName(), property.getMutator());
			}
		}
		for (BeanPropertyDefinition property : mapper.getSerializationConfig().introspect(javaType).findProperties()) {
			AnnotatedMember accessor = property.getAccessor();
			if (accessor != null && !OF_THROWABLE.contains(property.getName())
					&& !accessor.getType().isTypeOrSubTypeOf(Throwable.class) && isAccessible(accessor)
					&& PayloadTypes.problems(mapper, accessor.getType()).isEmpty()) {
				this.fields.put(property.getName(),
						new Field(property.getName(), accessor, mutators.get(property.getName()), mapper));
			}
		}
	}

	private static boolean isAccessible(AnnotatedMember member) {
		try {
			member.fixAccess(true);
			return true;
		}
		catch (RuntimeException ex) {
			// A member of a module that is not open: not one of the type's own.
			return false;
		}
	}

	private void findCreators() {
		for (Constructor<?> constructor : this.type.getDeclaredConstructors()) {
			List<String> sources = sources(constructor);
			if (sources != null && !Modifier.isPrivate(constructor.getModifiers()) && constructor.trySetAccessible()) {
				this.creators.add(new Creator(constructor, sources));
			}
		}
		this.creators.sort(Comparator.comparingInt(Creator::fieldCount)
			.reversed()
			.thenComparing((creator) -> !creator.sources.contains(MESSAGE))
			.thenComparingInt((creator) -> creator.sources.size()));
	}

	/** What each parameter takes, or null if the constructor needs more than is sent. */
	private @Nullable List<String> sources(Constructor<?> constructor) {
		List<String> sources = new ArrayList<>();
		for (Parameter parameter : constructor.getParameters()) {
			Field field = this.fields.get(nameOf(parameter));
			if (field != null && boxed(parameter.getType()).isAssignableFrom(boxed(field.accessor.getRawType()))) {
				sources.add(field.name);
			}
			else if (parameter.getType() == String.class && !sources.contains(MESSAGE)) {
				sources.add(MESSAGE);
			}
			else if (Throwable.class.isAssignableFrom(parameter.getType())) {
				sources.add(NOTHING);
			}
			else {
				return null;
			}
		}
		return sources;
	}

	private static Class<?> boxed(Class<?> type) {
		return MethodType.methodType(type).wrap().returnType();
	}

	private static String nameOf(Parameter parameter) {
		JsonProperty annotation = parameter.getAnnotation(JsonProperty.class);
		return (annotation != null && !annotation.value().isEmpty()) ? annotation.value() : parameter.getName();
	}

	void writeFields(Throwable thrown, JsonGenerator generator) throws IOException {
		for (Field field : this.fields.values()) {
			generator.writeFieldName(field.name);
			field.writer.writeValue(generator, field.accessor.getValue(thrown));
		}
	}

	/**
	 * Builds the exception. A constructor that makes the message from the fields is as
	 * good as one that takes it; one that leads to another message is the last resort.
	 * @param message the message
	 * @param sent the fields as they came
	 * @return the exception, or {@code null} if no constructor accepts what came
	 */
	@Nullable Throwable build(@Nullable String message, Map<String, TokenBuffer> sent) {
		Map<String, @Nullable Object> values = read(sent);
		Throwable lastResort = null;
		for (Creator creator : this.creators) {
			try {
				Throwable built = creator.create(message, values);
				for (Field field : this.fields.values()) {
					if (field.mutator != null && values.containsKey(field.name)
							&& !creator.sources.contains(field.name)) {
						field.mutator.setValue(built, values.get(field.name));
					}
				}
				if (Objects.equals(built.getMessage(), message)) {
					return built;
				}
				lastResort = (lastResort != null) ? lastResort : built;
			}
			catch (ReflectiveOperationException | RuntimeException | LinkageError ex) {
				// The next constructor may accept it; without any, name and message
				// remain.
				continue;
			}
		}
		return lastResort;
	}

	private Map<String, @Nullable Object> read(Map<String, TokenBuffer> sent) {
		Map<String, @Nullable Object> values = new HashMap<>();
		for (Field field : this.fields.values()) {
			TokenBuffer buffer = sent.get(field.name);
			if (buffer != null) {
				try (JsonParser parser = buffer.asParser()) {
					values.put(field.name, field.reader.readValue(parser));
				}
				catch (IOException | RuntimeException ex) {
					// As if it had not been sent: the exception matters more than the
					// field.
					continue;
				}
			}
		}
		return values;
	}

	private static final class Field {

		private final String name;

		private final AnnotatedMember accessor;

		private final @Nullable AnnotatedMember mutator;

		private final ObjectWriter writer;

		private final ObjectReader reader;

		Field(String name, AnnotatedMember accessor, @Nullable AnnotatedMember mutator, ObjectMapper mapper) {
			this.name = name;
			this.accessor = accessor;
			this.mutator = mutator;
			this.writer = mapper.writerFor(accessor.getType());
			this.reader = mapper.readerFor(accessor.getType());
		}

	}

	/**
	 * A constructor and what its parameters take.
	 *
	 * @param constructor the constructor
	 * @param sources the name of a field, {@link #MESSAGE} or {@link #NOTHING} for each
	 * parameter
	 */
	private record Creator(Constructor<?> constructor, List<String> sources) {

		int fieldCount() {
			return (int) this.sources.stream()
				.filter((source) -> !source.equals(MESSAGE) && !source.equals(NOTHING))
				.count();
		}

		Throwable create(@Nullable String message, Map<String, @Nullable Object> values)
				throws ReflectiveOperationException {
			@Nullable Object[] arguments = new @Nullable Object[this.sources.size()];
			for (int i = 0; i < arguments.length; i++) {
				String source = this.sources.get(i);
				arguments[i] = source.equals(MESSAGE) ? message : values.get(source);
				if (arguments[i] == null) {
					arguments[i] = Array.get(Array.newInstance(this.constructor.getParameterTypes()[i], 1), 0);
				}
			}
			return (Throwable) this.constructor.newInstance(arguments);
		}

	}

}
