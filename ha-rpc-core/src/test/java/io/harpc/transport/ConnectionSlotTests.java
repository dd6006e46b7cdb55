package io.harpc.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.harpc.Outcome;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.Hello;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * When a slot connects, and when it does not.
 */
class ConnectionSlotTests {

	private static final long MAX_BACKOFF = TimeUnit.MILLISECONDS.toNanos(3_600);

	private final List<CompletableFuture<ClientConnection>> attempts = new ArrayList<>();

	private final TransportClientSettings settings = TransportClientSettings.defaults();

	private final ConnectionSlot slot = new ConnectionSlot((slot, future) -> this.attempts.add(future), this.settings);

	private TransportClient client;

	private ServerSocket server;

	@BeforeEach
	void listen() throws IOException {
		this.client = new TransportClient(this.settings, TransportFixture.THREADS);
		this.server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws IOException {
		this.slot.close();
		this.client.close();
		this.server.close();
	}

	@Test
	void connectsOnceForAllWhoAsk() {
		CompletableFuture<ClientConnection> first = this.slot.connect();
		assertThat(this.slot.connect()).isSameAs(first);
		assertThat(this.attempts).hasSize(1);
	}

	@Test
	void failsAtOnceDuringThePauseAndTriesAgainAfterIt() {
		CompletableFuture<ClientConnection> first = this.slot.connect();
		this.slot.failed(first, TransportException.notSent(Kind.CONNECT, "nobody there"));
		assertThat(this.slot.connect()).isCompletedExceptionally();
		TransportException failure = catchThrowableOfType(TransportException.class,
				() -> this.slot.await(System.nanoTime() + 1_000_000));
		assertThat(failure).hasMessage("nobody there");
		assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
		this.slot.tick(System.nanoTime());
		assertThat(this.attempts).hasSize(1);
		TransportFixture.await("it tries again", () -> {
			this.slot.tick(System.nanoTime());
			return this.attempts.size() == 2;
		});
	}

	@Test
	void connectsAgainAfterAConnectionThatWasLostBeforeItArrived() throws Exception {
		CompletableFuture<ClientConnection> first = this.slot.connect();
		ClientConnection made = connection();
		made.fail("lost at once");
		this.slot.connected(first, made);
		assertThat(first).isCompletedWithValue(made);
		assertThat(this.slot.usable()).isNull();
		TransportFixture.await("it tries again", () -> {
			this.slot.tick(System.nanoTime());
			return this.attempts.size() == 2;
		});
	}

	@Test
	void connectsAgainAfterALoss() throws Exception {
		ClientConnection made = connection();
		this.slot.connected(this.slot.connect(), made);
		assertThat(this.slot.usable()).isSameAs(made);
		made.fail("lost");
		assertThat(this.slot.usable()).isNull();
		this.slot.lost(made);
		this.slot.connect();
		assertThat(this.attempts).as("a call does not wait for a pause after a loss").hasSize(2);
	}

	@Test
	void closingEndsWhoWaitsAndWhatComesLate() throws Exception {
		CompletableFuture<ClientConnection> first = this.slot.connect();
		this.slot.close();
		assertThat(first).isCompletedExceptionally();
		ClientConnection late = connection();
		this.slot.connected(first, late);
		assertThat(late.isEnded()).isTrue();
		assertThat(this.slot.usable()).isNull();
		assertThat(this.slot.connect()).isCompletedExceptionally();
		this.slot.tick(System.nanoTime() + MAX_BACKOFF);
		assertThat(this.attempts).hasSize(1);
	}

	@Test
	void replacesAConnectionBeforeTheServerForgetsTheClient() throws Exception {
		long lifeNanos = TimeUnit.MILLISECONDS.toNanos(1);
		ClientConnection old = connection(lifeNanos);
		this.slot.connected(this.slot.connect(), old);
		this.slot.tick(System.nanoTime() - lifeNanos);
		assertThat(this.attempts).hasSize(1);
		this.slot.tick(System.nanoTime() + lifeNanos);
		assertThat(this.attempts).hasSize(2);
		assertThat(this.slot.usable()).as("until there is another").isSameAs(old);
		this.slot.failed(this.attempts.get(1), TransportException.notSent(Kind.CONNECT, "nobody there"));
		this.slot.tick(System.nanoTime() + lifeNanos);
		assertThat(this.attempts).as("in the pause").hasSize(2);
		assertThat(this.slot.usable()).isSameAs(old);
		this.slot.tick(System.nanoTime() + MAX_BACKOFF);
		ClientConnection made = connection();
		this.slot.connected(this.attempts.get(2), made);
		assertThat(this.slot.usable()).isSameAs(made);
		assertThat(old.isUsable()).isFalse();
		assertThat(old.isEnded()).as("who has chosen it may still send").isFalse();
		old.tick(System.nanoTime());
		assertThat(old.isEnded()).isFalse();
		old.tick(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
		assertThat(old.isEnded()).isTrue();
	}

	private ClientConnection connection() throws IOException {
		return connection(0);
	}

	private ClientConnection connection(long lifeNanos) throws IOException {
		Socket socket = new Socket(this.server.getInetAddress(), this.server.getLocalPort());
		FrameReader frames = new FrameReader(socket.getInputStream(), 1 << 20);
		return new ClientConnection(
				new Handshake(Wire.plain(socket), frames, Hello.ofServer(1 << 20, "json", ""), lifeNanos), this.client,
				new NoOwner());
	}

	private static final class NoOwner implements ConnectionOwner {

		@Override
		public void draining(ClientConnection connection) {
		}

		@Override
		public void ended(ClientConnection connection, String reason) {
		}

	}

}
