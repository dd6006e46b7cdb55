package io.harpc.serialization;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class JsonSerializerTests extends SerializerContractTests {

	/** What released peers send and read: a change here breaks them. */
	private static final String GOLDEN_ORDER = "{\"id\":7,\"title\":\"B\u00fccher \\uD83D\\uDCDA\",\"prices\":[{\"amount\":1.10,\"currency\":\"EUR\"},null],"
			+ "\"at\":\"2026-11-20T15:04:05.123456789Z\",\"due\":\"2026-12-24\",\"color\":\"GREEN\","
			+ "\"shipped\":\"2026-11-20T16:04:05+01:00[Europe/Paris]\"}";

	@Override
	Serializer serializer() {
		return Serializer.json();
	}

	@Test
	void hasTheGoldenForm() throws IOException {
		Samples.Order order = new Samples.Order(7, "B\u00fccher \uD83D\uDCDA",
				Arrays.asList(new Samples.Money(new BigDecimal("1.10"), Currency.getInstance("EUR")), null),
				Instant.parse("2026-11-20T15:04:05.123456789Z"), Optional.of(LocalDate.of(2026, 12, 24)),
				Samples.Color.GREEN, ZonedDateTime.parse("2026-11-20T16:04:05+01:00[Europe/Paris]"));
		MethodSerializer method = method(Samples.OfOrder.class, "future");
		byte[] golden = ("[" + GOLDEN_ORDER + ",null]").getBytes(StandardCharsets.UTF_8);
		assertThat(new String(write(method, order, null), StandardCharsets.UTF_8))
			.isEqualTo(new String(golden, StandardCharsets.UTF_8));
		assertThat(method.readArguments(golden, 0, golden.length)).containsExactly(order, null);
	}

	@Test
	void carriesHalvesOfSurrogatePairs() throws IOException {
		MethodSerializer method = method(Samples.OfString.class, "plain");
		for (String text : List.of("\uD83D", "a\uDE00b", "\uDE00\uD83D", "\uD83D\uD83D\uDE00")) {
			assertThat(readResult(method, text)).isEqualTo(text);
		}
	}

	@Test
	void namesTheClassesOfASealedTypeAndNoOther() throws IOException {
		MethodSerializer method = method(Samples.OfShape.class, "future");
		assertThat(
				new String(write(method, new Samples.Circle(1.5), new Samples.Square(2, null)), StandardCharsets.UTF_8))
			.isEqualTo(
					"[{\"@type\":\"Samples$Circle\",\"radius\":1.5},{\"@type\":\"square\",\"side\":2,\"inner\":null}]");
		for (String type : List.of("java.lang.Object", "Samples$Money", "io.harpc.serialization.Samples$Circle")) {
			assertRefused(method(Samples.OfShape.class, "plain"), "[{\"@type\":\"" + type + "\",\"radius\":1.5}]");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "null", "{}", "[", "[]", "[1", "[1,", "[1,2]", "[1]]", "[1] 2", "[1]x", "[01]",
			"[1.0]", "[1e0]", "[99999999999]", "[\"1\"]", "[true]", "[[1]]", "[{}]", "[NaN]", "[1/**/]", "['1']",
			"\uFEFF[1]", "[1,]" })
	void refusesWhatIsNotOneInteger(String payload) {
		assertRefused(method(Samples.OfInteger.class, "plain"), payload);
	}

	@Test
	void refusesHugeNumbersAndDeepNesting() {
		assertRefused(method(Samples.OfBigInteger.class, "plain"), "[" + "9".repeat(10_001) + "]");
		assertRefused(method(Samples.OfBigInteger.class, "plain"), "[1e999999999]");
		assertRefused(method(Samples.OfString.class, "plain"), "[".repeat(1_000_000));
		assertRefused(method(Samples.OfTree.class, "plain"), "[" + "{\"children\":[".repeat(100_000));
		assertRefused(method(Samples.OfTree.class, "plain"), "[{\"unknown\":" + "[".repeat(100_000));
	}

	private static void assertRefused(MethodSerializer method, String payload) {
		byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
		assertThatIOException().isThrownBy(() -> method.readArguments(bytes, 0, bytes.length));
	}

}
