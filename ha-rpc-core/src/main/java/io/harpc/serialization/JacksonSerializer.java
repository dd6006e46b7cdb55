package io.harpc.serialization;

import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.TSFBuilder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.smile.SmileFactory;
import com.fasterxml.jackson.dataformat.smile.SmileGenerator;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.harpc.method.InvalidServiceException;
import io.harpc.method.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Both formats, which differ only in the factory of their parsers and generators. The
 * mapper is our own, so that an application's settings for its web endpoints do not
 * change what two peers understand of each other.
 */
final class JacksonSerializer implements Serializer {

	/** Far above real data, and reached long before the stack ends. */
	private static final int MAX_DEPTH = 500;

	/**
	 * Digits, enough for the key of any cryptosystem in use. Reading a number takes a
	 * time that grows faster than its length.
	 */
	static final int MAX_NUMBER_LENGTH = 10_000;

	/** Names of properties and keys of maps, which are looked up in tables. */
	private static final int MAX_LENGTH = 50_000;

	/**
	 * Each token may become an object. Ordinary data takes ten bytes and more for one, so
	 * this is reached where a frame of 100 MB is allowed, and by nothing in a frame of
	 * the default size; empty objects take two bytes, and Smile's small numbers one.
	 */
	private static final int MAX_TOKENS = 10_000_000;

	static final JacksonSerializer JSON = new JacksonSerializer("json", false);

	static final JacksonSerializer SMILE = new JacksonSerializer("smile", false);

	private static final JacksonSerializer STRICT_JSON = new JacksonSerializer("json", true);

	private static final JacksonSerializer STRICT_SMILE = new JacksonSerializer("smile", true);

	private final String name;

	private final boolean strict;

	private volatile @Nullable ObjectMapper mapper;

	private JacksonSerializer(String name, boolean strict) {
		this.name = name;
		this.strict = strict;
	}

	/**
	 * Not made before it is needed: the classes of a format that nothing is offered in
	 * would only delay the start. Two threads may make one each, which is as good.
	 */
	private ObjectMapper mapper() {
		ObjectMapper made = this.mapper;
		if (made == null) {
			made = mapper(limited(factory(this.name, this.strict)).build(), this.strict);
			this.mapper = made;
		}
		return made;
	}

	private static TSFBuilder<?, ?> factory(String name, boolean strict) {
		TSFBuilder<?, ?> factory = name.equals("json")
				? JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION)
				: SmileFactory.builder().disable(SmileGenerator.Feature.ENCODE_BINARY_AS_7BIT);
		// Keeps a set of names for each object: it takes a third more memory to read a
		// record of twelve fields, and a quarter to a half more time. Two peers with the
		// same reader gain nothing from it, so only who asks for strictness pays for it.
		return factory.configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, strict);
	}

	/**
	 * Sets the limits of what is read. A payload and each of its texts may be as long as
	 * the frame that they came in, which is limited already, and by the user.
	 */
	private static TSFBuilder<?, ?> limited(TSFBuilder<?, ?> factory) {
		return factory
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxDocumentLength(Integer.MAX_VALUE)
				.maxStringLength(Integer.MAX_VALUE)
				.maxNameLength(MAX_LENGTH)
				.maxNumberLength(MAX_NUMBER_LENGTH)
				.maxNestingDepth(MAX_DEPTH)
				.maxTokenCount(MAX_TOKENS)
				.build())
			.streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
			.disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
			.enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
			.enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
			.enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
			.disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
			.disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
			.disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM);
	}

	private static ObjectMapper mapper(JsonFactory factory, boolean strict) {
		return JsonMapper.builder(factory)
			.annotationIntrospector(new SealedTypes())
			.polymorphicTypeValidator(new NoClassNames())
			.addModules(new ParameterNamesModule(), new Jdk8Module(), new JavaTimeModule(), new IsoTimeModule(),
					new SimpleModule("ha-rpc").addAbstractTypeMapping(Set.class, LinkedHashSet.class)
						.addDeserializer(BigDecimal.class, new BoundedDecimals()))
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
			.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
					SerializationFeature.FAIL_ON_EMPTY_BEANS, SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
			.enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
			.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
			.disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
					DeserializationFeature.ACCEPT_FLOAT_AS_INT)
			.enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
			.build();
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Serializer strict() {
		return this.name.equals("json") ? STRICT_JSON : STRICT_SMILE;
	}

	@Override
	public MethodSerializer forMethod(MethodDescriptor method) {
		List<String> problems = new ArrayList<>();
		String name = method.method().getDeclaringClass().getName() + "." + method.signature();
		Parameter[] parameters = method.method().getParameters();
		for (int i = 0; i < parameters.length; i++) {
			String place = parameters[i].isNamePresent() ? parameters[i].getName() : String.valueOf(i + 1);
			check(method.parameterTypes().get(i), name + ", parameter " + place, problems);
		}
		if (!method.isVoid()) {
			check(method.resultType(), name + ", result", problems);
		}
		if (!problems.isEmpty()) {
			throw new InvalidServiceException(method.method().getDeclaringClass(), problems);
		}
		return new JacksonMethodSerializer(mapper(), method);
	}

	private void check(Type type, String place, List<String> problems) {
		for (String problem : PayloadTypes.problems(mapper(), mapper().constructType(type))) {
			problems.add(place + ": " + problem);
		}
	}

	/**
	 * Refuses each class that a payload names, before it is loaded. {@link PayloadTypes}
	 * finds what would let a sender do so; this holds where it has not looked.
	 */
	private static final class NoClassNames extends PolymorphicTypeValidator.Base {

		private static final long serialVersionUID = 1L;

		@Override
		public Validity validateSubClassName(MapperConfig<?> config, JavaType baseType, String subClassName) {
			return Validity.DENIED;
		}

	}

}
