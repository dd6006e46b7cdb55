package io.harpc.serialization;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The short way for values that are booleans, whole numbers and short texts without
 * anything to escape: to set up Jackson's generator or parser takes several times as long
 * as such a value, and most of what a small call allocates. It writes what Jackson would,
 * and reads only that: whatever differs in a single byte, be it wrong or merely unusual,
 * goes Jackson's way.
 */
final class PlainJson {

	/** Stands for what is not plain, since {@code null} is a value. */
	static final Object OTHER = new Object();

	private static final int MAX_TEXT = 128;

	/** So that no number of that many digits is too large. */
	private static final int MAX_INT_DIGITS = 9;

	private static final int MAX_LONG_DIGITS = 18;

	private static final byte[] TRUE = "true".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] FALSE = "false".getBytes(StandardCharsets.US_ASCII);

	private static final Map<Type, Kind> KINDS = Map.of(boolean.class, Kind.BOOLEAN, Boolean.class, Kind.BOOLEAN,
			int.class, Kind.INT, Integer.class, Kind.INT, long.class, Kind.LONG, Long.class, Kind.LONG, String.class,
			Kind.TEXT);

	private final Kind[] kinds;

	private PlainJson(Kind[] kinds) {
		this.kinds = kinds;
	}

	/**
	 * Looks whether values of some types can be plain.
	 * @param types the types
	 * @return what writes and reads them, {@code null} if there is none or one of them
	 * cannot
	 */
	static @Nullable PlainJson of(List<Type> types) {
		return (types.isEmpty() || !KINDS.keySet().containsAll(types)) ? null
				: new PlainJson(types.stream().map(KINDS::get).toArray(Kind[]::new));
	}

	/**
	 * Writes values as an array.
	 * @param values as many as there are types
	 * @param out where to
	 * @return {@code false} if they are not plain, so that nothing was written
	 * @throws IOException if the stream refuses the bytes
	 */
	boolean writeAll(@Nullable Object[] values, OutputStream out) throws IOException {
		for (Object value : values) {
			if (!isPlain(value)) {
				return false;
			}
		}
		for (int i = 0; i < values.length; i++) {
			out.write((i == 0) ? '[' : ',');
			writePlain(values[i], out);
		}
		out.write(']');
		return true;
	}

	/**
	 * Writes the only value.
	 * @param value the value
	 * @param out where to
	 * @return {@code false} if it is not plain, so that nothing was written
	 * @throws IOException if the stream refuses the bytes
	 */
	boolean write(@Nullable Object value, OutputStream out) throws IOException {
		if (!isPlain(value)) {
			return false;
		}
		writePlain(value, out);
		return true;
	}

	/**
	 * Reads an array.
	 * @param bytes holds it
	 * @param offset where it begins
	 * @param length its length
	 * @return as many values as there are types, {@code null} if it is not plain
	 */
	@Nullable Object @Nullable [] readAll(byte[] bytes, int offset, int length) {
		@Nullable Object[] values = new @Nullable Object[this.kinds.length];
		int limit = offset + length;
		int position = offset;
		for (int i = 0; i < values.length; i++) {
			if (position >= limit || bytes[position] != ((i == 0) ? '[' : ',')) {
				return null;
			}
			int end = end(this.kinds[i], bytes, position + 1, limit);
			if (end < 0) {
				return null;
			}
			values[i] = value(this.kinds[i], bytes, position + 1, end);
			position = end;
		}
		return (position == limit - 1 && bytes[position] == ']') ? values : null;
	}

	/**
	 * Reads the only value.
	 * @param bytes holds it
	 * @param offset where it begins
	 * @param length its length
	 * @return the value, or {@link #OTHER} if it is not plain
	 */
	Object read(byte[] bytes, int offset, int length) {
		int limit = offset + length;
		boolean plain = end(this.kinds[0], bytes, offset, limit) == limit;
		return plain ? value(this.kinds[0], bytes, offset, limit) : OTHER;
	}

	private static boolean isPlain(@Nullable Object value) {
		if (!(value instanceof String text)) {
			return value != null;
		}
		boolean plain = text.length() <= MAX_TEXT;
		for (int i = 0; plain && i < text.length(); i++) {
			plain = isPlain(text.charAt(i));
		}
		return plain;
	}

	private static boolean isPlain(int character) {
		return character >= ' ' && character <= '~' && character != '"' && character != '\\';
	}

	private static void writePlain(@Nullable Object value, OutputStream out) throws IOException {
		if (value instanceof Boolean bool) {
			out.write(bool ? TRUE : FALSE);
			return;
		}
		boolean quoted = value instanceof String;
		String text = String.valueOf(value);
		if (quoted) {
			out.write('"');
		}
		for (int i = 0; i < text.length(); i++) {
			out.write(text.charAt(i));
		}
		if (quoted) {
			out.write('"');
		}
	}

	/**
	 * {@return where a value ends, -1 if it is not plain}
	 */
	private static int end(Kind kind, byte[] bytes, int from, int limit) {
		return switch (kind) {
			case BOOLEAN -> {
				int end = endOf(TRUE, bytes, from, limit);
				yield (end >= 0) ? end : endOf(FALSE, bytes, from, limit);
			}
			case INT -> endOfNumber(bytes, from, limit, MAX_INT_DIGITS);
			case LONG -> endOfNumber(bytes, from, limit, MAX_LONG_DIGITS);
			case TEXT -> endOfText(bytes, from, limit);
		};
	}

	private static int endOf(byte[] word, byte[] bytes, int from, int limit) {
		if (limit - from < word.length) {
			return -1;
		}
		for (int i = 0; i < word.length; i++) {
			if (bytes[from + i] != word[i]) {
				return -1;
			}
		}
		return from + word.length;
	}

	private static int endOfNumber(byte[] bytes, int from, int limit, int maxDigits) {
		boolean negative = from < limit && bytes[from] == '-';
		int first = negative ? from + 1 : from;
		int end = first;
		while (end < limit && bytes[end] >= '0' && bytes[end] <= '9') {
			end++;
		}
		int digits = end - first;
		boolean zero = digits > 0 && bytes[first] == '0';
		return (digits == 0 || digits > maxDigits || (zero && (digits > 1 || negative))) ? -1 : end;
	}

	private static int endOfText(byte[] bytes, int from, int limit) {
		if (from >= limit || bytes[from] != '"') {
			return -1;
		}
		int end = from + 1;
		while (end < limit && isPlain(bytes[end])) {
			end++;
		}
		return (end < limit && bytes[end] == '"') ? end + 1 : -1;
	}

	private static Object value(Kind kind, byte[] bytes, int from, int end) {
		return switch (kind) {
			case BOOLEAN -> bytes[from] == 't';
			case INT -> (int) number(bytes, from, end);
			case LONG -> number(bytes, from, end);
			case TEXT -> new String(bytes, from + 1, end - from - 2, StandardCharsets.ISO_8859_1);
		};
	}

	private static long number(byte[] bytes, int from, int end) {
		boolean negative = bytes[from] == '-';
		long number = 0;
		for (int i = negative ? from + 1 : from; i < end; i++) {
			number = number * 10 + bytes[i] - '0';
		}
		return negative ? -number : number;
	}

	/** What a plain value can be. */
	private enum Kind {

		BOOLEAN, INT, LONG, TEXT

	}

}
