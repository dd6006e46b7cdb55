package io.harpc.serialization;

import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * The stock module is the specification.
 */
class IsoTimeModuleTests {

	private static final int ROUNDS = 2_000;

	private static final long SEED = 20261120;

	static final List<Class<?>> TYPES = List.of(Instant.class, LocalDate.class, LocalTime.class, LocalDateTime.class,
			OffsetDateTime.class, ZonedDateTime.class);

	private static final List<ZoneId> ZONES = Stream
		.of("Europe/Paris", "America/New_York", "Asia/Kathmandu", "Africa/Monrovia", "UTC", "GMT", "Z", "+02:00",
				"-03:30", "+18:00", "+01:02:03", "UTC+02:00", "Etc/GMT-14", "America/Argentina/Buenos_Aires")
		.map(ZoneId::of)
		.toList();

	private final ObjectMapper stock = builder().build();

	private final ObjectMapper fast = builder().addModule(new IsoTimeModule()).build();

	private final Random random = new Random(SEED);

	private static JsonMapper.Builder builder() {
		return JsonMapper.builder()
			.addModule(new JavaTimeModule())
			.disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
			.enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
			.disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE);
	}

	@ParameterizedTest
	@FieldSource("TYPES")
	void writesTheTextOfTheStockModuleAndReadsItBack(Class<?> type) throws IOException {
		for (int i = 0; i < ROUNDS; i++) {
			Object value = value(type);
			String text = this.stock.writeValueAsString(value);
			assertThat(this.fast.writeValueAsString(value)).as("seed %d, round %d", SEED, i).isEqualTo(text);
			assertThat(this.fast.readValue(text, type)).as("seed %d, round %d", SEED, i)
				.isEqualTo(this.stock.readValue(text, type))
				.isEqualTo(value);
		}
	}

	@ParameterizedTest
	@FieldSource("TYPES")
	void acceptsAndRefusesWhatTheStockModuleDoes(Class<?> type) throws IOException {
		for (int i = 0; i < ROUNDS; i++) {
			String text = mutate(this.stock.writeValueAsString(value(type)));
			Object expected;
			try {
				expected = this.stock.readValue(text, type);
			}
			catch (IOException ex) {
				assertThatIOException().as("seed %d, round %d: %s", SEED, i, text)
					.isThrownBy(() -> this.fast.readValue(text, type));
				continue;
			}
			assertThat(this.fast.readValue(text, type)).as("seed %d, round %d: %s", SEED, i, text).isEqualTo(expected);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "2024-02-29", "2023-02-29", "1900-02-29", "2000-02-29", "2024-02-30", "2024-04-31",
			"2024-13-01", "2024-00-10", "2024-01-00", "+2024-01-01", "-0001-01-01", "2024-1-1", "",
			"2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "2024-01-01T23:59:60Z", "2024-01-01T10:15Z",
			"2024-01-01T10:15:00.Z", "2024-01-01T10:15:00.1234567890Z", "2024-01-01T10:15:00+00:00",
			"2024-01-01T10:15:00-00:00", "2024-01-01T10:15:00+0000", "2024-01-01T10:15:00+18:01",
			"2024-01-01T10:15:00+01:60", "2024-01-01T10:15:00+01", "2024-01-01t10:15:00z", "10:15", "24:00:00",
			"10:15:30.000000001", "2024-01-01T10:15:00+01:00[Europe/Paris]", "2024-01-01T10:15:00+05:00[Europe/Paris]",
			"2024-01-01T10:15:00+01:00[Europe/Nowhere]", "2024-01-01T10:15:00+01:00[europe/paris]",
			"2024-01-01T10:15:00Z[UTC]", "2024-01-01T10:15:00Z[]", "2024-01-01T10:15:00Z[", "2024-01-01T10:15:00Z]",
			"2024-01-01T10:15:00Z[UTC/]", "2024-01-01T10:15:00Z[GMT/UTC]", "2024-10-27T02:30:00+01:00[Europe/Paris]",
			"2024-10-27T02:30:00+02:00[Europe/Paris]", "2024-03-31T02:30:00+01:00[Europe/Paris]", "1704106500",
			"\u0662024-01-01" })
	void agreesWithTheStockModuleAtTheEdges(String text) throws IOException {
		for (Class<?> type : TYPES) {
			String json = this.stock.writeValueAsString(text);
			Object expected;
			try {
				expected = this.stock.readValue(json, type);
			}
			catch (IOException ex) {
				assertThatIOException().as("%s as %s", text, type).isThrownBy(() -> this.fast.readValue(json, type));
				continue;
			}
			assertThat(this.fast.readValue(json, type)).as("%s as %s", text, type).isEqualTo(expected);
		}
	}

	@Test
	void leavesAFormatOfTheUsersOwnToTheStockModule() throws IOException {
		Formatted value = new Formatted(LocalDate.of(2026, 11, 20), LocalDate.of(2026, 11, 21));
		String text = this.fast.writeValueAsString(value);
		assertThat(text).isEqualTo("{\"own\":\"20.11.2026\",\"iso\":\"2026-11-21\"}");
		assertThat(this.fast.readValue(text, Formatted.class)).isEqualTo(value);
	}

	private String mutate(String json) {
		StringBuilder text = new StringBuilder(json.substring(1, json.length() - 1));
		String alphabet = "0123456789+-:.TZ[]/ eUTC";
		for (int i = 0; i <= this.random.nextInt(2); i++) {
			char c = alphabet.charAt(this.random.nextInt(alphabet.length()));
			int at = this.random.nextInt(text.length());
			switch (this.random.nextInt(3)) {
				case 0 -> text.setCharAt(at, c);
				case 1 -> text.insert(at, c);
				default -> text.deleteCharAt(at);
			}
		}
		return "\"" + text + "\"";
	}

	private Object value(Class<?> type) {
		if (type == Instant.class) {
			return dateTime().toInstant(ZoneOffset.UTC);
		}
		if (type == LocalDate.class) {
			return dateTime().toLocalDate();
		}
		if (type == LocalTime.class) {
			return dateTime().toLocalTime();
		}
		if (type == LocalDateTime.class) {
			return dateTime();
		}
		ZonedDateTime zoned = dateTime().atZone(ZONES.get(this.random.nextInt(ZONES.size())));
		return (type == OffsetDateTime.class) ? zoned.toOffsetDateTime() : zoned;
	}

	private LocalDateTime dateTime() {
		long second = switch (this.random.nextInt(4)) {
			case 0 -> this.random.nextLong(-70_000_000_000L, 260_000_000_000L);
			case 1 -> this.random.nextLong(-31_000_000_000_000L, 31_000_000_000_000L);
			case 2 -> this.random.nextLong(0, 4_000_000_000L) / 86_400 * 86_400;
			default -> this.random.nextLong(0, 4_000_000_000L);
		};
		int nano = switch (this.random.nextInt(5)) {
			case 0 -> 0;
			case 1 -> this.random.nextInt(1_000) * 1_000_000;
			case 2 -> this.random.nextInt(1_000_000) * 1_000;
			case 3 -> this.random.nextInt(10);
			default -> this.random.nextInt(1_000_000_000);
		};
		return LocalDateTime.ofEpochSecond(second, nano, ZoneOffset.UTC);
	}

	record Formatted(@JsonFormat(pattern = "dd.MM.yyyy") LocalDate own, LocalDate iso) {
	}

}
