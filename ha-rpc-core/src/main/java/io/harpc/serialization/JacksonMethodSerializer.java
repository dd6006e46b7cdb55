package io.harpc.serialization;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.harpc.method.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of one method. Arguments are an array, in the order of the parameters; no
 * argument and no result are an empty payload; a {@code byte[]} that is the only argument
 * or the result is the bytes as they are, after a {@link #RAW_MARK} if there are none or
 * the first is one, or an empty payload for {@code null}.
 */
final class JacksonMethodSerializer implements MethodSerializer {

	/** Begins no text, so that it seldom is the first byte of an array. */
	private static final byte RAW_MARK = (byte) 0xc1;

	private final MethodDescriptor method;

	private final ObjectReader reader;

	private final ObjectWriter writer;

	private final ObjectReader[] argumentReaders;

	private final ObjectWriter[] argumentWriters;

	private final ObjectReader resultReader;

	private final ObjectWriter resultWriter;

	private final ExceptionPayload exceptions;

	/** The short way, where there may be one. */
	private final @Nullable PlainJson plainArguments;

	private final @Nullable PlainJson plainResult;

	private final boolean rawArgument;

	private final boolean rawResult;

	JacksonMethodSerializer(ObjectMapper mapper, MethodDescriptor method) {
		List<JavaType> parameters = method.parameterTypes().stream().map(mapper::constructType).toList();
		Type result = method.resultType();
		this.method = method;
		this.reader = mapper.reader();
		this.writer = mapper.writer();
		this.argumentReaders = parameters.stream().map(mapper::readerFor).toArray(ObjectReader[]::new);
		this.argumentWriters = parameters.stream().map(mapper::writerFor).toArray(ObjectWriter[]::new);
		this.resultReader = mapper.readerFor(mapper.constructType(result));
		this.resultWriter = mapper.writerFor(mapper.constructType(result));
		this.exceptions = new ExceptionPayload(mapper, method.declaredExceptions());
		boolean text = mapper.getFactory().getFormatName().equals(JsonFactory.FORMAT_NAME_JSON);
		this.plainArguments = text ? PlainJson.of(method.parameterTypes()) : null;
		this.plainResult = text ? PlainJson.of(List.of(result)) : null;
		this.rawArgument = method.parameterTypes().equals(List.of(byte[].class));
		this.rawResult = result == byte[].class;
	}

	@Override
	public void writeArguments(@Nullable Object @Nullable [] arguments, OutputStream out) throws IOException {
		int count = (arguments != null) ? arguments.length : 0;
		if (count != this.argumentWriters.length) {
			throw new IllegalArgumentException(
					this.method + ": " + count + " arguments (expected: " + this.argumentWriters.length + ")");
		}
		if (arguments == null || count == 0) {
			return;
		}
		if (this.rawArgument) {
			writeRaw((byte[]) arguments[0], out);
			return;
		}
		if (this.plainArguments != null && this.plainArguments.writeAll(arguments, out)) {
			return;
		}
		try (JsonGenerator generator = this.writer.createGenerator(out)) {
			generator.writeStartArray();
			for (int i = 0; i < count; i++) {
				this.argumentWriters[i].writeValue(generator, arguments[i]);
			}
			generator.writeEndArray();
		}
		catch (RuntimeException ex) {
			throw new IOException(this.method + ": an argument cannot be written", ex);
		}
	}

	@Override
	public @Nullable Object[] readArguments(byte[] bytes, int offset, int length) throws IOException {
		@Nullable Object[] arguments = new @Nullable Object[this.argumentReaders.length];
		if (arguments.length == 0) {
			if (length > 0) {
				throw new UnreadablePayloadException(
						this.method + ": " + length + " bytes of arguments (expected: none)");
			}
			return arguments;
		}
		if (this.rawArgument) {
			arguments[0] = readRaw(bytes, offset, length);
			return arguments;
		}
		@Nullable Object[] plain = (this.plainArguments != null) ? this.plainArguments.readAll(bytes, offset, length) : null;
		if (plain != null) {
			return plain;
		}
		try (JsonParser parser = SmileDocument.guard(this.reader.createParser(bytes, offset, length))) {
			expect(JsonToken.START_ARRAY, parser);
			for (int i = 0; i < arguments.length; i++) {
				arguments[i] = readArgument(i, parser);
			}
			expect(JsonToken.END_ARRAY, parser);
			expectEnd(parser);
			return arguments;
		}
		catch (IOException | RuntimeException ex) {
			throw UnreadablePayloadException.of(this.method + ": what are to be arguments", ex);
		}
	}

	private @Nullable Object readArgument(int index, JsonParser parser) throws IOException {
		if (parser.nextToken() == JsonToken.END_ARRAY) {
			throw new UnreadablePayloadException(
					this.method + ": " + index + " arguments (expected: " + this.argumentReaders.length + ")");
		}
		try {
			return this.argumentReaders[index].readValue(parser);
		}
		catch (IOException | RuntimeException ex) {
			throw UnreadablePayloadException.of(this.method + ": argument " + (index + 1), ex);
		}
	}

	@Override
	public void writeResult(@Nullable Object result, OutputStream out) throws IOException {
		if (this.method.isVoid()) {
			return;
		}
		if (this.rawResult) {
			writeRaw((byte[]) result, out);
			return;
		}
		if (this.plainResult != null && this.plainResult.write(result, out)) {
			return;
		}
		try (JsonGenerator generator = this.writer.createGenerator(out)) {
			this.resultWriter.writeValue(generator, result);
		}
		catch (RuntimeException ex) {
			throw new IOException(this.method + ": the result cannot be written", ex);
		}
	}

	@Override
	public @Nullable Object readResult(byte[] bytes, int offset, int length) throws IOException {
		if (this.method.isVoid()) {
			if (length > 0) {
				throw new UnreadablePayloadException(this.method + ": " + length + " bytes of result (expected: none)");
			}
			return null;
		}
		if (this.rawResult) {
			return readRaw(bytes, offset, length);
		}
		Object plain = (this.plainResult != null) ? this.plainResult.read(bytes, offset, length) : PlainJson.OTHER;
		if (plain != PlainJson.OTHER) {
			return plain;
		}
		try (JsonParser parser = SmileDocument.guard(this.reader.createParser(bytes, offset, length))) {
			if (parser.nextToken() == null) {
				throw new UnreadablePayloadException(this.method + ": an empty result (expected: a value)");
			}
			Object result = this.resultReader.readValue(parser);
			expectEnd(parser);
			return result;
		}
		catch (IOException | RuntimeException ex) {
			throw UnreadablePayloadException.of(this.method + ": the result", ex);
		}
	}

	@Override
	public void writeException(Throwable thrown, boolean includeStackTrace, OutputStream out) throws IOException {
		out.write(this.exceptions.write(thrown, includeStackTrace));
	}

	@Override
	public RemoteFailure readException(byte[] bytes, int offset, int length) throws IOException {
		return this.exceptions.read(bytes, offset, length);
	}

	private static void writeRaw(byte @Nullable [] bytes, OutputStream out) throws IOException {
		if (bytes == null) {
			return;
		}
		if (bytes.length == 0 || bytes[0] == RAW_MARK) {
			out.write(RAW_MARK);
		}
		out.write(bytes);
	}

	private static byte @Nullable [] readRaw(byte[] bytes, int offset, int length) {
		if (length == 0) {
			return null;
		}
		int from = (bytes[offset] == RAW_MARK) ? offset + 1 : offset;
		int to = offset + length;
		return (from == 0 && to == bytes.length) ? bytes : Arrays.copyOfRange(bytes, from, to);
	}

	private void expect(JsonToken expected, JsonParser parser) throws IOException {
		JsonToken token = parser.nextToken();
		if (token != expected) {
			throw new UnreadablePayloadException(this.method + ": " + token + " (expected: " + expected + ")");
		}
	}

	/** A parser closes itself at the end, but not where a second document begins. */
	private void expectEnd(JsonParser parser) throws IOException {
		if (parser.nextToken() != null || !parser.isClosed()) {
			throw new UnreadablePayloadException(this.method + ": more follows the payload (expected: its end)");
		}
	}

}
