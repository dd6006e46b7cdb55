package io.harpc.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLParameters;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.Identity;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.Contexts;
import io.harpc.protocol.LoadReport;
import io.harpc.security.Authentication;
import io.harpc.security.ClientAuthentication;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.SharedKey;
import io.harpc.transport.Answer;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.Encryption;
import io.harpc.transport.Peer;
import io.harpc.transport.Request;
import io.harpc.transport.RequestHandler;
import io.harpc.transport.Response;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import io.harpc.transport.TransportException;
import io.harpc.transport.TransportException.Kind;
import io.harpc.transport.TransportServer;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Those who want to be taken for somebody else: they listen, repeat, reflect, leave out,
 * sit in between, or take all the time and all the places that there are.
 */
@Timeout(60)
class HostileHandshakeIT {

	private static final byte UNAUTHENTICATED = 35;

	private static final SharedKey KEY = SharedKey.of("orders-1", "a secret of thirty-two characters, or more");

	private static final ServerAuthentication BY_KEY = byKey(true);

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		return thread;
	});

	private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

	private final AtomicInteger executions = new AtomicInteger();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable one : this.opened) {
			one.close();
		}
		this.threads.shutdownNow();
	}

	@Test
	void whatWasRecordedIsNotGoodASecondTime() throws Exception {
		int port = server(BY_KEY, null);
		Between between = between(port);
		assertThat(call(client(between.port(), byKey(), null))).isEqualTo("orders");
		RawSocket replay = open(RawSocket.connect(port));
		byte[] answer = {};
		for (byte[] frame : between.fromClient.subList(0, 2)) {
			replay.send(frame);
			answer = replay.receive();
		}
		assertThat(between.fromClient.get(1)[3]).isEqualTo((byte) RawSocket.PROOF);
		assertRefused(answer);
		replay.awaitEnd();
		assertThat(this.executions).hasValue(1);
	}

	@Test
	void theServersOwnProofIsNoneOfAClient() throws Exception {
		RawSocket attacker = open(RawSocket.connect(server(BY_KEY, null)));
		byte[] challenge = challenge(attacker);
		byte[] proof = Arrays.copyOfRange(challenge, challenge.length - 32, challenge.length);
		attacker.send(RawSocket.frame(RawSocket.PROOF, 0, 0, RawSocket.concat(new byte[] { 7, 0, 32 }, proof)));
		assertRefused(attacker.receive());
	}

	@Test
	void whoSkipsTheProofGetsNothing() throws Exception {
		RawSocket attacker = open(RawSocket.connect(server(BY_KEY, null)));
		challenge(attacker);
		attacker.send(RawSocket.frame(RawSocket.REQUEST, 1, 1, RawSocket.utf8("[]")));
		assertThat(attacker.receive()[3]).isEqualTo((byte) RawSocket.REFUSED);
		attacker.awaitEnd();
		assertThat(this.executions).hasValue(0);
	}

	@Test
	void anUnknownKeyIsAnsweredLikeAKnownOne() throws Exception {
		int port = server(BY_KEY, null);
		byte[] known = challenge(open(RawSocket.connect(port)), "orders-1");
		byte[] unknown = challenge(open(RawSocket.connect(port)), "orders-9");
		assertThat(unknown).hasSameSizeAs(known);
		assertThat(Arrays.copyOf(unknown, 60)).isEqualTo(Arrays.copyOf(known, 60));
	}

	@Test
	void aServerThatLiesHearsNothingBeyondTheHello() throws Exception {
		for (int type : new int[] { RawSocket.CHALLENGE, RawSocket.WELCOME }) {
			List<byte[]> heard = new CopyOnWriteArrayList<>();
			int port = listen((client) -> {
				byte[] hello = client.receive();
				byte[] nonce = Arrays.copyOfRange(hello, hello.length - 32, hello.length);
				byte[] head = RawSocket.concat(RawSocket.hello(), new byte[] { 6, 0, 32 }, nonce,
						new byte[] { 7, 0, 32 }, nonce);
				client.send(RawSocket.frame(type, 0, 0, head));
				heard.add(client.receive());
			});
			TransportException failure = failure(client(port, byKey(), null));
			assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
			assertThat(heard).isEmpty();
		}
	}

	@Test
	void aChallengeThatWasRecordedIsNotGoodASecondTime() throws Exception {
		Between between = between(server(BY_KEY, null));
		call(client(between.port(), byKey(), null));
		int port = listen((client) -> {
			client.receive();
			client.send(between.fromServer.get(0));
			client.receive();
		});
		assertThat(failure(client(port, byKey(), null))).hasMessageContaining("proof of key orders-1 is wrong");
	}

	/** Whether the server insists or not: the client does. */
	@Test
	void whoStripsTheKeyOfTheHelloOnlyStopsTheConnection() throws Exception {
		for (boolean required : new boolean[] { true, false }) {
			Between between = between(server(byKey(required), null));
			between.toServer = (frame) -> (frame[3] == RawSocket.HELLO)
					? RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello()) : frame;
			assertThat(failure(client(between.port(), byKey(), null)).kind()).isEqualTo(Kind.UNAUTHENTICATED);
			assertThat(between.fromClient).hasSize(1);
		}
		assertThat(this.executions).hasValue(0);
	}

	@Test
	void whoChangesAnythingInTheHelloIsFound() throws Exception {
		Between between = between(server(BY_KEY, null));
		between.toServer = (frame) -> {
			if (frame[3] == RawSocket.HELLO) {
				frame[32 + 5 + 11 + 6] ^= 1; // the largest frame, somewhat larger
			}
			return frame;
		};
		assertThat(failure(client(between.port(), byKey(), null)).kind()).isEqualTo(Kind.UNAUTHENTICATED);
	}

	/** He has a certificate that the client trusts, such as that of another service. */
	@Test
	void whoSitsInBetweenUnderTlsIsFoundByTheChannelBinding() throws Exception {
		CertificateAuthority authority = new CertificateAuthority("all");
		Encryption server = encryption(authority, "server");
		Encryption attacker = encryption(authority, "attacker");
		int port = server(BY_KEY, server);
		assertThat(call(client(port, byKey(), server))).isEqualTo("orders");
		Between between = open(
				new Between(attacker.context().getServerSocketFactory().createServerSocket(0, 50, loopback()),
						() -> attacker.context().getSocketFactory().createSocket("127.0.0.1", port)));
		assertThat(failure(client(between.port(), byKey(), server)))
			.hasMessageContaining("proof of key orders-1 is wrong");
		assertThat(between.fromClient).hasSize(1);
		assertThat(this.executions).hasValue(1);
	}

	/** What a bearer token cannot prevent; TLS keeps it from being stolen on the way. */
	@Test
	void aTokenThatWasStolenIsGoodUntilItExpires() throws Exception {
		int port = server(new ServerAuthentication(true, List.of(), List.of((shown) -> {
			return "good".equals(shown.token()) ? new Authentication(new Identity("orders", Set.of())) : null;
		})), null);
		Between between = between(port);
		call(client(between.port(), new ClientAuthentication.ByToken(() -> "good", false), null));
		RawSocket thief = open(RawSocket.connect(port));
		thief.send(between.fromClient.get(0));
		assertThat(thief.receive()[3]).isEqualTo((byte) RawSocket.WELCOME);
	}

	@Test
	void aProofThatComesByteByByteEndsAtTheTimeout() throws Exception {
		RawSocket slow = open(RawSocket.connect(server(BY_KEY, null)));
		challenge(slow);
		byte[] proof = RawSocket.frame(RawSocket.PROOF, 0, 0, new byte[35]);
		long start = System.nanoTime();
		boolean ended = false;
		for (int i = 0; i < proof.length && !ended; i++) {
			try {
				slow.send(new byte[] { proof[i] });
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
			}
			catch (IOException ex) {
				ended = true;
			}
		}
		assertThat(ended).isTrue();
		assertThat(System.nanoTime() - start).isBetween(TimeUnit.MILLISECONDS.toNanos(500),
				TimeUnit.SECONDS.toNanos(5));
	}

	/** The first would have to go if all addresses had the same places. */
	@Test
	void oneAddressTakesNoPlacesOfOthers() throws Exception {
		int port = server(null, null);
		RawSocket other = open(RawSocket.connect(port));
		byte[] hello = RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello());
		other.send(Arrays.copyOf(hello, 40));
		for (int i = 0; i < 1_100; i++) {
			open(new RawSocket(new Socket("127.0.0.1", port, InetAddress.getByName("127.0.0.2"), 0)));
		}
		other.send(Arrays.copyOfRange(hello, 40, hello.length));
		assertThat(other.receive()[3]).isEqualTo((byte) RawSocket.WELCOME);
	}

	private static void assertRefused(byte[] frame) {
		assertThat(frame[3]).isEqualTo((byte) RawSocket.REFUSED);
		assertThat(frame[5]).isEqualTo(UNAUTHENTICATED);
	}

	private static byte[] challenge(RawSocket socket) throws IOException {
		return challenge(socket, "orders-1");
	}

	private static byte[] challenge(RawSocket socket, String key) throws IOException {
		socket.send(RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.helloWithKey(key)));
		byte[] challenge = socket.receive();
		assertThat(challenge[3]).isEqualTo((byte) RawSocket.CHALLENGE);
		return challenge;
	}

	private static ClientAuthentication byKey() {
		return new ClientAuthentication.ByKey(KEY);
	}

	private static ServerAuthentication byKey(boolean required) {
		return new ServerAuthentication(required, List.of(new AcceptedKey(KEY, new Identity("orders", Set.of()))),
				List.of());
	}

	private static Encryption encryption(CertificateAuthority authority, String name) {
		return new Encryption(Contexts.of(authority.issue(name, "127.0.0.1"), authority), new SSLParameters());
	}

	private static InetAddress loopback() {
		return InetAddress.getLoopbackAddress();
	}

	private int server(@Nullable ServerAuthentication authentication, @Nullable Encryption encryption)
			throws IOException {
		RequestHandler handler = new RequestHandler() {

			@Override
			protected void handle(Request request, Answer answer) {
				HostileHandshakeIT.this.executions.incrementAndGet();
				Identity identity = request.identity();
				answer.ok((out) -> out.write(RawSocket.utf8((identity != null) ? identity.name() : "nobody")));
			}

		};
		TransportServerSettings settings = TransportServerSettings.defaults(0)
			.withBindAddress("127.0.0.1")
			.withTimeouts(Duration.ofMillis(2_000), Duration.ofSeconds(30), Duration.ofSeconds(10))
			.withAuthentication(authentication);
		TransportServer server = new TransportServer(
				(encryption != null) ? settings.withEncryption(() -> encryption, false) : settings,
				(methodId) -> handler, () -> LoadReport.NONE, Thread::new, this.threads);
		this.opened.add(server);
		return server.start("run");
	}

	private Channel client(int port, ClientAuthentication authentication, @Nullable Encryption encryption) {
		TransportClient client = open(new TransportClient(TransportClientSettings.defaults()
			.withConnections(1)
			.withConnectTimeout(Duration.ofSeconds(10))
			.withAuthentication(authentication), Thread::new));
		return client.channel(
				new Peer(new Address("127.0.0.1", port), (encryption != null) ? () -> encryption : null, null),
				ChannelListener.NONE);
	}

	private static String call(Channel channel) throws TransportException {
		Response response = channel.call(1, Deadline.after(Duration.ofSeconds(20)), Map.of(), (out) -> out.write(1));
		return new String(response.payload(), response.offset(), response.length(), StandardCharsets.UTF_8);
	}

	private static TransportException failure(Channel channel) {
		return catchThrowableOfType(TransportException.class, () -> call(channel));
	}

	private Between between(int port) throws IOException {
		return open(new Between(new ServerSocket(0, 50, loopback()), () -> new Socket("127.0.0.1", port)));
	}

	private int listen(Script script) throws IOException {
		ServerSocket listening = open(new ServerSocket(0, 50, loopback()));
		this.threads.execute(() -> {
			while (true) {
				try (RawSocket client = new RawSocket(listening.accept())) {
					script.run(client);
				}
				catch (IOException ex) {
					if (listening.isClosed()) {
						return;
					}
				}
			}
		});
		return listening.getLocalPort();
	}

	private <T extends AutoCloseable> T open(T one) {
		this.opened.add(0, one);
		return one;
	}

	private interface Script {

		void run(RawSocket client) throws IOException;

	}

	private interface Connector {

		Socket connect() throws IOException;

	}

	/** Passes frames on, sees all, and may change those of the client. */
	private final class Between implements AutoCloseable {

		final List<byte[]> fromClient = new CopyOnWriteArrayList<>();

		final List<byte[]> fromServer = new CopyOnWriteArrayList<>();

		volatile UnaryOperator<byte[]> toServer = UnaryOperator.identity();

		private final ServerSocket listening;

		Between(ServerSocket listening, Connector connector) {
			this.listening = listening;
			HostileHandshakeIT.this.threads.execute(() -> {
				try {
					while (true) {
						RawSocket client = new RawSocket(listening.accept());
						RawSocket server = open(new RawSocket(connector.connect()));
						pass(client, server, this.fromClient, (frame) -> this.toServer.apply(frame));
						pass(server, client, this.fromServer, UnaryOperator.identity());
					}
				}
				catch (IOException ex) {
					// It was closed.
				}
			});
		}

		int port() {
			return this.listening.getLocalPort();
		}

		private void pass(RawSocket from, RawSocket to, List<byte[]> seen, UnaryOperator<byte[]> change) {
			HostileHandshakeIT.this.threads.execute(() -> {
				try (from; to) {
					while (true) {
						byte[] frame = from.receive();
						seen.add(frame.clone());
						to.send(change.apply(frame));
					}
				}
				catch (IOException ex) {
					// One of both has gone, and so does the other.
				}
			});
		}

		@Override
		public void close() throws IOException {
			this.listening.close();
		}

	}

}
