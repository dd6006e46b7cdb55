package io.harpc.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The form of the frames before the first request: a list of fields, each a tag of one
 * byte, a length of two and a value. Of several with one tag the last counts.
 */
final class Fields {

	private Fields() {
	}

	/**
	 * Reads all fields of a payload, those without a meaning here included.
	 * @param frame the frame
	 * @return the values by their tags
	 * @throws ProtocolException if a field ends after the frame
	 */
	static Map<Integer, byte[]> read(Frame frame) throws ProtocolException {
		Map<Integer, byte[]> fields = new HashMap<>();
		byte[] bytes = frame.body();
		int position = frame.payloadOffset();
		while (position < bytes.length) {
			if (position + 3 > bytes.length) {
				throw new ProtocolException("hello ends within a field");
			}
			int tag = bytes[position] & 0xff;
			int length = (bytes[position + 1] & 0xff) << 8 | bytes[position + 2] & 0xff;
			position += 3;
			if (position + length > bytes.length) {
				throw new ProtocolException("hello field " + tag + " of " + length + " bytes (expected: at most "
						+ (bytes.length - position) + ")");
			}
			fields.put(tag, Arrays.copyOfRange(bytes, position, position + length));
			position += length;
		}
		return fields;
	}

	/**
	 * {@return a value of a fixed length, none if it is missing}
	 */
	static byte[] get(Map<Integer, byte[]> fields, int tag, int length) throws ProtocolException {
		byte[] value = fields.get(tag);
		if (value == null) {
			return new byte[0];
		}
		if (value.length != length) {
			throw new ProtocolException(
					"hello field " + tag + " of " + value.length + " bytes (expected: " + length + ")");
		}
		return value;
	}

	static String text(Map<Integer, byte[]> fields, int tag) {
		byte[] value = fields.get(tag);
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : "";
	}

	static void write(FrameBuffer out, int tag, byte[] value) throws ProtocolException {
		out.write(tag);
		out.write(value.length >>> 8);
		out.write(value.length);
		out.write(value, 0, value.length);
	}

	static byte[] bigEndian(long value, int length) {
		byte[] bytes = new byte[length];
		for (int i = 0; i < length; i++) {
			bytes[i] = (byte) (value >>> (8 * (length - 1 - i)));
		}
		return bytes;
	}

	static long number(byte[] bytes) {
		long value = 0;
		for (byte next : bytes) {
			value = (value << 8) | (next & 0xff);
		}
		return value;
	}

}
