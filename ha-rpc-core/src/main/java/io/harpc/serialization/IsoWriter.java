package io.harpc.serialization;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/**
 * Writes dates and times as the ISO formats of {@code DateTimeFormatter} do, some five
 * times as fast. Only for the years 0 to 9999; others have a form of their own.
 */
final class IsoWriter {

	/** {@code 2026-11-20T15:04:05.123456789+01:00:00}. */
	private static final int MAX_LENGTH = 38;

	private final char[] text;

	private int length;

	IsoWriter() {
		this(0);
	}

	private IsoWriter(int more) {
		this.text = new char[MAX_LENGTH + more];
	}

	static boolean isCommon(int year) {
		return year >= 0 && year <= 9999;
	}

	static boolean isCommon(Instant instant) {
		return instant.getEpochSecond() >= -62_167_219_200L && instant.getEpochSecond() < 253_402_300_800L;
	}

	static IsoWriter of(ZonedDateTime value) {
		if (value.getZone() instanceof ZoneOffset) {
			return new IsoWriter().dateTime(value.toLocalDateTime()).offset(value.getOffset());
		}
		String id = value.getZone().getId();
		return new IsoWriter(id.length() + 2).dateTime(value.toLocalDateTime()).offset(value.getOffset()).region(id);
	}

	static IsoWriter of(OffsetDateTime value) {
		return new IsoWriter().dateTime(value.toLocalDateTime()).offset(value.getOffset());
	}

	static IsoWriter of(Instant value) {
		LocalDateTime dateTime = LocalDateTime.ofEpochSecond(value.getEpochSecond(), 0, ZoneOffset.UTC);
		return new IsoWriter().dateTime(dateTime).fractionInThrees(value.getNano()).character('Z');
	}

	static IsoWriter of(LocalDateTime value) {
		return new IsoWriter().dateTime(value);
	}

	static IsoWriter of(LocalDate value) {
		return new IsoWriter().date(value);
	}

	static IsoWriter of(LocalTime value) {
		return new IsoWriter().time(value);
	}

	char[] text() {
		return this.text;
	}

	int length() {
		return this.length;
	}

	private IsoWriter dateTime(LocalDateTime value) {
		return date(value.toLocalDate()).character('T').time(value.toLocalTime());
	}

	private IsoWriter date(LocalDate value) {
		int year = value.getYear();
		return twoDigits(year / 100).twoDigits(year % 100)
			.character('-')
			.twoDigits(value.getMonthValue())
			.character('-')
			.twoDigits(value.getDayOfMonth());
	}

	private IsoWriter time(LocalTime value) {
		twoDigits(value.getHour()).character(':')
			.twoDigits(value.getMinute())
			.character(':')
			.twoDigits(value.getSecond());
		int nano = value.getNano();
		if (nano != 0) {
			fraction(nano, 9);
			while (this.text[this.length - 1] == '0') {
				this.length--;
			}
		}
		return this;
	}

	/** Instants have none, three, six or nine digits. */
	private IsoWriter fractionInThrees(int nano) {
		if (nano == 0) {
			return this;
		}
		if (nano % 1_000_000 == 0) {
			return fraction(nano / 1_000_000, 3);
		}
		return (nano % 1_000 == 0) ? fraction(nano / 1_000, 6) : fraction(nano, 9);
	}

	private IsoWriter fraction(int value, int digits) {
		character('.');
		int rest = value;
		for (int i = this.length + digits - 1; i >= this.length; i--) {
			this.text[i] = (char) ('0' + rest % 10);
			rest /= 10;
		}
		this.length += digits;
		return this;
	}

	private IsoWriter offset(ZoneOffset offset) {
		int seconds = Math.abs(offset.getTotalSeconds());
		if (seconds == 0) {
			return character('Z');
		}
		character((offset.getTotalSeconds() < 0) ? '-' : '+').twoDigits(seconds / 3600)
			.character(':')
			.twoDigits(seconds / 60 % 60);
		return (seconds % 60 == 0) ? this : character(':').twoDigits(seconds % 60);
	}

	private IsoWriter region(String id) {
		character('[');
		id.getChars(0, id.length(), this.text, this.length);
		this.length += id.length();
		return character(']');
	}

	private IsoWriter twoDigits(int value) {
		this.text[this.length++] = (char) ('0' + value / 10);
		this.text[this.length++] = (char) ('0' + value % 10);
		return this;
	}

	private IsoWriter character(char c) {
		this.text[this.length++] = c;
		return this;
	}

}
