package io.harpc.protocol;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The short texts that travel with a request, trace context for example: for each a name
 * and a value, each as two bytes of length and UTF-8.
 */
final class Headers {

	/** All names and values of a frame together, in bytes. */
	static final int MAX_LENGTH = 8 * 1024;

	private Headers() {
	}

	static void write(Map<String, String> headers, FrameBuffer out) throws ProtocolException {
		int start = out.size();
		for (Map.Entry<String, String> header : headers.entrySet()) {
			writeText(header.getKey(), out);
			writeText(header.getValue(), out);
		}
		if (out.size() - start > MAX_LENGTH) {
			throw new ProtocolException(
					"headers of " + (out.size() - start) + " bytes (expected: at most " + MAX_LENGTH + ")");
		}
	}

	private static void writeText(String text, FrameBuffer out) throws ProtocolException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		if (bytes.length > MAX_LENGTH) {
			throw new ProtocolException("header of " + bytes.length + " bytes (expected: at most " + MAX_LENGTH + ")");
		}
		out.write(bytes.length >>> 8);
		out.write(bytes.length);
		out.write(bytes, 0, bytes.length);
	}

	static Map<String, String> read(byte[] body, int length) throws ProtocolException {
		if (length == 0) {
			return Map.of();
		}
		if (length > MAX_LENGTH) {
			throw new ProtocolException("headers of " + length + " bytes (expected: at most " + MAX_LENGTH + ")");
		}
		Map<String, String> headers = new LinkedHashMap<>();
		int position = 0;
		while (position < length) {
			int nameLength = textLength(body, position, length);
			String name = new String(body, position + 2, nameLength, StandardCharsets.UTF_8);
			position += 2 + nameLength;
			int valueLength = textLength(body, position, length);
			if (headers.put(name, new String(body, position + 2, valueLength, StandardCharsets.UTF_8)) != null) {
				throw new ProtocolException("a header is there twice (expected: once)");
			}
			position += 2 + valueLength;
		}
		return headers;
	}

	private static int textLength(byte[] body, int position, int end) throws ProtocolException {
		if (position + 2 <= end) {
			int length = ((body[position] & 0xff) << 8) | (body[position + 1] & 0xff);
			if (position + 2 + length <= end) {
				return length;
			}
		}
		throw new ProtocolException("headers end within a text (expected: pairs of name and value)");
	}

}
