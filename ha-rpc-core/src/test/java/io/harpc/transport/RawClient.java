package io.harpc.transport;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;

import io.harpc.Address;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;

/**
 * A client that sends what it is told to, and nothing of its own accord.
 */
final class RawClient implements AutoCloseable {

	private static final int LIMIT = 1 << 20;

	private final Socket socket;

	private final FrameReader frames;

	private final FrameBuffer buffer = new FrameBuffer();

	RawClient(Address address) throws IOException {
		this.socket = new Socket(address.host(), address.port());
		this.socket.setSoTimeout(10_000);
		this.frames = new FrameReader(this.socket.getInputStream(), LIMIT);
		Hello.ofClient(LIMIT).writeTo(this.buffer.begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE));
		send();
		next();
	}

	void request(long callId, long methodId, long remainingNanos, byte[] payload) throws IOException {
		this.buffer.beginRequest(callId, methodId, remainingNanos, Map.of(), LIMIT).write(payload);
		send();
	}

	/** Sends all of a request but its last byte, unless the server ends it before. */
	void requestWithoutItsEnd(int frameSize) {
		try {
			FrameBuffer large = new FrameBuffer();
			large.beginRequest(1, TransportFixture.ECHO, Long.MAX_VALUE, Map.of(), frameSize)
				.write(new byte[frameSize - 32]);
			this.socket.getOutputStream().write(large.array(), 0, large.finish() - 1);
		}
		catch (IOException ex) {
			// It has been ended.
		}
	}

	Frame next() throws IOException {
		Frame frame = this.frames.next();
		while (frame == null) {
			this.frames.fill();
			frame = this.frames.next();
		}
		return frame;
	}

	private void send() throws IOException {
		this.socket.getOutputStream().write(this.buffer.array(), 0, this.buffer.finish());
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
