package io.harpc.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.CertificateAuthority.Certified;
import io.harpc.certificates.Contexts;
import io.harpc.faults.Fault;
import io.harpc.faults.FaultProxy;
import io.harpc.faults.Moment;
import io.harpc.faults.Moment.Direction;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Who is let in over TLS and who is not, and what both are told.
 */
@Timeout(60)
class TlsIT {

	private static final Duration LONG = Duration.ofSeconds(10);

	private static final CertificateAuthority OTHER_AUTHORITY = new CertificateAuthority("others");

	private final AtomicReference<Encryption> server = new AtomicReference<>(
			server(Encrypted.AUTHORITY.issue("server", "127.0.0.1")));

	private final AtomicReference<Encryption> client = new AtomicReference<>(
			client(Encrypted.AUTHORITY.issue("client")));

	private Duration handshakeTimeout = LONG;

	private boolean acceptPlain;

	private TransportFixture fixture;

	@AfterEach
	void stop() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void bothEndsKnowWhoTheOtherIs(String protocol) throws Exception {
		start();
		this.client.get().parameters().setProtocols(new String[] { protocol });
		Certified shown = Encrypted.AUTHORITY.issue("orders");
		// The second is resumed from the first, and must know the same.
		SSLContext context = Contexts.of(shown, Encrypted.AUTHORITY);
		for (int i = 0; i < 3; i++) {
			Encryption encryption = new Encryption(context, this.client.get().parameters());
			CompletableFuture<Wire> atServer = new CompletableFuture<>();
			Wire atClient = connectTo(encryption, atServer);
			Wire there = atServer.get(10, TimeUnit.SECONDS);
			assertThat(there.security().peerCertificates().get(0)).isEqualTo(shown.certificate());
			assertThat(there.security().channelBinding()).hasSize(32).isEqualTo(atClient.security().channelBinding());
			assertThat(atClient.security().peerCertificates().get(0).getSubjectX500Principal().getName())
				.isEqualTo("CN=server");
			assertThat(atClient.security().isEncrypted()).isTrue();
			atClient.close();
		}
		assertThat(ConnectionSecurity.NONE.isEncrypted()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.3", "TLSv1.2" })
	void callsGoOverEachVersionThatIsAllowed(String protocol) throws Exception {
		this.server.get().parameters().setProtocols(new String[] { protocol });
		start();
		assertThat(echo(channel())).hasSize(3);
	}

	@Test
	void versionsThatAreWeakCannotBeConfigured() {
		SSLParameters old = new SSLParameters(null, new String[] { "TLSv1.1" });
		assertThatIllegalArgumentException().isThrownBy(() -> new Encryption(this.client.get().context(), old))
			.withMessage("TLS protocols: [TLSv1.1] (expected: some of [TLSv1.3, TLSv1.2])");
		SSLParameters none = new SSLParameters(null, new String[0]);
		assertThatIllegalArgumentException().isThrownBy(() -> new Encryption(this.client.get().context(), none));
	}

	@Test
	void isNotTalkedDownToAnotherVersion() throws Exception {
		this.client.get().parameters().setProtocols(new String[] { "TLSv1.2" });
		this.server.get().parameters().setProtocols(new String[] { "TLSv1.3" });
		start();
		refused("protocol_version", "compare options.enabled-protocols and options.ciphers of both");
	}

	@Test
	void ciphersAreThoseConfigured() throws Exception {
		this.client.get().parameters().setCipherSuites(new String[] { "TLS_AES_128_GCM_SHA256" });
		this.server.get().parameters().setCipherSuites(new String[] { "TLS_AES_256_GCM_SHA384" });
		start();
		refused("handshake_failure", "compare options.enabled-protocols and options.ciphers of both");
		this.client.get().parameters().setCipherSuites(new String[] { "TLS_AES_256_GCM_SHA384" });
		assertThat(echo(channel())).hasSize(3);
	}

	@Test
	void clientWithoutACertificateIsNotLetInWhereItNeedsOne() throws Exception {
		this.client.set(client(null));
		start();
		ListAppender<ILoggingEvent> log = capture();
		// JDK 17 is told bad_certificate here, later ones certificate_required
		refused("TLS failed: ", "Received fatal alert: ", "certificate");
		assertWarned(log, "the client showed no certificate: the SSL bundle of ha-rpc.client.ssl.bundle there needs");
		this.server.get().parameters().setWantClientAuth(true);
		assertThat(echo(channel())).as("wanted is not needed").hasSize(3);
	}

	@Test
	void certificateOfAnotherAuthorityIsNoCertificate() throws Exception {
		this.client.set(client(OTHER_AUTHORITY.issue("client")));
		start();
		ListAppender<ILoggingEvent> log = capture();
		// JDK 17 is told bad_certificate here, later ones certificate_required
		refused("TLS failed: ", "Received fatal alert: ", "certificate");
		assertWarned(log, "with one that the authorities trusted here have issued");
	}

	@Test
	void serverOfAnotherAuthorityIsNotSpokenTo() throws Exception {
		this.server.set(server(OTHER_AUTHORITY.issue("server", "127.0.0.1")));
		start();
		ListAppender<ILoggingEvent> log = capture();
		refused("unable to find valid certification path",
				"the trust store of the SSL bundle here has to have the authority of the server's certificate");
		assertWarned(log, "the client does not accept the certificate of this side");
	}

	@Test
	void serverOfAnotherNameIsNotSpokenTo() throws Exception {
		this.server.set(server(Encrypted.AUTHORITY.issue("server", "orders.example.com", "127.0.0.2")));
		start();
		refused("No subject alternative names matching IP address 127.0.0.1 found", "ha-rpc.server.advertised-host");
	}

	@Test
	void nameIsTheOneThatIsConfiguredNotTheAddressItResolvesTo() throws Exception {
		this.server.set(server(Encrypted.AUTHORITY.issue("server", "localhost")));
		start();
		Channel byName = to(new Address("localhost", this.fixture.address.port()));
		assertThat(echo(byName)).hasSize(3);
	}

	@Test
	void certificateThatHasExpiredIsNoCertificate() throws Exception {
		Instant now = Instant.now();
		Certified expired = Encrypted.AUTHORITY.issue("server", now.minusSeconds(600), now.minusSeconds(60),
				"127.0.0.1");
		this.server.set(server(expired));
		start();
		refused("NotAfter", "by the clock here; renew the server's certificate");
		this.server.set(server(Encrypted.AUTHORITY.issue("server", "127.0.0.1")));
		this.client.set(client(expired));
		refused("certificate");
	}

	@Test
	void plainClientIsToldToEncrypt() throws Exception {
		start();
		ListAppender<ILoggingEvent> log = capture();
		Channel plain = this.fixture.client.channel(this.fixture.address, ChannelListener.NONE);
		for (int i = 0; i < 3; i++) {
			TransportException failure = catchThrowableOfType(TransportException.class, () -> echo(plain));
			assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(failure).hasMessageContaining("plain text (expected: TLS; set ha-rpc.client.ssl.bundle");
		}
		List<ILoggingEvent> warnings = log.list.stream().filter((event) -> event.getLevel() == Level.WARN).toList();
		assertThat(warnings).as("told once").hasSize(1);
		assertThat(warnings.get(0).getFormattedMessage()).contains("127.0.0.1").contains("plain text");
	}

	@Test
	void plainServerIsNotSpokenToByAClientThatEncrypts() throws Exception {
		this.server.set(null);
		start();
		ListAppender<ILoggingEvent> log = capture();
		refused("the server answers in plain text");
		assertThat(log.list).anyMatch((event) -> event.getLevel() == Level.WARN
				&& event.getFormattedMessage().contains("TLS (expected: plain text; ha-rpc.server.ssl.bundle"));
	}

	@Test
	void bothAreTakenForTheTimeOfARollOut() throws Exception {
		this.acceptPlain = true;
		start();
		assertThat(echo(channel())).hasSize(3);
		assertThat(echo(this.fixture.client.channel(this.fixture.address, ChannelListener.NONE))).hasSize(3);
	}

	@Test
	void recordsThatComeInPiecesOverManyTimeoutsArriveWhole() throws Exception {
		start();
		try (FaultProxy proxy = new FaultProxy(this.fixture.address);
				EnginePeer peer = new EnginePeer(
						this.client.get().clientEngine("127.0.0.1", this.fixture.address.port()), proxy.address())) {
			peer.send(hello());
			peer.receive();
			proxy.place(new Fault.Drip(Moment.next(Direction.TO_CLIENT), Duration.ofMillis(20)));
			peer.send(request(1));
			peer.socket.setSoTimeout(5);
			int timeouts = 0;
			byte first = 0;
			while (first == 0) {
				try {
					first = peer.receive();
				}
				catch (SocketTimeoutException ex) {
					timeouts++;
				}
			}
			assertThat(first).isEqualTo((byte) 'H');
			assertThat(timeouts).isGreaterThan(20);
		}
	}

	@Test
	void connectTimeoutIsForHandshakeAndHelloTogether() throws Exception {
		start();
		try (FaultProxy proxy = new FaultProxy(this.fixture.address);
				TransportClient impatient = new TransportClient(
						TransportClientSettings.defaults().withConnectTimeout(Duration.ofMillis(400)),
						TransportFixture.THREADS)) {
			// Each read gets something long before any timeout of its own.
			proxy.place(new Fault.Drip(Moment.next(Direction.TO_CLIENT), Duration.ofMillis(20)));
			Channel channel = impatient.channel(new Peer(proxy.address(), this.client::get, null),
					ChannelListener.NONE);
			long start = System.nanoTime();
			TransportException failure = catchThrowableOfType(TransportException.class, () -> echo(channel));
			assertThat(failure).hasMessageContaining("no connection within connect-timeout, 400 ms");
			assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(2_000));
		}
	}

	@Test
	void handshakesThatAreNotFinishedTakeNoThreadsAndKeepNobodyOut() throws Exception {
		this.handshakeTimeout = Duration.ofMillis(1_500);
		start();
		byte[] hello = clientHello();
		List<Socket> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 300; i++) {
				Socket socket = new Socket("127.0.0.1", this.fixture.address.port());
				// Half of a hello, a whole one, or one byte of it.
				socket.getOutputStream().write(hello, 0, new int[] { hello.length / 2, hello.length, 1 }[i % 3]);
				slow.add(socket);
			}
			assertThat(echo(channel())).hasSize(3);
			assertThat(threads("transport-worker")).isLessThan(30);
			long start = System.nanoTime();
			for (Socket socket : slow) {
				socket.setSoTimeout(20_000);
				readToEnd(socket);
			}
			assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
		}
		finally {
			slow.forEach(ClientConnection::closeQuietly);
		}
		assertThat(echo(channel())).hasSize(3);
	}

	/** Engines pass over warnings, and who reads them has one of few turns. */
	@Test
	void aHandshakeOfWarningsThatNeverEndIsGivenUp() throws Exception {
		this.client.get().parameters().setProtocols(new String[] { "TLSv1.2" });
		byte[] hello = clientHello();
		byte[] warning = { 0x15, 3, 3, 0, 2, 1, 90 };
		ByteBuffer bytes = ByteBuffer.allocate(hello.length + 10_000 * warning.length).put(hello);
		while (bytes.hasRemaining()) {
			bytes.put(warning);
		}
		Socket socket = new Socket() {

			private final InputStream in = new ByteArrayInputStream(bytes.array(), 1, bytes.limit() - 1);

			@Override
			public InputStream getInputStream() {
				return this.in;
			}

			@Override
			public OutputStream getOutputStream() {
				return OutputStream.nullOutputStream();
			}

		};
		Tls tls = Tls.withClient(socket, this.server.get());
		assertThatExceptionOfType(SSLException.class).isThrownBy(tls::greet)
			.withMessage("more than 256 records without data");
	}

	@Test
	void whereThreadsCannotBeHadForAWhileNobodyLosesATurnForEver() throws Exception {
		Starving workers = new Starving();
		workers.missing.set(2 * Runtime.getRuntime().availableProcessors() + 4);
		start(workers);
		assertThat(echo(channel())).hasSize(3);
		assertThat(workers.missing).hasValueLessThanOrEqualTo(0);
	}

	@Test
	void helloThatComesInSeveralRecordsIsRead() throws Exception {
		start();
		SSLContext context = this.client.get().context();
		try (SSLSocket socket = (SSLSocket) context.getSocketFactory()
			.createSocket("127.0.0.1", this.fixture.address.port())) {
			FrameBuffer hello = new FrameBuffer().begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
			Hello.ofClient(1 << 20).writeTo(hello);
			int size = hello.finish();
			for (int i = 0; i < size; i++) {
				socket.getOutputStream().write(hello.array()[i]);
			}
			socket.setSoTimeout(10_000);
			assertThat(socket.getInputStream().read()).isEqualTo('H');
			// Half of the connection is closed, and that ends it.
			socket.shutdownOutput();
			TransportFixture.await("it is gone", () -> this.fixture.server.connections() == 0);
		}
	}

	@Test
	void closingByForceWaitsForNoWriterThatIsStuck() throws Exception {
		start();
		try (FaultProxy proxy = new FaultProxy(this.fixture.address)) {
			Channel channel = to(proxy.address());
			echo(channel);
			proxy.place(new Fault.Stall(Moment.next(Direction.TO_SERVER)));
			AtomicInteger ended = new AtomicInteger();
			for (int i = 0; i < 10; i++) {
				Answers.callAsync(channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(),
						(out) -> out.write(new byte[3_000_000]), (response, failure) -> ended.incrementAndGet());
			}
			TransportFixture.await("a writer is stuck", () -> stackOf("Tls$Output.write") > 0);
			long start = System.nanoTime();
			channel.close();
			assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
			TransportFixture.await("every call has ended", () -> ended.get() == 10);
			TransportFixture.await("the writer has gone", () -> stackOf("Tls$Output.write") == 0);
		}
	}

	@Test
	void newKeysInTheMiddleHarmNoCall() throws Exception {
		start();
		try (EnginePeer peer = new EnginePeer(this.client.get().clientEngine("127.0.0.1", this.fixture.address.port()),
				this.fixture.address)) {
			peer.send(hello());
			assertThat(peer.receive()).isEqualTo((byte) 'H');
			for (int i = 0; i < 10; i++) {
				// The server answers with new keys of its own, before its next answer.
				peer.newKeys();
				peer.send(request(i));
				assertThat(peer.receive()).isEqualTo((byte) 'H');
			}
		}
	}

	@Test
	void whoKeepsAskingForNewKeysIsHungUpOn() throws Exception {
		start();
		try (EnginePeer peer = new EnginePeer(this.client.get().clientEngine("127.0.0.1", this.fixture.address.port()),
				this.fixture.address)) {
			peer.send(hello());
			peer.receive();
			TransportFixture.await("it is welcome", () -> this.fixture.server.connections() == 1);
			try {
				for (int i = 0; i < 100; i++) {
					peer.newKeys();
				}
			}
			catch (IOException ex) {
				// It has been hung up on already.
			}
			TransportFixture.await("it is gone", () -> this.fixture.server.connections() == 0);
		}
	}

	@Test
	void anotherHandshakeOnTheSameConnectionIsRefused() throws Exception {
		start();
		this.client.get().parameters().setProtocols(new String[] { "TLSv1.2" });
		try (SSLSocket socket = (SSLSocket) this.client.get()
			.context()
			.getSocketFactory()
			.createSocket("127.0.0.1", this.fixture.address.port())) {
			socket.setEnabledProtocols(new String[] { "TLSv1.2" });
			socket.setSoTimeout(10_000);
			socket.getOutputStream().write(hello());
			assertThat(socket.getInputStream().read()).isEqualTo('H');
			TransportFixture.await("it is welcome", () -> this.fixture.server.connections() == 1);
			catchThrowableOfType(IOException.class, () -> {
				socket.startHandshake();
				readToEnd(socket);
			});
			TransportFixture.await("it is gone", () -> this.fixture.server.connections() == 0);
		}
	}

	@Test
	void certificatesThatAreReplacedUnderLoadFailNoCall() throws Exception {
		start();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(4);
		AtomicBoolean stop = new AtomicBoolean();
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger connections = new AtomicInteger();
		ExecutorService callers = Executors.newCachedThreadPool(TransportFixture.daemons("rotation"));
		List<Future<?>> done = new ArrayList<>();
		try (Channel steady = channel()) {
			for (int i = 0; i < 4; i++) {
				boolean reconnects = i < 2;
				done.add(callers.submit(() -> {
					while (!stop.get()) {
						if (reconnects) {
							try (Channel channel = channel()) {
								echo(channel);
								connections.incrementAndGet();
							}
						}
						else {
							echo(steady);
						}
						calls.incrementAndGet();
						LockSupport.parkNanos(200_000);
					}
					return null;
				}));
			}
			int rotations = 0;
			while (System.nanoTime() - end < 0) {
				this.server.set(server(Encrypted.AUTHORITY.issue("server-" + rotations, "127.0.0.1")));
				this.client.set(client(Encrypted.AUTHORITY.issue("client-" + rotations)));
				rotations++;
				LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
			}
			stop.set(true);
			for (Future<?> caller : done) {
				caller.get(10, TimeUnit.SECONDS);
			}
			LoggerFactory.getLogger(TlsIT.class)
				.info("Rotations: {}, connections: {}, calls: {}", rotations, connections, calls);
		}
		callers.shutdown();
		assertThat(connections).hasValueGreaterThan(10);
	}

	private void start() throws IOException {
		start(new Starving());
	}

	private void start(ExecutorService workers) throws IOException {
		TransportServerSettings settings = TransportServerSettings.defaults(0)
			.withBindAddress("127.0.0.1")
			.withTimeouts(this.handshakeTimeout, Duration.ofMinutes(1), LONG);
		if (this.server.get() != null) {
			settings = settings.withEncryption(this.server::get, this.acceptPlain);
		}
		this.fixture = new TransportFixture(settings,
				TransportClientSettings.defaults()
					.withConnectTimeout(LONG)
					.withBackoff(Duration.ofMillis(1), Duration.ofMillis(1)),
				workers);
	}

	private Channel channel() {
		return to(this.fixture.address);
	}

	private Channel to(Address address) {
		return this.fixture.client.channel(new Peer(address, this.client::get, null), ChannelListener.NONE);
	}

	private void refused(String... words) {
		try (Channel channel = channel()) {
			TransportException failure = catchThrowableOfType(TransportException.class, () -> echo(channel));
			assertThat(failure).isNotNull();
			assertThat(failure.kind()).isEqualTo(Kind.TLS);
			assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(failure.getMessage()).contains(words).contains(this.fixture.address.toString());
		}
		assertThat(this.fixture.executions).hasValue(0);
	}

	/** The server may hear of it only after the client has. */
	private static void assertWarned(ListAppender<ILoggingEvent> log, String text) {
		eventually(() -> assertThat(List.copyOf(log.list))
			.anyMatch((event) -> event.getLevel() == Level.WARN && event.getFormattedMessage().contains(text)));
	}

	/** Shakes hands with a server of the test's own, so that both ends can be seen. */
	private Wire connectTo(Encryption encryption, CompletableFuture<Wire> atServer) throws IOException {
		try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			Socket there = new Socket("127.0.0.1", listening.getLocalPort());
			Socket here = listening.accept();
			TransportFixture.THREADS.newThread(() -> {
				try {
					assertThat(here.getInputStream().read()).isEqualTo(Tls.HANDSHAKE);
					Tls tls = Tls.withClient(here, this.server.get());
					Wire wire = tls.greet();
					while (wire == null) {
						LockSupport.parkNanos(100_000);
						wire = tls.greet();
					}
					wire.out().write('!');
					atServer.complete(wire);
				}
				catch (IOException ex) {
					atServer.completeExceptionally(ex);
				}
			}).start();
			Wire wire = Tls.withServer(there, new Address("127.0.0.1", listening.getLocalPort()), encryption,
					System.nanoTime() + LONG.toNanos());
			assertThat(wire.in().read()).isEqualTo('!');
			return wire;
		}
	}

	private static Encryption server(Certified own) {
		return new Encryption(Contexts.of(own, Encrypted.AUTHORITY), Encrypted.needingClients());
	}

	private static Encryption client(Certified own) {
		return new Encryption(Contexts.of(own, Encrypted.AUTHORITY), new SSLParameters());
	}

	private static byte[] echo(Channel channel) throws TransportException {
		return TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[3]);
	}

	private byte[] clientHello() throws IOException {
		SSLEngine engine = this.client.get().clientEngine("127.0.0.1", 1);
		engine.beginHandshake();
		ByteBuffer bytes = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), bytes);
		return Arrays.copyOf(bytes.array(), result.bytesProduced());
	}

	private static byte[] hello() throws IOException {
		FrameBuffer hello = new FrameBuffer().begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
		Hello.ofClient(1 << 20).writeTo(hello);
		return Arrays.copyOf(hello.array(), hello.finish());
	}

	private static byte[] request(long callId) throws IOException {
		FrameBuffer request = new FrameBuffer();
		request.beginRequest(callId, TransportFixture.ECHO, LONG.toNanos(), Map.of(), 1 << 20)
			.write("abc".getBytes(StandardCharsets.US_ASCII));
		return Arrays.copyOf(request.array(), request.finish());
	}

	private static void readToEnd(Socket socket) {
		try {
			while (socket.getInputStream().read() >= 0) {
				// until it ends
			}
		}
		catch (IOException ex) {
			assertThat(ex).isNotInstanceOf(SocketTimeoutException.class);
		}
	}

	private static long threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.isAlive() && thread.getName().startsWith(prefix))
			.count();
	}

	private static long stackOf(String method) {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.filter((stack) -> Arrays.stream(stack)
				.anyMatch((frame) -> (frame.getClassName() + "." + frame.getMethodName()).endsWith(method)))
			.count();
	}

	private static ListAppender<ILoggingEvent> capture() {
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		((Logger) LoggerFactory.getLogger(Greetings.class)).addAppender(appender);
		return appender;
	}

	/** A client that shakes hands and then does with its engine as the test likes. */
	private static final class EnginePeer implements AutoCloseable {

		private final Socket socket;

		private final SSLEngine engine;

		private final Wire wire;

		EnginePeer(SSLEngine engine, Address address) throws IOException {
			this.engine = engine;
			this.socket = new Socket(address.host(), address.port());
			this.wire = Tls.withEngine(this.socket, engine, System.nanoTime() + LONG.toNanos());
		}

		void send(byte[] bytes) throws IOException {
			this.wire.out().write(bytes, 0, bytes.length);
		}

		void newKeys() throws IOException {
			this.engine.beginHandshake();
			ByteBuffer bytes = ByteBuffer.allocate(this.engine.getSession().getPacketBufferSize());
			this.engine.wrap(ByteBuffer.allocate(0), bytes);
			this.socket.getOutputStream().write(bytes.array(), 0, bytes.position());
		}

		byte receive() throws IOException {
			byte[] some = new byte[4096];
			this.wire.in().read(some, 0, some.length);
			return some[0];
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
