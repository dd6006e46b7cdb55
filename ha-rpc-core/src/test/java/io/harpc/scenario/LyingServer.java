package io.harpc.scenario;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.Status;
import io.harpc.registry.Instance;

/**
 * A server that greets as it should and runs nothing, whatever it answers.
 */
final class LyingServer implements AutoCloseable {

	private static final int LIMIT = 1 << 20;

	private final Lie lie;

	private final Random random;

	private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	LyingServer(Lie lie, Random random) throws IOException {
		this.lie = lie;
		this.random = random;
		start(this::accept);
	}

	Instance instance() {
		return new Instance(this.lie + "-" + UUID.randomUUID(), ServiceKey.of(Work.class),
				new Address("127.0.0.1", this.listening.getLocalPort()), 100, "", "json", Map.of());
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		for (Socket socket : this.open) {
			socket.close();
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "lying-server");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		while (!this.listening.isClosed()) {
			try {
				Socket socket = this.listening.accept();
				this.open.add(socket);
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				// Closed: the loop ends.
			}
		}
	}

	private void serve(Socket socket) {
		FrameBuffer buffer = new FrameBuffer();
		try (socket) {
			FrameReader frames = new FrameReader(socket.getInputStream(), LIMIT);
			while (true) {
				for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
					answer(frame, buffer, socket.getOutputStream());
				}
				frames.fill();
			}
		}
		catch (IOException ex) {
			// The client has had enough.
		}
		this.open.remove(socket);
	}

	private void answer(Frame frame, FrameBuffer buffer, OutputStream out) throws IOException {
		switch (frame.type()) {
			case HELLO ->
				Hello.ofServer(LIMIT, "json", "liar").writeTo(buffer.begin(FrameType.WELCOME, 0, Hello.MAX_FRAME_SIZE));
			case PING -> buffer.begin(FrameType.PONG, frame.callId(), LIMIT);
			case REQUEST -> {
				out.write(this.lie.answer(frame.callId(), buffer, this.random));
				return;
			}
			default -> {
				return;
			}
		}
		out.write(buffer.array(), 0, buffer.finish());
	}

	/** What a request is answered with. */
	enum Lie {

		/** Bytes that are no frame. */
		GARBAGE {
			@Override
			byte[] answer(long callId, FrameBuffer buffer, Random random) {
				byte[] bytes = new byte[1 + random.nextInt(200)];
				random.nextBytes(bytes);
				return bytes;
			}
		},

		/** A result of a call that was never made. */
		WRONG_ID {
			@Override
			byte[] answer(long callId, FrameBuffer buffer, Random random) throws IOException {
				return frame(callId + 1_000_000, "\"liar:1\"", buffer);
			}
		},

		/** A frame that claims to be longer than it is. */
		WRONG_LENGTH {
			@Override
			byte[] answer(long callId, FrameBuffer buffer, Random random) throws IOException {
				byte[] bytes = frame(callId, "\"liar:1\"", buffer);
				ByteBuffer.wrap(bytes).putInt(8, bytes.length - 32 + 1 + random.nextInt(100));
				return bytes;
			}
		},

		/** A frame as it should be, whose payload is no answer. */
		UNREADABLE {
			@Override
			byte[] answer(long callId, FrameBuffer buffer, Random random) throws IOException {
				return frame(callId, "{\"liar", buffer);
			}
		};

		abstract byte[] answer(long callId, FrameBuffer buffer, Random random) throws IOException;

		private static byte[] frame(long callId, String payload, FrameBuffer buffer) throws IOException {
			buffer.beginResponse(callId, Status.OK, 0, LIMIT, 0).write(payload.getBytes(StandardCharsets.UTF_8));
			return ByteBuffer.allocate(buffer.finish()).put(buffer.array(), 0, buffer.size()).array();
		}

	}

}
