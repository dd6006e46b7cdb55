package io.harpc.hostile;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One end of a connection that knows the bytes of the protocol and none of its rules;
 * written after {@code docs/wire-protocol.md}, without the code that is attacked.
 */
final class RawSocket implements AutoCloseable {

	static final int HELLO = 1;

	static final int WELCOME = 2;

	static final int REFUSED = 3;

	static final int REQUEST = 4;

	static final int RESPONSE = 5;

	static final int CANCEL = 6;

	static final int PING = 7;

	static final int PONG = 8;

	static final int DRAIN = 9;

	static final int CHALLENGE = 10;

	static final int PROOF = 11;

	final Socket socket;

	private final DataInputStream in;

	RawSocket(Socket socket) throws IOException {
		this.socket = socket;
		socket.setSoTimeout(10_000);
		this.in = new DataInputStream(socket.getInputStream());
	}

	static RawSocket connect(int port) throws IOException {
		return new RawSocket(new Socket("127.0.0.1", port));
	}

	static RawSocket greeted(int port) throws IOException {
		RawSocket raw = connect(port);
		raw.send(frame(HELLO, 0, 0, hello()));
		byte[] welcome = raw.receive();
		if (welcome[3] != WELCOME) {
			throw new IOException(text(welcome));
		}
		return raw;
	}

	static byte[] frame(int type, long callId, long methodId, byte... body) {
		return ByteBuffer.allocate(32 + body.length)
			.put((byte) 'H')
			.put((byte) 'R')
			.put((byte) 1)
			.put((byte) type)
			.putShort((short) 0)
			.putShort((short) 0)
			.putInt(body.length)
			.putInt((type == REQUEST) ? 5_000_000 : 0)
			.putLong(callId)
			.putLong(methodId)
			.put(body)
			.array();
	}

	static byte[] hello() {
		return concat(field(1, 1, 1), field(2, 0, 0, 0, 0, 0, 0, 0, 0), field(3, 0, 16, 0, 0), field(4), field(5));
	}

	/** That of a client that will prove to have a key. */
	static byte[] helloWithKey(String id) {
		byte[] name = utf8(id);
		return concat(field(1, 1, 1), field(2, 0, 0, 0, 0, 0, 0, 0, 1), field(3, 0, 16, 0, 0),
				new byte[] { 5, 0, (byte) name.length }, name, new byte[] { 6, 0, 32 }, new byte[32]);
	}

	static byte[] field(int tag, int... value) {
		ByteBuffer field = ByteBuffer.allocate(3 + value.length).put((byte) tag).putShort((short) value.length);
		for (int one : value) {
			field.put((byte) one);
		}
		return field.array();
	}

	static byte[] concat(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	static String text(byte[] frame) {
		return new String(frame, 32, frame.length - 32, StandardCharsets.UTF_8);
	}

	void send(byte[] bytes) throws IOException {
		this.socket.getOutputStream().write(bytes);
	}

	/**
	 * {@return the next frame, header and body}
	 */
	byte[] receive() throws IOException {
		byte[] header = new byte[32];
		this.in.readFully(header);
		int length = ByteBuffer.wrap(header).getInt(8);
		byte[] frame = Arrays.copyOf(header, 32 + length);
		this.in.readFully(frame, 32, length);
		return frame;
	}

	/** Forgets what has come. */
	void skip() throws IOException {
		this.in.skipNBytes(this.in.available());
	}

	/**
	 * Waits until the other end has closed the connection; what it says before is lost.
	 */
	void awaitEnd() {
		try {
			this.in.transferTo(new ByteArrayOutputStream());
		}
		catch (SocketTimeoutException ex) {
			throw new AssertionError("still open after 10 s", ex);
		}
		catch (IOException ex) {
			// Reset, because not all that was sent was read.
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
