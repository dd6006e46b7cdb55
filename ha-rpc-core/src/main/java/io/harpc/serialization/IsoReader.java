package io.harpc.serialization;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

import org.jspecify.annotations.Nullable;

/**
 * Reads the common forms of ISO 8601 dates and times, those that {@link IsoWriter}
 * writes. Each method returns {@code null} for any other text, valid or not: a
 * {@code DateTimeFormatter} has the last word on it.
 */
final class IsoReader {

	private final char[] text;

	private final int end;

	private int position;

	private boolean uncommon;

	IsoReader(char[] text, int offset, int length) {
		this.text = text;
		this.position = offset;
		this.end = offset + length;
	}

	@Nullable LocalDate localDate() {
		LocalDate date = date();
		return isWhole() ? date : null;
	}

	@Nullable LocalTime localTime() {
		LocalTime time = time();
		return isWhole() ? time : null;
	}

	@Nullable LocalDateTime localDateTime() {
		LocalDateTime dateTime = dateTime();
		return isWhole() ? dateTime : null;
	}

	@Nullable Instant instant() {
		LocalDateTime dateTime = dateTime();
		skip('Z');
		return isWhole() ? dateTime.toInstant(ZoneOffset.UTC) : null;
	}

	@Nullable OffsetDateTime offsetDateTime() {
		LocalDateTime dateTime = dateTime();
		ZoneOffset offset = offset();
		return isWhole() ? OffsetDateTime.of(dateTime, offset) : null;
	}

	@Nullable ZonedDateTime zonedDateTime() {
		LocalDateTime dateTime = dateTime();
		ZoneOffset offset = offset();
		ZoneId zone = (this.position < this.end) ? region() : offset;
		return isWhole() ? ZonedDateTime.ofInstant(dateTime, offset, zone) : null;
	}

	private boolean isWhole() {
		return !this.uncommon && this.position == this.end;
	}

	private LocalDateTime dateTime() {
		LocalDate date = date();
		skip('T');
		return LocalDateTime.of(date, time());
	}

	private LocalDate date() {
		int year = digits(4);
		skip('-');
		int month = digits(2);
		skip('-');
		int day = digits(2);
		if (this.uncommon || month < 1 || month > 12 || day < 1
				|| (day > 28 && day > YearMonth.of(year, month).lengthOfMonth())) {
			this.uncommon = true;
			return LocalDate.EPOCH;
		}
		return LocalDate.of(year, month, day);
	}

	private LocalTime time() {
		int hour = digits(2);
		skip(':');
		int minute = digits(2);
		skip(':');
		int second = digits(2);
		int nano = (this.position < this.end && this.text[this.position] == '.') ? fraction() : 0;
		if (this.uncommon || hour > 23 || minute > 59 || second > 59) {
			this.uncommon = true;
			return LocalTime.MIDNIGHT;
		}
		return LocalTime.of(hour, minute, second, nano);
	}

	private int fraction() {
		this.position++;
		int start = this.position;
		int nano = 0;
		int unit = 1_000_000_000;
		while (this.position < this.end && unit > 1 && isDigit(this.text[this.position])) {
			unit /= 10;
			nano += (this.text[this.position++] - '0') * unit;
		}
		this.uncommon |= (this.position == start);
		return nano;
	}

	private ZoneOffset offset() {
		if (this.position < this.end && this.text[this.position] == 'Z') {
			this.position++;
			return ZoneOffset.UTC;
		}
		boolean negative = this.position < this.end && this.text[this.position] == '-';
		skip(negative ? '-' : '+');
		int seconds = digits(2) * 3600;
		skip(':');
		int minutes = digits(2);
		if (this.uncommon || minutes > 59 || seconds + minutes * 60 > 18 * 3600) {
			this.uncommon = true;
			return ZoneOffset.UTC;
		}
		seconds += minutes * 60;
		return ZoneOffset.ofTotalSeconds(negative ? -seconds : seconds);
	}

	/** A region of the usual form, Europe/Paris, or UTC. */
	private ZoneId region() {
		skip('[');
		int length = this.end - this.position - 1;
		if (!this.uncommon && length > 0 && this.text[this.end - 1] == ']') {
			String id = new String(this.text, this.position, length);
			this.position = this.end;
			if (id.indexOf('/') > 0 || id.equals("UTC")) {
				try {
					return ZoneId.of(id);
				}
				catch (DateTimeException ex) {
					// Falls through: the formatter reports it as it would any other.
				}
			}
		}
		this.uncommon = true;
		return ZoneOffset.UTC;
	}

	private int digits(int count) {
		if (this.end - this.position < count) {
			this.uncommon = true;
			return 0;
		}
		int value = 0;
		for (int i = 0; i < count; i++) {
			char c = this.text[this.position++];
			this.uncommon |= !isDigit(c);
			value = value * 10 + (c - '0');
		}
		return value;
	}

	private void skip(char expected) {
		this.uncommon |= this.position >= this.end || this.text[this.position] != expected;
		this.position++;
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

}
