package io.harpc.serialization;

import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
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
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.smile.SmileFactory;
import com.fasterxml.jackson.dataformat.smile.SmileGenerator;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.paramnames.ParameterNamesModule;
import io.harpc.method.InvalidServiceException;
import io.harpc.method.MethodDescriptor;

/**
 * Both formats, which differ only in the factory of their parsers and generators. The
 * mapper is our own, so that an application's settings for its web endpoints do not
 * change what two peers understand of each other.
 */
final class JacksonSerializer implements Serializer {

	/** Far above real data, and reached long before the stack ends. */
	private static final int MAX_DEPTH = 500;

	/** Digits; reading a number takes a time that grows faster than its length. */
	private static final int MAX_NUMBER_LENGTH = 10_000;

	static final JacksonSerializer JSON = new JacksonSerializer("json",
			JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION));

	static final JacksonSerializer SMILE = new JacksonSerializer("smile",
			SmileFactory.builder().disable(SmileGenerator.Feature.ENCODE_BINARY_AS_7BIT));

	private final String name;

	private final ObjectMapper mapper;

	private JacksonSerializer(String name, TSFBuilder<?, ?> factory) {
		this.name = name;
		this.mapper = mapper(limited(factory).build());
	}

	/**
	 * Sets the limits of what is read. A string may be as long as the frame that it came
	 * in, which is limited already.
	 */
	private static TSFBuilder<?, ?> limited(TSFBuilder<?, ?> factory) {
		return factory
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxStringLength(Integer.MAX_VALUE)
				.maxNumberLength(MAX_NUMBER_LENGTH)
				.maxNestingDepth(MAX_DEPTH)
				.build())
			.streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
			.enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
			.enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
			.enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
			.disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
			.disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
			.disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM);
	}

	private static ObjectMapper mapper(JsonFactory factory) {
		return JsonMapper.builder(factory)
			.annotationIntrospector(new SealedTypes())
			.addModules(new ParameterNamesModule(), new Jdk8Module(), new JavaTimeModule(), new IsoTimeModule(),
					new SimpleModule("ha-rpc-order").addAbstractTypeMapping(Set.class, LinkedHashSet.class))
			.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
			.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS,
					SerializationFeature.FAIL_ON_EMPTY_BEANS, SerializationFeature.FLUSH_AFTER_WRITE_VALUE)
			.enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
					DeserializationFeature.ACCEPT_FLOAT_AS_INT)
			.enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
			.build();
	}

	@Override
	public String name() {
		return this.name;
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
		return new JacksonMethodSerializer(this.mapper, method);
	}

	private void check(Type type, String place, List<String> problems) {
		for (String problem : PayloadTypes.problems(this.mapper, this.mapper.constructType(type))) {
			problems.add(place + ": " + problem);
		}
	}

}
