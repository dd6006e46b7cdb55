package io.harpc.serialization;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The payload that says what a method threw: an object with the name of the class that
 * was {@code thrown}, the type of the throws clause that it was {@code declared} as, its
 * {@code message}, its own {@code fields}, and its {@code stack}. All but the first may
 * be missing.
 * <p>
 * A thrown exception counts as the type of the throws clause that is nearest to it, its
 * own class if that is named. {@code Exception} and the other roots stand for themselves
 * only: as a mere {@code Exception} it would be less than a name and a message.
 */
final class ExceptionPayload {

	private static final Logger logger = LoggerFactory.getLogger(ExceptionPayload.class);

	/** The longest message in bytes, as for any text that says what went wrong. */
	private static final int MAX_MESSAGE = 1024;

	private static final int MAX_NAME = 512;

	private static final int MAX_FRAMES = 64;

	private static final int MAX_BYTES_WITH_FIELDS = 256 * 1024;

	private static final Set<Class<?>> ROOTS = Set.of(Throwable.class, Exception.class, RuntimeException.class,
			Error.class);

	private final ObjectMapper mapper;

	private final ObjectReader documents;

	private final List<DeclaredException> declared;

	ExceptionPayload(ObjectMapper mapper, List<Class<? extends Throwable>> declared) {
		this.mapper = mapper;
		this.documents = mapper.readerFor(Document.class)
			.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
			.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);
		this.declared = declared.stream().map((type) -> new DeclaredException(mapper, type)).toList();
	}

	byte[] write(Throwable thrown, boolean includeStackTrace) throws IOException {
		DeclaredException type = nearest(thrown.getClass());
		if (type != null) {
			try {
				byte[] payload = write(thrown, type, true, includeStackTrace);
				if (payload.length <= MAX_BYTES_WITH_FIELDS) {
					return payload;
				}
			}
			catch (IOException | RuntimeException | StackOverflowError ex) {
				logger.debug("The fields of {} are left out, for they cannot be written: {}", thrown.getClass(),
						ex.getClass());
			}
		}
		return write(thrown, type, false, includeStackTrace);
	}

	private byte[] write(Throwable thrown, @Nullable DeclaredException type, boolean fields, boolean includeStackTrace)
			throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream(512);
		try (JsonGenerator generator = this.mapper.createGenerator(out)) {
			generator.writeStartObject();
			generator.writeStringField("thrown", cut(thrown.getClass().getName(), MAX_NAME));
			if (type != null) {
				generator.writeStringField("declared", type.name());
			}
			generator.writeStringField("message", messageOf(thrown));
			if (type != null && fields) {
				generator.writeObjectFieldStart("fields");
				type.writeFields(thrown, generator);
				generator.writeEndObject();
			}
			if (includeStackTrace) {
				generator.writeArrayFieldStart("stack");
				StackTraceElement[] frames = stackOf(thrown);
				for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
					generator.writeString(cut(frames[i].toString(), MAX_NAME));
				}
				generator.writeEndArray();
			}
			generator.writeEndObject();
		}
		return out.toByteArray();
	}

	RemoteFailure read(byte[] bytes, int offset, int length) throws IOException {
		Document document;
		try (JsonParser parser = SmileDocument.guard(this.documents.createParser(bytes, offset, length))) {
			document = this.documents.readValue(parser);
		}
		catch (IOException | RuntimeException ex) {
			throw UnreadablePayloadException.of("what the method threw", ex);
		}
		if (document == null || document.thrown() == null) {
			throw new UnreadablePayloadException("an exception without the name of its class");
		}
		String message = cut(document.message(), MAX_MESSAGE);
		List<String> stack = (document.stack() == null) ? List.of()
				: Arrays.stream(document.stack())
					.limit(MAX_FRAMES)
					.map((frame) -> cut(String.valueOf(frame), MAX_NAME))
					.toList();
		return new RemoteFailure(build(document, message), cut(document.thrown(), MAX_NAME), message, stack);
	}

	private @Nullable Throwable build(Document document, @Nullable String message) {
		String name = (document.declared() != null) ? document.declared() : document.thrown();
		for (DeclaredException type : this.declared) {
			if (type.name().equals(name)) {
				return type.build(message, (document.fields() != null) ? document.fields() : Map.of());
			}
		}
		return null;
	}

	private @Nullable DeclaredException nearest(Class<?> thrown) {
		for (Class<?> type = thrown; type != null; type = type.getSuperclass()) {
			for (DeclaredException candidate : this.declared) {
				if (candidate.name().equals(type.getName()) && (type == thrown || !ROOTS.contains(type))) {
					return candidate;
				}
			}
		}
		return null;
	}

	private static @Nullable String messageOf(Throwable thrown) {
		try {
			return cut(thrown.getMessage(), MAX_MESSAGE);
		}
		catch (RuntimeException | StackOverflowError ex) {
			logger.debug("{} cannot say its message: {}", thrown.getClass(), ex.getClass());
			return null;
		}
	}

	private static StackTraceElement[] stackOf(Throwable thrown) {
		try {
			return thrown.getStackTrace();
		}
		catch (RuntimeException | StackOverflowError ex) {
			logger.debug("{} cannot say where it was thrown: {}", thrown.getClass(), ex.getClass());
			return new StackTraceElement[0];
		}
	}

	/**
	 * Cuts a text to a length in bytes, and replaces halves of surrogate pairs, which
	 * Smile cannot write.
	 */
	@SuppressWarnings("NullAway")
	private static String cut(@Nullable String text, int maxBytes) {
		if (text == null) {
			return null;
		}
		ByteBuffer bytes = ByteBuffer.allocate(maxBytes);
		StandardCharsets.UTF_8.newEncoder()
			.onMalformedInput(CodingErrorAction.REPLACE)
			.encode(CharBuffer.wrap(text), bytes, true);
		return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
	}

	/**
	 * The payload as it is read.
	 *
	 * @param thrown name of the class thrown
	 * @param declared name of the declared type, if it counts as one
	 * @param message its message
	 * @param fields its own fields, not yet decoded
	 * @param stack its stack trace
	 */
	record Document(@Nullable String thrown, @Nullable String declared, @Nullable String message,
			@Nullable Map<String, TokenBuffer> fields, @Nullable String @Nullable [] stack) {
	}

}
