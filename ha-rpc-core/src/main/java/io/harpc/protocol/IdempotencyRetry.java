package io.harpc.protocol;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a further try of a request with an idempotency key says of the first one, in the
 * header {@value #HEADER}. Immutable.
 *
 * @param incarnation which run of the server the first try went to
 * @param ageNanos how long ago that was; travels in microseconds
 */
public record IdempotencyRetry(String incarnation, long ageNanos) {

	/** The header of the key, which all tries have. */
	public static final String KEY_HEADER = "idempotency-key";

	/** The header of what this says. */
	public static final String HEADER = "idempotency-retry";

	private static final Pattern TEXT = Pattern.compile("(.*);([0-9]{1,15})");

	/**
	 * Reads a header.
	 * @param text its value
	 * @return what it says
	 * @throws ProtocolException if it is not well formed
	 */
	public static IdempotencyRetry read(String text) throws ProtocolException {
		Matcher parts = TEXT.matcher(text);
		if (!parts.matches()) {
			throw new ProtocolException(HEADER + ": '" + text + "' (expected: incarnation;microseconds)");
		}
		return new IdempotencyRetry(parts.group(1), TimeUnit.MICROSECONDS.toNanos(Long.parseLong(parts.group(2))));
	}

	/**
	 * The value of the header.
	 * @return the text
	 */
	public String text() {
		return this.incarnation + ";" + TimeUnit.NANOSECONDS.toMicros(this.ageNanos);
	}

}
