package io.harpc.benchmarks.jdk;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.subject.RunningClient;
import io.harpc.benchmarks.subject.RunningServer;
import io.harpc.benchmarks.subject.Subject;
import io.harpc.benchmarks.subject.UserCalls;

/**
 * The bare minimum: as many bytes as ha-rpc's frames in JSON have, one write and one read
 * for each on either side, a connection for each caller and a thread for each connection.
 */
public final class EchoSubject implements Subject {

	/**
	 * Creates the subject.
	 * @param variant there is but one
	 */
	public EchoSubject(String variant) {
	}

	@Override
	public RunningServer serve() throws IOException {
		ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
		Thread accepting = new Thread(() -> accept(server), "accepting");
		accepting.start();
		return new RunningServer(server.getLocalPort());
	}

	private static void accept(ServerSocket server) {
		try {
			while (true) {
				Socket socket = server.accept();
				Thread serving = new Thread(() -> serve(socket), "serving");
				serving.setDaemon(true);
				serving.start();
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException("accepting", ex);
		}
	}

	private static void serve(Socket socket) {
		try (socket) {
			socket.setTcpNoDelay(true);
			EchoMessage message = new EchoMessage(socket);
			while (true) {
				message.read();
				UserServiceBean.pause(message.millis());
				message.write(message.answerLength());
			}
		}
		catch (IOException ex) {
			// the client has gone
		}
	}

	@Override
	public RunningClient connect(int port) {
		return new RunningClient() {

			@Override
			public UserCalls forCaller() throws IOException {
				return new EchoCalls(port);
			}

			@Override
			public void close() {
				// each caller closes its own
			}

		};
	}

	@Override
	public AutoCloseable openIdleConnections(int port, int count) throws IOException {
		List<EchoCalls> all = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			EchoCalls calls = new EchoCalls(port);
			calls.existUser("doug.lea@example.com");
			all.add(calls);
		}
		return () -> {
			for (EchoCalls calls : all) {
				calls.close();
			}
		};
	}

}
