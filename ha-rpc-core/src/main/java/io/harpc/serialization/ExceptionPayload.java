package io.harpc.serialization;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/**
 * The payload that says what a method threw.
 */
final class ExceptionPayload {

	private static final int MAX_MESSAGE = 4096;

	private static final int MAX_FRAMES = 64;

	private final ObjectMapper mapper;

	ExceptionPayload(ObjectMapper mapper, List<Class<? extends Throwable>> declared) {
		this.mapper = mapper;
	}

	byte[] write(Throwable thrown, boolean includeStackTrace) throws IOException {
		String message = thrown.getMessage();
		List<String> stack = !includeStackTrace ? List.of()
				: Arrays.stream(thrown.getStackTrace()).limit(MAX_FRAMES).map(StackTraceElement::toString).toList();
		return this.mapper.writeValueAsBytes(new Document(thrown.getClass().getName(),
				(message == null) ? null : message.substring(0, Math.min(message.length(), MAX_MESSAGE)), stack));
	}

	RemoteFailure read(byte[] bytes, int offset, int length) throws IOException {
		Document document = this.mapper.readValue(bytes, offset, length, Document.class);
		return new RemoteFailure(null, document.thrown(), document.message(), document.stack());
	}

	record Document(String thrown, @Nullable String message, List<String> stack) {
	}

}
