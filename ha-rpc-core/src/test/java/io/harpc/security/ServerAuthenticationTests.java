package io.harpc.security;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

import io.harpc.Identity;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.ServerAuthentication.Result;
import io.harpc.security.SharedKey.Prover;
import io.harpc.security.SharedKey.Transcript;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Who is accepted, by what, and what those who are not can learn from it.
 */
class ServerAuthenticationTests {

	private static final String SECRET = "a-golden-secret-of-33-characters!";

	private static final SharedKey KEY = SharedKey.of("orders-1", SECRET);

	private static final Identity ORDERS = new Identity("orders", Set.of("buyer"));

	private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

	private static final byte[] PLAIN = {};

	private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

	private final ServerAuthentication server = new ServerAuthentication(true, List.of(new AcceptedKey(KEY, ORDERS)),
			List.of());

	@Test
	void knowsWhoeverProvesAKey() throws Exception {
		Challenge challenge = challenge("orders-1", PLAIN);
		assertThat(challenge.proof()).isEqualTo(KEY.prove(Prover.SERVER, transcript(challenge, PLAIN)));
		Authentication found = challenge.check(KEY.prove(Prover.CLIENT, transcript(challenge, PLAIN)));
		assertThat(found).isEqualTo(new Authentication(ORDERS));
		assertThat(this.server.count(Scheme.KEY, Result.ACCEPTED)).isEqualTo(1);
	}

