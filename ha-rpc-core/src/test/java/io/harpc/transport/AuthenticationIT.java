package io.harpc.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.Identity;
import io.harpc.Outcome;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.Status;
import io.harpc.security.Authentication;
import io.harpc.security.AuthenticationException;
import io.harpc.security.Authenticator;
import io.harpc.security.CertificateName;
import io.harpc.security.ClientAuthentication;
import io.harpc.security.ClientAuthentication.ByKey;
import io.harpc.security.ClientAuthentication.ByToken;
import io.harpc.security.Scheme;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.ServerAuthentication.Result;
import io.harpc.security.SharedKey;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Clients that say who they are, servers that find out, and both where the other does
 * not.
 */
@Timeout(60)
class AuthenticationIT {

	private static final Duration LONG = Duration.ofSeconds(30);

	/** Takes longer than a token is good for. */
	private static final long SLOW = 2;

	private static final SharedKey KEY = SharedKey.of("orders-1", "a secret of thirty-two characters, or more");

	private static final Identity ORDERS = new Identity("orders", Set.of("buyer"));

	private final ExecutorService workers = Executors
		.newCachedThreadPool(TransportFixture.daemons("authentication-worker"));

	private final List<AutoCloseable> opened = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable one : this.opened) {
			one.close();
		}
		this.workers.shutdown();
	}

	@Test
	void aKeyMakesItsIdentityKnownToEveryCall() throws Exception {
		ServerAuthentication server = keys(true);
		Channel channel = client(server(server), new ByKey(KEY));
		assertThat(whoAmI(channel)).isEqualTo("orders");
		assertThat(whoAmI(channel)).isEqualTo("orders");
		assertThat(server.count(Scheme.KEY, Result.ACCEPTED)).isBetween(1L, 2L);
	}

	@Test
	void aClientWithoutAnythingIsRefusedAndToldWhatToSet() throws Exception {
		TransportException failure = failure(client(server(keys(true)), null));
		assertThat(failure).hasMessageContaining("authentication is required")
			.hasMessageContaining("ha-rpc.client.authentication.key-id");
		assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
		assertThat(failure.outcome()).isEqualTo(Outcome.REJECTED);
	}

	@Test
	void aClientWithoutAnythingIsNobodyWhereNothingIsRequired() throws Exception {
		assertThat(whoAmI(client(server(keys(false)), null))).isEqualTo("nobody");
	}

	@Test
	void aWrongSecretAndAnUnknownKeyLookTheSameToTheClient() throws Exception {
		Address address = server(keys(false));
		TransportException wrong = failure(
				client(address, new ByKey(SharedKey.of("orders-1", "another secret, which has 32 characters"))));
		TransportException unknown = failure(
				client(address, new ByKey(SharedKey.of("orders-9", "another secret, which has 32 characters"))));
		assertThat(wrong.kind()).isEqualTo(Kind.UNAUTHENTICATED);
		assertThat(wrong).hasMessageContaining("key orders-1").hasMessageNotContaining("another secret, which");
		assertThat(unknown.getMessage()).isEqualTo(wrong.getMessage().replace("orders-1", "orders-9"));
	}

	@Test
	void aClientWithAKeyDoesNotTalkToAServerThatProvesNothing() throws Exception {
		TransportException failure = failure(client(server(settings(null)), new ByKey(KEY)));
		assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
		assertThat(failure).hasMessageContaining("does not prove that it has key orders-1");
	}

	@Test
	void aServerMayKnowSeveralKeysSoThatTheyCanBeReplaced() throws Exception {
		SharedKey next = SharedKey.of("orders-2", "the next secret, also of 32 characters");
		Address address = server(new ServerAuthentication(true,
				List.of(new AcceptedKey(KEY, ORDERS), new AcceptedKey(next, ORDERS)), List.of()));
		assertThat(whoAmI(client(address, new ByKey(KEY)))).isEqualTo("orders");
		assertThat(whoAmI(client(address, new ByKey(next)))).isEqualTo("orders");
	}

	@Test
	void aTokenIsForTheApplicationToCheck() throws Exception {
		Address address = server(tokens((credentials) -> {
			assertThat(credentials.address()).isEqualTo(InetAddress.getLoopbackAddress());
			assertThat(credentials.encrypted()).isFalse();
			if (!"good".equals(credentials.token())) {
				throw new AuthenticationException("the token is not valid");
			}
			return new Authentication(ORDERS);
		}));
		assertThat(whoAmI(client(address, token("good")))).isEqualTo("orders");
		TransportException failure = failure(client(address, token("t0ken")));
		assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
		assertThat(failure).hasMessageContaining("the token is not valid").hasMessageNotContaining("t0ken");
	}

	@Test
	void aCertificateMakesItsOwnerKnown() throws Exception {
		Authenticator owners = Authenticator.byCertificate(CertificateName.COMMON_NAME, Map.of());
		Address address = server(Encrypted.server(settings(tokens(owners))));
		assertThat(whoAmI(client(address, null, Encrypted.CLIENT))).isEqualTo("client");
	}

	@Test
	void aKeyIsBoundToItsTlsConnection() throws Exception {
		Address address = server(Encrypted.server(settings(keys(true))));
		assertThat(whoAmI(client(address, new ByKey(KEY), Encrypted.CLIENT))).isEqualTo("orders");
	}

	@Test
	void whatBreaksAnAuthenticatorIsNotToldToTheClient() throws Exception {
		Address address = server(tokens((credentials) -> {
			throw new IllegalStateException("http://keys.internal is down");
		}));
		assertThat(failure(client(address, token("good")))).hasMessageContaining("cannot be found out at present")
			.hasMessageNotContaining("internal");
	}

	@Test
	void anAuthenticatorThatFailsByAnErrorRefusesAtOnce() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		Address address = server(tokens((credentials) -> {
			asked.incrementAndGet();
			throw new StackOverflowError("of a token with many brackets");
		}));
		TransportException failure = failure(client(address, token("good")));
		assertThat(failure).hasMessageContaining("cannot be found out at present").hasMessageNotContaining("brackets");
		assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
		assertThat(asked).hasValue(1);
	}

	@Test
	void whatNeverExpiresMayBeSaidToDoSoAtTheEndOfTime() throws Exception {
		assertThat(
				whoAmI(client(server(tokens((credentials) -> new Authentication(ORDERS, Instant.MAX))), token("good"))))
			.isEqualTo("orders");
	}

	@Test
	void aTokenThatIsTooLongFailsBeforeItIsSent() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		Address address = server(tokens((credentials) -> {
			asked.incrementAndGet();
			return new Authentication(ORDERS);
		}));
		assertThat(failure(client(address, token("t".repeat(3585)))))
			.hasMessageContaining("a token of 3585 bytes (expected: 1 to 3584)");
		assertThat(asked).hasValue(0);
		assertThat(whoAmI(client(address, token("t".repeat(3584))))).isEqualTo("orders");
	}

	@Test
	void anAuthenticatorThatHangsDelaysNobodyWhoDoesNotNeedIt() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		Authenticator hanging = (credentials) -> {
			if (credentials.token() == null) {
				return null;
			}
			try {
				release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return new Authentication(ORDERS);
		};
		Address address = server(
				new ServerAuthentication(true, List.of(new AcceptedKey(KEY, ORDERS)), List.of(hanging)));
		for (int i = 0; i < 40; i++) {
			client(address, token("any")).connect();
		}
		assertThat(whoAmI(client(address, new ByKey(KEY)))).isEqualTo("orders");
		release.countDown();
	}

	/** The token changes; every call is answered, by somebody who is who he was then. */
	@Test
	void tokensThatExpireCostNoCall() throws Exception {
		AtomicInteger tokens = new AtomicInteger();
		Address address = server(
				tokens((credentials) -> new Authentication(new Identity(String.valueOf(credentials.token()), Set.of()),
						Instant.now().plusMillis(1_400))));
		Channel channel = client(address, new ByToken(() -> "orders-" + tokens.incrementAndGet(), false));
		Set<String> seen = new HashSet<>();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
		while (System.nanoTime() - end < 0) {
			seen.add(whoAmI(channel));
		}
		assertThat(seen).hasSizeGreaterThan(3);
	}

	/** The server says good-bye on the old connection, which is not meant for the new. */
	@Test
	void aCallThatOutlivesItsTokenEndsAndSendsNobodyAway() throws Exception {
		Address address = server(tokens((credentials) -> new Authentication(ORDERS, Instant.now().plusMillis(1_400))));
		Channel channel = client(address, token("good"));
		CompletableFuture<String> slow = new CompletableFuture<>();
		Answers.callAsync(channel, SLOW, Deadline.after(LONG), Map.of(), (out) -> out.write(1),
				(response, failure) -> slow.complete((response != null) ? "answered" : String.valueOf(failure)));
		while (!slow.isDone()) {
			assertThat(whoAmI(channel)).isEqualTo("orders");
			assertThat(channel.isDraining()).isFalse();
		}
		assertThat(slow).isCompletedWithValue("answered");
	}

	/** As one that is older, or means no good. */
	@Test
	void aClientThatStaysWhenItsTokenHasExpiredGetsNothingMore() throws Exception {
		Address address = server(tokens((credentials) -> new Authentication(ORDERS, Instant.now().plusMillis(200))));
		try (RawClient client = new RawClient(address)) {
			client.request(1, 1, 1_000_000_000, new byte[0]);
			assertThat(client.next().status()).isEqualTo(Status.OK);
			assertThat(client.next().type()).isEqualTo(FrameType.DRAIN);
			client.request(2, 1, 1_000_000_000, new byte[0]);
			assertThat(client.next().status()).isEqualTo(Status.DRAINING);
		}
	}

	private static ServerAuthentication keys(boolean required) {
		return new ServerAuthentication(required, List.of(new AcceptedKey(KEY, ORDERS)), List.of());
	}

	private static ServerAuthentication tokens(Authenticator authenticator) {
		return new ServerAuthentication(true, List.of(), List.of(authenticator));
	}

	private static ClientAuthentication token(String token) {
		return new ByToken(() -> token, false);
	}

	private static TransportServerSettings settings(@Nullable ServerAuthentication authentication) {
		return TransportServerSettings.defaults(0).withBindAddress("127.0.0.1").withAuthentication(authentication);
	}

	private Address server(@Nullable ServerAuthentication authentication) throws IOException {
		return server(settings(authentication));
	}

	private Address server(TransportServerSettings settings) throws IOException {
		RequestHandler handler = new RequestHandler() {

			@Override
			protected void handle(Request request, Answer answer) {
				Identity identity = request.identity();
				String name = (identity != null) ? identity.name() : "nobody";
				answer.ok((out) -> out.write(name.getBytes(StandardCharsets.UTF_8)));
			}

		};
		RequestHandler slow = new RequestHandler() {

			@Override
			protected void handle(Request request, Answer answer) {
				long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2_000);
				while (System.nanoTime() - end < 0) {
					LockSupport.parkNanos(1_000_000);
				}
				answer.ok((out) -> out.write(1));
			}

		};
		TransportServer server = new TransportServer(settings, (methodId) -> (methodId == SLOW) ? slow : handler,
				() -> LoadReport.NONE, TransportFixture.THREADS, this.workers);
		this.opened.add(server);
		return new Address("127.0.0.1", server.start("first"));
	}

	private Channel client(Address address, @Nullable ClientAuthentication authentication) {
		return client(address, authentication, null);
	}

	private Channel client(Address address, @Nullable ClientAuthentication authentication,
			@Nullable Supplier<Encryption> encryption) {
		TransportClient client = new TransportClient(TransportClientSettings.defaults()
			.withConnectTimeout(Duration.ofSeconds(10))
			.withAuthentication(authentication), TransportFixture.THREADS);
		this.opened.add(0, client);
		return client.channel(new Peer(address, encryption, null), ChannelListener.NONE);
	}

	private static String whoAmI(Channel channel) throws TransportException {
		Response response = channel.call(1, Deadline.after(LONG), Map.of(), (out) -> out.write(1));
		return new String(response.payload(), response.offset(), response.length(), StandardCharsets.UTF_8);
	}

	private static TransportException failure(Channel channel) {
		return catchThrowableOfType(TransportException.class, () -> whoAmI(channel));
	}

}
