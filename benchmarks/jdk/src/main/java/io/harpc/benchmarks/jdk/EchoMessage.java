package io.harpc.benchmarks.jdk;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One message on a socket, in a buffer that is used again for the next: the number of
 * bytes, a number of the sender's choice, how many bytes the answer has, how many
 * milliseconds it takes, and content. The answer is the request, cut off or extended. For
 * one thread.
 */
final class EchoMessage {

	/** Where the content begins. */
	static final int HEADER = 20;

	private static final int TAG = 4;

	private static final int ANSWER_LENGTH = 12;

	private static final int MILLIS = 16;

	private final InputStream input;

	private final OutputStream output;

	private byte[] bytes = new byte[16 * 1024];

	private ByteBuffer fields = ByteBuffer.wrap(this.bytes);

	EchoMessage(Socket socket) throws IOException {
		this.input = socket.getInputStream();
		this.output = socket.getOutputStream();
	}

	void request(long tag, int answerLength, int millis) {
		ensure(Math.max(HEADER, answerLength));
		this.fields.putLong(TAG, tag).putInt(ANSWER_LENGTH, answerLength).putInt(MILLIS, millis);
	}

	void content(byte[] content) {
		ensure(HEADER + content.length);
		System.arraycopy(content, 0, this.bytes, HEADER, content.length);
	}

	/** With one write. */
	void write(int length) throws IOException {
		ensure(length);
		this.fields.putInt(0, length);
		this.output.write(this.bytes, 0, length);
	}

	/**
	 * With one read, if the message comes in one piece.
	 * @return how many bytes it has
	 */
	int read() throws IOException {
		int have = 0;
		int length = HEADER;
		while (have < length) {
			int read = this.input.read(this.bytes, have, this.bytes.length - have);
			if (read < 0) {
				throw new EOFException();
			}
			have += read;
			if (have >= HEADER) {
				length = this.fields.getInt(0);
				ensure(length);
			}
		}
		return length;
	}

	long tag() {
		return this.fields.getLong(TAG);
	}

	int answerLength() {
		return this.fields.getInt(ANSWER_LENGTH);
	}

	int millis() {
		return this.fields.getInt(MILLIS);
	}

	byte[] content(int length) {
		return Arrays.copyOfRange(this.bytes, HEADER, length);
	}

	private void ensure(int length) {
		if (this.bytes.length < length) {
			this.bytes = Arrays.copyOf(this.bytes, length);
			this.fields = ByteBuffer.wrap(this.bytes);
		}
	}

}
