package io.harpc.autoconfigure;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.harpc.Address;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * Refuses values that cannot work. Spring Boot's own failure analysis then says where the
 * value was set.
 */
final class PropertyCheck {

	private static final Duration MAX_DURATION = Duration.ofHours(24);

	private static final DataSize MIN_FRAME_SIZE = DataSize.ofKilobytes(4);

	private PropertyCheck() {
	}

	static void range(String name, int value, int min, int max) {
		if (value < min || value > max) {
			String expected = (max == Integer.MAX_VALUE) ? "at least " + min : min + " to " + max;
			throw new InvalidConfigurationPropertyValueException(name, value, "Expected: " + expected + ".");
		}
	}

	static void range(String name, double value, double min, double max) {
		if (!(value >= min && value <= max)) {
			String least = (min == Double.MIN_VALUE) ? "more than 0, at most " : plain(min) + " to ";
			throw new InvalidConfigurationPropertyValueException(name, value, "Expected: " + least + plain(max) + ".");
		}
	}

	static void atLeast(String name, Duration value, Duration least) {
		if (value.compareTo(least) < 0 || value.compareTo(MAX_DURATION) > 0) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"Expected: " + DurationStyle.SIMPLE.print(least, ChronoUnit.MILLIS) + " to 24 hours.");
		}
	}

	static void positive(String name, Duration value) {
		if (value.isNegative() || value.isZero() || value.compareTo(MAX_DURATION) > 0) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"Expected: more than zero, at most 24 hours.");
		}
	}

	static void notNegative(String name, Duration value) {
		if (value.isNegative() || value.compareTo(MAX_DURATION) > 0) {
			throw new InvalidConfigurationPropertyValueException(name, value, "Expected: zero to 24 hours.");
		}
	}

	static int frameSize(String name, DataSize value) {
		if (value.compareTo(MIN_FRAME_SIZE) < 0 || value.toBytes() > Integer.MAX_VALUE) {
			throw new InvalidConfigurationPropertyValueException(name, value, "Expected: 4KB to 2GB less one byte.");
		}
		return (int) value.toBytes();
	}

	static List<Address> addresses(String name, List<String> texts) {
		return texts.stream().map((text) -> {
			try {
				return Address.parse(text.trim());
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidConfigurationPropertyValueException(name, text, String.valueOf(ex.getMessage()));
			}
		}).toList();
	}

	private static String plain(double value) {
		return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
	}

}
