package io.harpc.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A listening socket that fails.
 */
@Timeout(60)
class ListenerIT {

	private final AtomicInteger accepted = new AtomicInteger();

	private final Listener listener = new Listener(TransportServerSettings.defaults(0).withBindAddress("127.0.0.1"),
			TransportFixture.THREADS, (socket) -> this.accepted.incrementAndGet());

	private int port;

	@BeforeEach
	void start() throws Exception {
		this.port = this.listener.start();
		connect();
		TransportFixture.await("accepted", () -> this.accepted.get() == 1);
	}

	@AfterEach
	void close() {
		this.listener.close();
	}

	@Test
	void aSocketThatIsClosedByForceIsReplacedOnTheSamePort() throws Exception {
		for (int i = 2; i < 10; i++) {
			int count = i;
			this.listener.closeSocket();
			TransportFixture.await("listens again", this.listener::isListening);
			connect();
			TransportFixture.await("accepted again", () -> this.accepted.get() == count);
		}
		assertThat(this.listener.problem()).isNull();
	}

	@Test
	void saysWhyItDoesNotListenUntilThePortCanBeHad() throws Exception {
		try (ServerSocket thief = steal()) {
			TransportFixture.await("says so",
					() -> this.listener.problem() != null && this.listener.problem().contains("cannot listen on"));
			assertThat(this.listener.isListening()).isFalse();
			assertThat(thief.isBound()).isTrue();
		}
		TransportFixture.await("listens again", this.listener::isListening);
		assertThat(this.listener.problem()).isNull();
		connect();
		TransportFixture.await("accepted again", () -> this.accepted.get() == 2);
	}

	@Test
	void isNotReplacedOnceItIsToEnd() {
		this.listener.close();
		assertThat(this.listener.isListening()).isFalse();
		assertThat(this.listener.problem()).isNull();
	}

	/** Takes the port before the listener has it again: sooner or later. */
	private ServerSocket steal() throws IOException {
		while (true) {
			this.listener.closeSocket();
			try {
				ServerSocket thief = new ServerSocket();
				thief.setReuseAddress(true);
				thief.bind(new InetSocketAddress("127.0.0.1", this.port));
				return thief;
			}
			catch (IOException ex) {
				TransportFixture.await("listens again", this.listener::isListening);
			}
		}
	}

	private void connect() throws IOException {
		new Socket("127.0.0.1", this.port).close();
	}

}
