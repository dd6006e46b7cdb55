package io.harpc.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

import io.harpc.Address;

/**
 * A server that says what it is told to: one thing to every hello, another to every
 * request.
 */
final class RogueServer implements AutoCloseable {

	private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final Set<Socket> open = ConcurrentHashMap.newKeySet();

	private final byte[] welcome;

	private final LongFunction<byte[]> answer;

	/**
	 * Listens.
	 * @param welcome the answer to a hello
	 * @param answer that to a request, by its call id
	 */
	RogueServer(byte[] welcome, LongFunction<byte[]> answer) throws IOException {
		this.welcome = welcome;
		this.answer = answer;
		start(this::accept);
	}

	Address address() {
		return new Address("127.0.0.1", this.listening.getLocalPort());
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "rogue-server");
		thread.setDaemon(true);
		thread.start();
	}

	private void accept() {
		try {
			while (true) {
				Socket socket = this.listening.accept();
				this.open.add(socket);
				start(() -> serve(socket));
			}
		}
		catch (IOException ex) {
			// Closed: the loop ends.
		}
	}

	private void serve(Socket socket) {
		try (RawSocket raw = new RawSocket(socket)) {
			raw.receive();
			raw.send(this.welcome);
			while (true) {
				byte[] frame = raw.receive();
				if (frame[3] == RawSocket.REQUEST) {
					raw.send(this.answer.apply(ByteBuffer.wrap(frame).getLong(16)));
				}
			}
		}
		catch (IOException ex) {
			// The client has had enough.
		}
	}

	@Override
	public void close() throws IOException {
		this.listening.close();
		for (Socket socket : this.open) {
			socket.close();
		}
	}

}
