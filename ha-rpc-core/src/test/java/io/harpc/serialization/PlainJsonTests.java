package io.harpc.serialization;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PlainJsonTests {

	private static final ObjectMapper JACKSON = new ObjectMapper();

	private static final List<Type> TYPES = List.of(boolean.class, Integer.class, long.class, String.class);

	private static final byte[] MUTATIONS = "0-9\"[],\\ a\ntrue\u00fc".getBytes(StandardCharsets.UTF_8);

	private final PlainJson plain = of(TYPES);

	private final long seed = new Random().nextLong();

	private final Random random = new Random(this.seed);

	@Test
	void writesWhatJacksonWrites() throws IOException {
		for (int i = 0; i < 20_000; i++) {
			Object[] values = values();
			byte[] jackson = JACKSON.writeValueAsBytes(values);
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			if (this.plain.writeAll(values, out)) {
				assertThat(out.toByteArray()).as("seed %d: %s", this.seed, Arrays.toString(values)).isEqualTo(jackson);
			}
			else {
				assertThat(out.size()).isZero();
			}
		}
	}

	@Test
	void readsWhatJacksonReadsOrNothing() throws IOException {
		int read = 0;
		for (int i = 0; i < 100_000; i++) {
			byte[] bytes = JACKSON.writeValueAsBytes(values());
			for (int mutations = this.random.nextInt(3); mutations > 0; mutations--) {
				bytes[this.random.nextInt(bytes.length)] = MUTATIONS[this.random.nextInt(MUTATIONS.length)];
			}
			@Nullable Object[] values = this.plain.readAll(bytes, 0, bytes.length);
			if (values != null) {
				read++;
				assertThat(values).as("seed %d: %s", this.seed, new String(bytes, StandardCharsets.UTF_8))
					.containsExactly(jacksons(bytes));
			}
		}
		assertThat(read).isGreaterThan(1000);
	}

	@Test
	void readsWithinItsBoundsOnly() {
		byte[] bytes = "x[true,-7,8,\"a b\"]]".getBytes(StandardCharsets.US_ASCII);
		assertThat(this.plain.readAll(bytes, 1, bytes.length - 2)).containsExactly(true, -7, 8L, "a b");
		for (int length = 0; length < bytes.length - 2; length++) {
			assertThat(this.plain.readAll(bytes, 1, length)).isNull();
		}
		assertThat(this.plain.readAll(bytes, 1, bytes.length - 1)).isNull();
	}

	@Test
	void doesWithoutJacksonWhereItCan() throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		assertThat(this.plain.writeAll(new Object[] { true, 1, Long.MIN_VALUE, "a@b.c" }, out)).isTrue();
		assertThat(out).hasToString("[true,1,-9223372036854775808,\"a@b.c\"]");
		PlainJson bool = of(List.of(boolean.class));
		assertThat(bool.read("false".getBytes(StandardCharsets.US_ASCII), 0, 5)).isEqualTo(false);
		assertThat(bool.write(true, new ByteArrayOutputStream())).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"", "\"a", "a\"", "\"a\"\"", "\"a\\n\"", "\"\u00fc\"", "null", " \"a\"", "\"a\" ",
			"\"\t\"" })
	void leavesUnusualTextToJackson(String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		assertThat(of(List.of(String.class)).read(bytes, 0, bytes.length)).isSameAs(PlainJson.OTHER);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "01", "-0", "1.0", "1e0", "+1", "1 ", "1234567890", "null", "true", "\"1\"" })
	void leavesUnusualNumbersToJackson(String json) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		assertThat(of(List.of(int.class)).read(bytes, 0, bytes.length)).isSameAs(PlainJson.OTHER);
	}

	@Test
	void isForPlainTypesOnly() {
		assertThat(PlainJson.of(List.of())).isNull();
		assertThat(PlainJson.of(List.of(int.class, double.class))).isNull();
		assertThat(PlainJson.of(List.of(Object.class))).isNull();
	}

	private static PlainJson of(List<Type> types) {
		return Objects.requireNonNull(PlainJson.of(types));
	}

	private Object[] values() {
		return new Object[] { this.random.nextBoolean(), this.random.nextInt() >> this.random.nextInt(32),
				this.random.nextLong() >> this.random.nextInt(64), text() };
	}

	private String text() {
		int length = this.random.nextInt(this.random.nextInt(10) == 0 ? 300 : 20);
		int most = (this.random.nextInt(4) == 0) ? 0x3000 : 0x7f;
		return this.random.ints(length, 0, most)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	private static Object[] jacksons(byte[] bytes) throws IOException {
		Object[] texts = JACKSON.readValue(bytes, Object[].class);
		Object[] values = new Object[texts.length];
		for (int i = 0; i < values.length; i++) {
			values[i] = JACKSON.convertValue(texts[i], JACKSON.constructType(TYPES.get(i)));
		}
		return values;
	}

}
