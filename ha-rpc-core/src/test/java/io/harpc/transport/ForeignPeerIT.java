package io.harpc.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.harpc.Address;
import io.harpc.Outcome;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Whatever else may connect to our port, or listen where we connect to: it costs little,
 * is told what is wrong, is closed in bounded time, and calls on other connections go on.
 */
@Timeout(60)
class ForeignPeerIT {

	private static final Duration LONG = Duration.ofSeconds(10);

	private static final Duration SHORT = Duration.ofMillis(400);

	private TransportFixture fixture;

	private Steady steady;

	@BeforeEach
	void start() throws Exception {
		this.fixture = new TransportFixture(
				TransportServerSettings.defaults(0).withBindAddress("127.0.0.1").withTimeouts(SHORT, SHORT, SHORT),
				TransportClientSettings.defaults().withHeartbeat(Duration.ofMillis(50), LONG));
		this.steady = new Steady(this.fixture.channel());
	}

	@AfterEach
	void callsOfOthersHaveGoneOn() throws Exception {
		this.steady.stop();
		this.fixture.close();
	}

	@Test
	void httpClientIsToldThatThisIsAnotherProtocol() throws IOException {
		try (Socket socket = connect()) {
			socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).startsWith("HR").contains("This is an ha-rpc port").contains("'GET / HT'");
		}
	}

	@Test
	void clientOfALaterProtocolVersionIsToldWhichOneIsSpoken() throws IOException {
		try (Socket socket = connect()) {
			hello(socket, new Hello(2, 3, 0, 1 << 20, "", ""));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).contains("protocol versions 2 to 3").contains("version 1");
		}
	}

	@Test
	void randomBytesAreClosed() throws IOException {
		Random random = new Random(1);
		for (int i = 0; i < 50; i++) {
			byte[] garbage = new byte[1 + random.nextInt(5_000)];
			random.nextBytes(garbage);
			try (Socket socket = connect()) {
				socket.getOutputStream().write(garbage);
				awaitEnd(socket);
			}
		}
	}

	@Test
	void randomBytesAfterTheHelloAreClosed() throws IOException {
		byte[] garbage = new byte[5_000];
		new Random(2).nextBytes(garbage);
		try (Socket socket = greeted()) {
			socket.getOutputStream().write(garbage);
			awaitEnd(socket);
		}
	}

	@Test
	void hugeLengthIsClosedAtItsHeader() throws IOException {
		try (Socket socket = greeted()) {
			byte[] header = header(FrameType.REQUEST);
			ByteBuffer.wrap(header).putInt(8, Integer.MAX_VALUE);
			socket.getOutputStream().write(header);
			assertThat(awaitEnd(socket)).contains("max-frame-size, 4194304");
		}
		try (Socket socket = connect()) {
			byte[] header = header(FrameType.HELLO);
			ByteBuffer.wrap(header).putInt(8, 5_000);
			socket.getOutputStream().write(header);
			awaitEnd(socket);
		}
	}

	@Test
	void halfAFrameAndSilenceIsClosed() throws IOException {
		try (Socket half = greeted(); Socket halfHello = connect()) {
			half.getOutputStream().write(header(FrameType.REQUEST), 0, 20);
			halfHello.getOutputStream().write(header(FrameType.HELLO), 0, 20);
			assertThat(awaitEnd(halfHello)).contains("no hello within 400 ms");
			awaitEnd(half);
		}
	}

	@Test
	void frameThatOnlyAServerSendsIsClosed() throws IOException {
		try (Socket socket = greeted()) {
			socket.getOutputStream().write(header(FrameType.DRAIN));
			awaitEnd(socket);
		}
	}

	@Test
	void tenThousandConnectionsThatSayNothingAreBoundedAndClosed() throws Exception {
		List<SocketChannel> silent = new ArrayList<>();
		long before = Resources.descriptors();
		int count = (int) Math.min(10_000, Resources.maxDescriptors() - 2_000);
		try {
			for (int i = 0; i < count; i++) {
				SocketChannel channel = SocketChannel.open();
				silent.add(channel);
				channel.connect(new java.net.InetSocketAddress("127.0.0.1", this.fixture.address.port()));
			}
			// Ours of the ten thousand, and of the server's at most those it keeps
			// waiting.
			TransportFixture.await("the oldest are closed",
					() -> Resources.descriptors() - before < count + 1024 + 100);
			for (SocketChannel channel : silent) {
				channel.socket().setSoTimeout(5_000);
				awaitEnd(channel.socket());
			}
		}
		finally {
			for (SocketChannel channel : silent) {
				channel.close();
			}
		}
		TransportFixture.await("no descriptor is left behind", () -> Resources.descriptors() - before < 20);
		assertThat(this.fixture.server.connections()).isEqualTo(1);
	}

	@Test
	void serverOfAnotherProtocolIsNamedAsSuch() throws Exception {
		try (ServerSocket http = serving("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")) {
			TransportException failure = callTo(http);
			assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(failure.kind()).isEqualTo(Kind.CONNECT);
			assertThat(failure).hasMessageContaining("127.0.0.1:" + http.getLocalPort())
				.hasMessageContaining("not an ha-rpc frame")
				.hasMessageContaining("'HTTP/1.1'");
		}
	}

	@Test
	void serverThatSaysNothingIsGivenUpWithinTheTimeout() throws Exception {
		try (ServerSocket mute = serving("")) {
			long start = System.nanoTime();
			TransportException failure = callTo(mute);
			assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(failure).hasMessageContaining("connect-timeout, 200 ms");
			assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(3));
		}
	}

	private TransportException callTo(ServerSocket server) {
		try (TransportClient client = new TransportClient(
				TransportClientSettings.defaults().withConnectTimeout(Duration.ofMillis(200)),
				TransportFixture.THREADS)) {
			Channel channel = client.channel(new Address("127.0.0.1", server.getLocalPort()), ChannelListener.NONE);
			return catchThrowableOfType(TransportException.class,
					() -> TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]));
		}
	}

	/** Accepts, answers the same to everybody, and keeps the connection open. */
	private static ServerSocket serving(String answer) throws IOException {
		ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
		TransportFixture.THREADS.newThread(() -> {
			List<Socket> open = new ArrayList<>();
			try {
				while (true) {
					Socket accepted = server.accept();
					open.add(accepted);
					accepted.getOutputStream().write(answer.getBytes());
				}
			}
			catch (IOException ex) {
				open.forEach(ClientConnection::closeQuietly);
			}
		}).start();
		return server;
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket("127.0.0.1", this.fixture.address.port());
		socket.setSoTimeout(5_000);
		return socket;
	}

	private Socket greeted() throws IOException {
		Socket socket = connect();
		hello(socket, Hello.ofClient(1 << 20));
		assertThat(socket.getInputStream().readNBytes(32 + 33)).startsWith('H', 'R', 1, 2);
		return socket;
	}

	private static void hello(Socket socket, Hello hello) throws IOException {
		FrameBuffer frame = new FrameBuffer().begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
		hello.writeTo(frame);
		OutputStream out = socket.getOutputStream();
		out.write(frame.array(), 0, frame.finish());
	}

	private static byte[] header(FrameType type) {
		FrameBuffer frame = new FrameBuffer().begin(type, 0, Hello.MAX_FRAME_SIZE);
		frame.finish();
		return java.util.Arrays.copyOf(frame.array(), 32);
	}

	/**
	 * {@return what still came before the other end closed, or reset, the connection}
	 */
	private static String awaitEnd(Socket socket) throws IOException {
		ByteArrayOutputStream rest = new ByteArrayOutputStream();
		try {
			socket.getInputStream().transferTo(rest);
		}
		catch (java.net.SocketTimeoutException ex) {
			throw new AssertionError("still open after " + socket.getSoTimeout() + " ms", ex);
		}
		catch (IOException ex) {
			// Reset, because not all that was sent was read.
		}
		return rest.toString(StandardCharsets.UTF_8);
	}

	/** Calls all the while, and none of its calls may fail or take long. */
	private static final class Steady {

		private final AtomicBoolean stopped = new AtomicBoolean();

		private final CompletableFuture<Long> slowest = new CompletableFuture<>();

		Steady(Channel channel) throws TransportException {
			TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[10]);
			TransportFixture.THREADS.newThread(() -> run(channel)).start();
		}

		private void run(Channel channel) {
			long worst = 0;
			try {
				while (!this.stopped.get()) {
					long start = System.nanoTime();
					TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[10]);
					worst = Math.max(worst, System.nanoTime() - start);
				}
				this.slowest.complete(worst);
			}
			catch (TransportException ex) {
				this.slowest.completeExceptionally(ex);
			}
		}

		void stop() throws Exception {
			this.stopped.set(true);
			// Far more than a call takes, far less than a call that waits for a timeout.
			assertThat(this.slowest.get()).isLessThan(TimeUnit.SECONDS.toNanos(2));
		}

	}

}
