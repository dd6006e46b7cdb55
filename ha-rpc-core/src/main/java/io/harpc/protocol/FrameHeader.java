package io.harpc.protocol;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

import org.jspecify.annotations.Nullable;

/**
 * The fixed part that every frame begins with, 32 bytes in network byte order:
 *
 * <pre>
 *  0  2  magic, 'H' 'R'
 *  2  1  version, 1
 *  3  1  type
 *  4  1  flags, zero
 *  5  1  status of a response, sometimes of a refusal, else zero
 *  6  2  length of the headers
 *  8  4  length of the body: headers and payload
 * 12  4  microseconds: what is left of a request's deadline, when to try again of a response
 * 16  8  call id
 * 24  8  method id of a request, load report of a response or pong, else zero
 * </pre>
 */
final class FrameHeader {

	static final int SIZE = 32;

	static final int MAGIC = ('H' << 8) | 'R';

	static final int VERSION = 1;

	private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	FrameType type = FrameType.PING;

	@Nullable Status status;

	int headersLength;

	int bodyLength;

	int timeMicros;

	long callId;

	long methodIdOrLoad;

	void read(byte[] bytes, int offset, int maxFrameSize) throws ProtocolException {
		int magic = (short) SHORT.get(bytes, offset) & 0xffff;
		if (magic != MAGIC) {
			throw new ProtocolException("not an ha-rpc frame: it begins with " + printable(bytes, offset)
					+ " (expected: 'HR', the start of an ha-rpc frame)");
		}
		int version = bytes[offset + 2];
		if (version != VERSION) {
			throw new ProtocolException("protocol version " + version + " (expected: " + VERSION + ")");
		}
		FrameType knownType = FrameType.ofCode(bytes[offset + 3]);
		if (knownType == null) {
			throw new ProtocolException("frame type " + bytes[offset + 3] + " (expected: 1 to 11)");
		}
		this.type = knownType;
		this.status = switch (knownType) {
			case RESPONSE -> status(bytes[offset + 5]);
			case REFUSED -> (bytes[offset + 5] != 0) ? Status.ofCode(bytes[offset + 5]) : null;
			default -> null;
		};
		this.headersLength = (short) SHORT.get(bytes, offset + 6) & 0xffff;
		this.bodyLength = (int) INT.get(bytes, offset + 8);
		this.timeMicros = (int) INT.get(bytes, offset + 12);
		this.callId = (long) LONG.get(bytes, offset + 16);
		this.methodIdOrLoad = (long) LONG.get(bytes, offset + 24);
		if (this.bodyLength < 0 || this.bodyLength > maxFrameSize - SIZE) {
			throw new FrameTooLargeException((this.bodyLength & 0xffff_ffffL) + SIZE, maxFrameSize);
		}
		if (this.headersLength > this.bodyLength) {
			throw new ProtocolException("headers of " + this.headersLength + " bytes in a body of " + this.bodyLength);
		}
	}

	private static Status status(byte code) throws ProtocolException {
		Status status = Status.ofCode(code);
		if (status == null) {
			throw new ProtocolException("response status " + code + " (expected: one of the documented codes)");
		}
		return status;
	}

	static void write(byte[] bytes, int offset, FrameType type, @Nullable Status status, int timeMicros, long callId,
			long methodIdOrLoad) {
		SHORT.set(bytes, offset, (short) MAGIC);
		bytes[offset + 2] = VERSION;
		bytes[offset + 3] = type.code();
		bytes[offset + 4] = 0;
		bytes[offset + 5] = (status != null) ? status.code() : 0;
		INT.set(bytes, offset + 12, timeMicros);
		LONG.set(bytes, offset + 16, callId);
		LONG.set(bytes, offset + 24, methodIdOrLoad);
	}

	static void writeLengths(byte[] bytes, int offset, int headersLength, int bodyLength) {
		SHORT.set(bytes, offset + 6, (short) headersLength);
		INT.set(bytes, offset + 8, bodyLength);
	}

	private static String printable(byte[] bytes, int offset) {
		StringBuilder text = new StringBuilder("'");
		for (int i = offset; i < offset + 8 && i < bytes.length; i++) {
			text.append((bytes[i] >= ' ' && bytes[i] < 0x7f) ? (char) bytes[i] : '.');
		}
		return text.append('\'').toString();
	}

}
