package io.harpc.serialization;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.dataformat.smile.SmileFactory;
import io.harpc.ServiceKey;
import io.harpc.method.InvalidServiceException;
import io.harpc.method.ServiceDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What is sent to exhaust who reads it, to have it say what it should not, or to be read
 * in two ways.
 */
@Timeout(30)
class HostilePayloadTests {

	private static final String SECRET = "s3cret-4111111111111111";

	private static final StreamReadConstraints UNLIMITED = StreamReadConstraints.builder()
		.maxNestingDepth(Integer.MAX_VALUE)
		.maxNumberLength(Integer.MAX_VALUE)
		.maxNameLength(Integer.MAX_VALUE)
		.maxStringLength(Integer.MAX_VALUE)
		.build();

	private static final StreamWriteConstraints ANY_DEPTH = StreamWriteConstraints.builder()
		.maxNestingDepth(Integer.MAX_VALUE)
		.build();

	static List<Serializer> all() {
		return List.of(Serializer.json(), Serializer.smile(), Serializer.json().strict(), Serializer.smile().strict());
	}

	static List<Serializer> lenient() {
		return List.of(Serializer.json(), Serializer.smile());
	}

	@ParameterizedTest
	@MethodSource("all")
	void bombsOfDepthAndDigitsAreRefused(Serializer serializer) {
		refuses(serializer, Samples.OfTree.class, "{\"children\":[".repeat(100_000) + "]}".repeat(100_000));
		refuses(serializer, Samples.OfTree.class, "{\"name\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
		for (Class<?> type : List.of(Samples.OfBigDecimal.class, Samples.OfBigInteger.class, Samples.OfInteger.class,
				Samples.OfLong.class)) {
			refuses(serializer, type, "9".repeat(1_000_000));
			refuses(serializer, type, "1e1000000000");
			refuses(serializer, type, "1e-1000000000");
		}
		refuses(serializer, Samples.OfBigDecimal.class, "0." + "1".repeat(1_000_000));
		refuses(serializer, Samples.OfBigDecimal.class, "\"1e1000000000\"");
		refuses(serializer, Samples.OfBigInteger.class, "\"" + "9".repeat(1_000_000) + "\"");
		endures(serializer, Samples.OfDuration.class, "1e1000000000");
		endures(serializer, Samples.OfInstant.class, "1e1000000000");
		endures(serializer, Samples.OfDouble.class, "1e1000000000");
		refuses(serializer, Samples.OfInstant.class, "\"+1000000000000-01-01T00:00:00Z\"");
	}

	@ParameterizedTest
	@MethodSource("all")
	void numbersThatPeopleUseArrive(Serializer serializer) throws IOException {
		for (BigDecimal value : List.of(new BigDecimal("1e10000"), new BigDecimal("-1e-10000"),
				new BigDecimal("9".repeat(9_999)), BigDecimal.valueOf(Double.MIN_VALUE))) {
			assertThat(read(serializer, Samples.OfBigDecimal.class, "plain", value.toString())).containsExactly(value);
		}
	}

	@ParameterizedTest
	@MethodSource("all")
	void keysThatCollideAreNoBurden(Serializer serializer) throws IOException {
		String entries = IntStream.range(0, 1 << 15)
			.mapToObj((bits) -> "\"" + colliding(bits, 15) + "\":[]")
			.collect(Collectors.joining(",", "{", "}"));
		Object[] arguments = read(serializer, Samples.OfString.class, "map", entries);
		assertThat((Map<?, ?>) arguments[0]).hasSize(1 << 15);
	}

	@Test
	void aKeyIsNoPlaceForADocument() {
		refuses(Serializer.json(), Samples.OfString.class, "map", "{\"" + "k".repeat(50_001) + "\":[]}");
	}

	/** All of one length have one {@code hashCode}. */
	private static String colliding(int bits, int length) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < length; i++) {
			text.append(((bits >>> i & 1) == 0) ? "Aa" : "BB");
		}
		return text.toString();
	}

	@ParameterizedTest
	@MethodSource("all")
	void objectsOfNothingAreCounted(Serializer serializer) {
		refuses(serializer, Samples.OfString.class, "array", "[" + "null,".repeat(10_000_000) + "null]");
	}

	@ParameterizedTest
	@MethodSource("lenient")
	void whatIsReadTakesAMultipleOfItsSize(Serializer serializer) throws IOException {
		byte[] payload = payload(serializer, "[" + "{},".repeat(500_000) + "{}]");
		MethodSerializer method = method(serializer, Samples.OfTree.class, "array");
		long before = Allocated.bytes();
		method.readArguments(payload, 0, payload.length);
		assertThat(Allocated.bytes() - before).isLessThan(100L * payload.length);
	}

	@ParameterizedTest
	@MethodSource("lenient")
	void strictnessRefusesWhatIsUnknownOrThereTwice(Serializer serializer) throws IOException {
		assertThat(serializer.strict().name()).isEqualTo(serializer.name());
		assertThat(serializer.strict().strict()).isSameAs(serializer.strict());
		String unknown = "{\"name\":\"a\",\"nom\":\"b\"}";
		String twice = "{\"name\":\"a\",\"name\":\"b\"}";
		assertThat(read(serializer, Samples.OfTree.class, "plain", unknown)).isNotEmpty();
		assertThat(read(serializer, Samples.OfTree.class, "plain", twice)).isNotEmpty();
		assertThat(refuses(serializer.strict(), Samples.OfTree.class, unknown)).hasMessageEndingWith(
				"argument 1 cannot be read: nom: nom is no property of " + Samples.Tree.class.getName());
		assertThat(refuses(serializer.strict(), Samples.OfTree.class, twice)).hasMessageContaining("there twice");
		refuses(serializer.strict(), Samples.OfString.class, "map", "{\"a\":[],\"a\":[]}");
	}

	@ParameterizedTest
	@MethodSource("all")
	void neitherMessageNorCauseSaysWhatWasSent(Serializer serializer) {
		String text = '"' + SECRET + '"';
		assertThat(refuses(serializer, Samples.OfInteger.class, text))
			.hasMessageEndingWith("argument 1 cannot be read: not a value of java.lang.Integer");
		assertThat(refuses(serializer, Samples.OfOrder.class, "{\"prices\":[null,{\"amount\":" + text + "}]}"))
			.hasMessageContaining("argument 1 cannot be read: prices[1].amount: not a value of java.math.BigDecimal");
		assertThat(refuses(serializer, Samples.OfMoney.class, "map", "{" + text + ":[{\"amount\":[]}]}"))
			.hasMessageContaining(": <key>[0].amount: ");
		for (Class<?> type : List.of(Samples.OfColor.class, Samples.OfUuid.class, Samples.OfInstant.class,
				Samples.OfLocalDate.class, Samples.OfCurrency.class, Samples.OfBoolean.class, Samples.OfOrder.class,
				Samples.OfShape.class, Samples.OfInts.class, Samples.OfZoneId.class)) {
			refuses(serializer, type, text);
		}
		refuses(serializer, Samples.OfShape.class, "{\"@type\":" + text + "}");
		refuses(serializer, Samples.OfMoney.class, "{" + text + ":1,\"amount\":[]}");
		refuses(serializer, Picky.class, "call", "{\"card\":" + text + "}");
		refuses(serializer, Picky.class, "set", "{\"card\":" + text + "}");
		refuses(serializer, Picky.class, "key", "{" + text + ":1}");
	}

	@ParameterizedTest
	@MethodSource("lenient")
	void textThatIsNoPayloadIsNotRepeated(Serializer serializer) {
		for (String text : List.of(SECRET, "[" + SECRET, "[\"" + SECRET, "[\"\\x" + SECRET, "[1]" + SECRET,
				"{\"" + SECRET + "\":1}")) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			refuses(method(serializer, Samples.OfInteger.class, "plain"), bytes);
			assertQuiet(catchThrowableOfType(IOException.class,
					() -> method(serializer, Samples.OfInteger.class, "plain").readException(bytes, 0, bytes.length)));
		}
	}

	@ParameterizedTest
	@MethodSource("all")
	void noClassIsEverNamedByTheSender(Serializer serializer) {
		assertThatExceptionOfType(InvalidServiceException.class)
			.isThrownBy(() -> serializer.forService(ServiceDescriptor.of(ServiceKey.of(ByClass.class), ByClass.class)))
			.withMessageContaining("would let the sender choose the class");
		refuses(serializer, Samples.OfMoney.class, "[\"javax.swing.JEditorPane\",{\"page\":\"http://localhost\"}]");
		refuses(serializer, Samples.OfString.class, "list", "[[\"java.util.ArrayList\",[]]]");
	}

	private static Object[] read(Serializer serializer, Class<?> carrier, String method, String value)
			throws IOException {
		byte[] payload = payload(serializer, value);
		return method(serializer, carrier, method).readArguments(payload, 0, payload.length);
	}

	/** Whether it is refused or not, it costs nothing. */
	private static void endures(Serializer serializer, Class<?> carrier, String value) {
		byte[] payload = payload(serializer, value);
		MethodSerializer method = method(serializer, carrier, "plain");
		long before = Allocated.bytes();
		try {
			assertThat(method.readArguments(payload, 0, payload.length)).hasSize(1);
		}
		catch (IOException ex) {
			assertQuiet(ex);
		}
		assertThat(Allocated.bytes() - before).isLessThan(1_000_000);
	}

	private static IOException refuses(Serializer serializer, Class<?> carrier, String value) {
		return refuses(serializer, carrier, "plain", value);
	}

	private static IOException refuses(Serializer serializer, Class<?> carrier, String method, String value) {
		return refuses(method(serializer, carrier, method), payload(serializer, value));
	}

	private static IOException refuses(MethodSerializer method, byte[] payload) {
		IOException failure = catchThrowableOfType(IOException.class,
				() -> method.readArguments(payload, 0, payload.length));
		assertQuiet(failure);
		return failure;
	}

	private static void assertQuiet(IOException failure) {
		assertThat(failure).isNotNull().hasNoCause();
		assertThat(failure.getMessage()).doesNotContain("s3cret", "4111").hasSizeLessThan(1024);
	}

	private static MethodSerializer method(Serializer serializer, Class<?> carrier, String name) {
		return serializer.forMethod(SerializerContractTests.descriptor(carrier, name));
	}

	/** One argument, given as JSON, without any limit of ours. */
	private static byte[] payload(Serializer serializer, String value) {
		byte[] json = ("[" + value + "]").getBytes(StandardCharsets.UTF_8);
		if (serializer.name().equals("json")) {
			return json;
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (JsonParser parser = JsonFactory.builder()
			.enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
			.streamReadConstraints(UNLIMITED)
			.build()
			.createParser(json);
				JsonGenerator generator = SmileFactory.builder()
					.streamWriteConstraints(ANY_DEPTH)
					.build()
					.createGenerator(out)) {
			for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
				if (token.isNumeric() && parser.getTextLength() > 100_000) {
					// To parse it takes the minute that a reader is to be saved.
					BigInteger huge = BigInteger.ONE.shiftLeft(3 * parser.getTextLength());
					if (token == JsonToken.VALUE_NUMBER_INT) {
						generator.writeNumber(huge);
					}
					else {
						generator.writeNumber(new BigDecimal(huge, 1));
					}
				}
				else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
					generator.writeNumber(parser.getDecimalValue());
				}
				else {
					generator.copyCurrentEvent(parser);
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return out.toByteArray();
	}

	interface Picky {

		void call(Card card);

		void set(CardBean card);

		void key(Map<Duration, Integer> map);

	}

	record Card(String card) {

		Card {
			throw new IllegalArgumentException("not a card: " + card);
		}

	}

	static final class CardBean {

		private String card = "";

		public String getCard() {
			return this.card;
		}

		public void setCard(String card) {
			throw new IllegalArgumentException("not a card: " + card);
		}

	}

	interface ByClass {

		void call(Named named);

	}

	@com.fasterxml.jackson.annotation.JsonTypeInfo(use = com.fasterxml.jackson.annotation.JsonTypeInfo.Id.CLASS)
	interface Named {

	}

}