	@Test
	void provesAsTheWireProtocolSays() {
		HexFormat hex = HexFormat.of();
		byte[] hello = hex
			.parseHex("0100020101" + "0200080000000000000001" + "03000400400000" + "040000" + "0500086f72646572732d31"
					+ "060020" + "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
		byte[] nonce = hex.parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
		Transcript transcript = new Transcript(hello, "7e3a", nonce, PLAIN);
		assertThat(hex.formatHex(KEY.prove(Prover.SERVER, transcript)))
			.isEqualTo("7cc465027dc8061829520346a6323bef927937645d4ebe994705de13badf4e88");
		assertThat(hex.formatHex(KEY.prove(Prover.CLIENT, transcript)))
			.isEqualTo("7c7ef6fe38ea14c09ff0606069e9e67a232c92ef825fefd1a4d5a800c16c237f");
	}

	@Test
	void takesAnAnswerOnce() throws Exception {
		Challenge challenge = challenge("orders-1", PLAIN);
		byte[] proof = KEY.prove(Prover.CLIENT, transcript(challenge, PLAIN));
		challenge.check(proof);
		assertRefused(challenge, proof);
	}

	@Test
	void takesNoAnswerOfAnotherConnection() {
		byte[] recorded = KEY.prove(Prover.CLIENT, transcript(challenge("orders-1", PLAIN), PLAIN));
		assertRefused(challenge("orders-1", PLAIN), recorded);
	}

	@Test
	void takesNoAnswerThatWasMadeForAnotherTlsServer() {
		Challenge challenge = challenge("orders-1", new byte[] { 1 });
		assertRefused(challenge, KEY.prove(Prover.CLIENT, transcript(challenge, new byte[] { 2 })));
	}

	@Test
	void takesNoProofOfItsOwn() {
		Challenge challenge = challenge("orders-1", PLAIN);
		assertRefused(challenge, challenge.proof());
	}

	@Test
	void takesNoProofThatIsCutOff() {
		assertRefused(challenge("orders-1", PLAIN), new byte[0]);
	}

	@Test
	void tellsNobodyWhichKeysAreKnown() {
		Challenge known = challenge("orders-1", PLAIN);
		Challenge unknown = challenge("orders-2", PLAIN);
		assertThat(unknown.nonce()).hasSameSizeAs(known.nonce());
		assertThat(unknown.proof()).hasSameSizeAs(known.proof()).isNotEqualTo(known.proof());
		byte[] guess = new byte[32];
		assertThat(messageOf(unknown, guess)).isEqualTo(messageOf(known, guess).replace("orders-1", "orders-2"));
		assertThat(this.server.count(Scheme.KEY, Result.REFUSED)).isEqualTo(2);
	}

	@Test
	void usesEachNonceOnce() {
		assertThat(challenge("orders-1", PLAIN).nonce()).isNotEqualTo(challenge("orders-1", PLAIN).nonce());
	}

	@Test
	void repeatsNoNameThatCannotBeOne() {
		assertThatExceptionOfType(AuthenticationException.class)
			.isThrownBy(() -> this.server.challenge("a\nb", HELLO, "run", PLAIN))
			.withMessageNotContaining("\n");
	}

	@Test
	void takesSeveralKeysForAsLongAsOneReplacesAnother() throws Exception {
		SharedKey next = SharedKey.of("orders-2", "another-secret-of-33-characters!!");
		ServerAuthentication both = new ServerAuthentication(true,
				List.of(new AcceptedKey(KEY, ORDERS), new AcceptedKey(next, ORDERS)), List.of());
		for (SharedKey key : List.of(KEY, next)) {
			Challenge challenge = both.challenge(key.name(), HELLO, "run", PLAIN);
			assertThat(challenge.check(key.prove(Prover.CLIENT, transcript(challenge, PLAIN))).identity())
				.isEqualTo(ORDERS);
		}
	}

	@Test
	void refusesSecretsThatAreTooShortAndShowsNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> SharedKey.of("k1", "s3cret"))
			.withMessage("secret of key k1: 6 bytes (expected: at least 32)");
		assertThat(new AcceptedKey(KEY, ORDERS).toString()).doesNotContain(SECRET);
		assertThat(new ClientAuthentication.ByKey(KEY).toString()).doesNotContain(SECRET);
		assertThat(token("t0ken").toString()).doesNotContain("t0ken");
	}

	@Test
	void refusesTwoKeysOfOneName() {
		AcceptedKey key = new AcceptedKey(KEY, ORDERS);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ServerAuthentication(true, List.of(key, key), List.of()))
			.withMessage("key name: orders-1 (expected: one that no other has)");
	}

	@Test
	void refusesWhoShowsNothingAndSaysWhatToSet() {
		assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> this.server.authenticate(token(null)))
			.withMessageContaining("ha-rpc.client.authentication.key-id");
		assertThat(this.server.count(Scheme.NONE, Result.REFUSED)).isEqualTo(1);
	}

	@Test
	void takesWhoShowsNothingWhereThatIsAllowed() throws Exception {
		ServerAuthentication lenient = new ServerAuthentication(false, List.of(new AcceptedKey(KEY, ORDERS)),
				List.of());
		assertThat(lenient.authenticate(token(null))).isNull();
		assertRefused(lenient.challenge("orders-1", HELLO, "run", PLAIN), new byte[32]);
	}

	@Test
	void asksOneAuthenticatorAfterTheOther() throws Exception {
		Authenticator none = (credentials) -> null;
		Authenticator one = (credentials) -> "good".equals(credentials.token()) ? new Authentication(ORDERS) : null;
		ServerAuthentication both = new ServerAuthentication(true, List.of(), List.of(none, one));
		assertThat(both.authenticate(token("good"))).isEqualTo(new Authentication(ORDERS));
		assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> both.authenticate(token("bad")))
			.withMessageContaining("nobody here takes a TOKEN")
			.withMessageNotContaining("bad");
	}

	@Test
	void refusesWhatHasExpired() throws Exception {
		Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
		Authenticator dated = (credentials) -> new Authentication(ORDERS, Instant.parse(credentials.token()));
		ServerAuthentication dating = new ServerAuthentication(true, List.of(), List.of(dated), clock);
		assertThatExceptionOfType(AuthenticationException.class)
			.isThrownBy(() -> dating.authenticate(token(NOW.toString())))
			.withMessageContaining("orders has expired");
		Authentication found = dating.authenticate(token(NOW.plusSeconds(5).toString()));
		assertThat(dating.validFor(found.until())).isEqualTo(Duration.ofSeconds(5));
	}

	private Challenge challenge(String name, byte[] channelBinding) {
		try {
			return this.server.challenge(name, HELLO, "run", channelBinding);
		}
		catch (AuthenticationException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Transcript transcript(Challenge challenge, byte[] channelBinding) {
		return new Transcript(HELLO, "run", challenge.nonce(), channelBinding);
	}

	private static Credentials token(String token) {
		return new Credentials(InetAddress.getLoopbackAddress(), false, List.of(), token);
	}

	private static void assertRefused(Challenge challenge, byte[] proof) {
		assertThatExceptionOfType(AuthenticationException.class).isThrownBy(() -> challenge.check(proof));
	}

	private static String messageOf(Challenge challenge, byte[] proof) {
		try {
			challenge.check(proof);
			throw new AssertionError("accepted");
		}
		catch (AuthenticationException ex) {
			return ex.getMessage();
		}
	}

}
