package io.harpc.registry;

import java.lang.reflect.RecordComponent;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.harpc.Address;
import io.harpc.ServiceKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class InstanceSignaturesTests {

	private static final long SESSION = 0x1234_5678_9abc_def0L;

	private static final Instance INSTANCE = new Instance("a", new ServiceKey("S", "1", "g"), new Address("h", 7), 5,
			"z", "json", true, Map.of("priority", "1", "k", "v"));

	private static final SigningKey OLD = SigningKey.hmac("old", "o".repeat(32));

	private static final SigningKey NEW = SigningKey.hmac("new", "n".repeat(32));

	@ParameterizedTest
	@EnumSource
	void acceptWhatTheySigned(Algorithm algorithm) {
		InstanceSignatures signatures = required(algorithm.key("k"));
		Instance signed = signatures.sign(INSTANCE, SESSION);
		signatures.check(signed, SESSION);
		signatures.check(signed, null);
		assertThat(InstanceJson.read(InstanceJson.write(signed))).isEqualTo(signed);
		assertThat(signed.metadata()).containsAllEntriesOf(INSTANCE.metadata()).hasSize(3);
	}

	@ParameterizedTest
	@EnumSource
	void refuseWhatSteersCallsElsewhere(Algorithm algorithm) {
		InstanceSignatures signatures = required(algorithm.key("k"));
		String signature = signature(signatures.sign(INSTANCE, SESSION));
		List<Instance> others = List.of(
				new Instance("b", INSTANCE.service(), INSTANCE.address(), 5, "z", "json", true, INSTANCE.metadata()),
				new Instance("a", new ServiceKey("T", "1", "g"), INSTANCE.address(), 5, "z", "json", true,
						INSTANCE.metadata()),
				new Instance("a", new ServiceKey("S", "2", "g"), INSTANCE.address(), 5, "z", "json", true,
						INSTANCE.metadata()),
				new Instance("a", new ServiceKey("S", "1", "h"), INSTANCE.address(), 5, "z", "json", true,
						INSTANCE.metadata()),
				new Instance("a", INSTANCE.service(), new Address("evil", 7), 5, "z", "json", true,
						INSTANCE.metadata()),
				new Instance("a", INSTANCE.service(), new Address("h", 8), 5, "z", "json", true, INSTANCE.metadata()),
				INSTANCE.withWeight(6),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "y", "json", true, INSTANCE.metadata()),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "z", "smile", true, INSTANCE.metadata()),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "z", "json", false, INSTANCE.metadata()),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "z", "json", null, INSTANCE.metadata()),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "z", "json", true,
						Map.of("priority", "0", "k", "v")),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "z", "json", true,
						Map.of("priority", "1")),
				new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "z", "json", true,
						Map.of("priority", "1", "k", "v", "more", "")));
		for (Instance other : others) {
			assertThatIllegalArgumentException().as("%s", other)
				.isThrownBy(() -> signatures.check(with(other, signature), SESSION))
				.withMessageStartingWith("signature: wrong");
		}
	}

	/** Whoever adds a component has to sign it, or to say why not. */
	@Test
	void coverEachComponentOfAnInstance() {
		assertThat(Arrays.stream(Instance.class.getRecordComponents()).map(RecordComponent::getName))
			.containsExactly("id", "service", "address", "weight", "zone", "serialization", "tls", "metadata");
	}

	@Test
	void tellApartFieldsThatWouldBeOneTextWhenJoined() {
		InstanceSignatures signatures = required(NEW);
		Instance one = new Instance("a", new ServiceKey("S", "12", "3"), INSTANCE.address(), 5, "z", "json", Map.of());
		Instance other = new Instance("a", new ServiceKey("S", "1", "23"), INSTANCE.address(), 5, "z", "json",
				Map.of());
		assertThat(signature(signatures.sign(one, 1))).isNotEqualTo(signature(signatures.sign(other, 1)));
		Instance half = new Instance("a", INSTANCE.service(), INSTANCE.address(), 5, "\ud800", "json", Map.of());
		assertThatIllegalArgumentException().isThrownBy(() -> signatures.sign(half, 1))
			.withMessageContaining("half of a character");
	}

	@Test
	void areWhatTheDocumentationSays() {
		assertThat(signature(required(NEW).sign(INSTANCE, SESSION)))
			.isEqualTo("1.new.123456789abcdef0.wFxYtsSGTAqVDfqotVn59XEDs5Gxq1H24WuBBqU5O1o");
	}

	@Test
	void refuseAnEntryOfAnotherSession() {
		InstanceSignatures signatures = required(NEW);
		Instance signed = signatures.sign(INSTANCE, SESSION);
		assertThatIllegalArgumentException().isThrownBy(() -> signatures.check(signed, SESSION + 1))
			.withMessage("signature: of session 123456789abcdef0 (expected: 123456789abcdef1, "
					+ "which the entry belongs to)");
		Instance moved = with(INSTANCE, signature(signed).replace("def0", "def1"));
		assertThatIllegalArgumentException().isThrownBy(() -> signatures.check(moved, SESSION + 1))
			.withMessageStartingWith("signature: wrong");
	}

	@Test
	void rotate() {
		Instance byOld = required(OLD).sign(INSTANCE, SESSION);
		InstanceSignatures both = required(NEW, OLD);
		both.check(byOld, SESSION);
		assertThat(signature(both.sign(INSTANCE, SESSION))).startsWith("1.new.");
		assertThat(signature(both.sign(byOld, SESSION))).as("in place of the former").startsWith("1.new.");
		assertThatIllegalArgumentException().isThrownBy(() -> required(NEW).check(byOld, SESSION))
			.withMessage("signature: by key old, which is not known here (expected: one by [Hmac new])");
	}

	@Test
	void refuseNoSignatureUnlessToldToAccept() {
		assertThatIllegalArgumentException().isThrownBy(() -> required(NEW).check(INSTANCE, SESSION))
			.withMessage("signature: none (expected: one by [Hmac new])");
		InstanceSignatures lenient = new InstanceSignatures(List.of(NEW), false);
		lenient.check(INSTANCE, SESSION);
		Instance wrong = with(INSTANCE.withWeight(1), signature(lenient.sign(INSTANCE, SESSION)));
		assertThatIllegalArgumentException().isThrownBy(() -> lenient.check(wrong, SESSION));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "1.new", "1.new.0.", "2.new.0.AAAA", "1.new..AAAA", "1.new.-1.AAAA",
			"1.new.00000000000000000.AAAA", "1.other.0.AAAA", "1.new.0.A A", "1.new.0.AAAA.", "1.new.0.====",
			"1.new.0.A", "1.new.0.AAAA" })
	void refuseWhatIsNoSignature(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> required(NEW).check(with(INSTANCE, text), 0L));
	}

	@Test
	void aKeyMadeOfAPublicOneIsNoSecret() throws Exception {
		// The confusion of algorithms: what is known to all, used as the secret of an
		// HMAC.
		KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		String publicKey = Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
		Instance forged = required(SigningKey.hmac("k", publicKey)).sign(INSTANCE, SESSION);
		InstanceSignatures signatures = required(SigningKey.ed25519("k", publicKey, null));
		assertThatIllegalArgumentException().isThrownBy(() -> signatures.check(forged, SESSION))
			.withMessageStartingWith("signature: wrong");
	}

	@Test
	void signOnlyWithAKeyThatCan() throws Exception {
		KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		String publicKey = "-----BEGIN PUBLIC KEY-----\n"
				+ Base64.getMimeEncoder().encodeToString(pair.getPublic().getEncoded())
				+ "\n-----END PUBLIC KEY-----\n";
		String privateKey = Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded());
		Instance signed = required(SigningKey.ed25519("k", publicKey, privateKey)).sign(INSTANCE, SESSION);
		InstanceSignatures consumer = required(SigningKey.ed25519("k", publicKey, null));
		consumer.check(signed, SESSION);
		assertThatIllegalStateException().isThrownBy(() -> consumer.sign(INSTANCE, SESSION))
			.withMessageContaining("signing key: k, which has no private half");
		KeyPair other = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
		String otherPublic = Base64.getEncoder().encodeToString(other.getPublic().getEncoded());
		assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.ed25519("k", otherPublic, privateKey))
			.withMessageContaining("do not belong together");
	}

	@Test
	void showNoSecret() {
		String secret = "s3cret".repeat(6);
		assertThat(SigningKey.hmac("k", secret)).asString().isEqualTo("Hmac k");
		assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.hmac("k", "s3cret"))
			.withMessage("secret of key k: 6 bytes (expected: at least 32)");
		assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.ed25519("k", secret, secret))
			.withMessageNotContaining("s3cret")
			.withNoCause();
		assertThat(required(SigningKey.hmac("k", secret)).sign(INSTANCE, 1).toString()).doesNotContain("s3cret");
	}

	@Test
	void refuseKeysThatCannotBeTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> required(OLD, SigningKey.hmac("old", "x".repeat(32))));
		assertThatIllegalArgumentException().isThrownBy(() -> SigningKey.hmac("a.b", "x".repeat(32)));
		assertThatIllegalArgumentException().isThrownBy(() -> new InstanceSignatures(List.of(), true));
	}

	private static InstanceSignatures required(SigningKey... keys) {
		return new InstanceSignatures(List.of(keys), true);
	}

	private static String signature(Instance instance) {
		return instance.metadata().get(InstanceSignatures.METADATA);
	}

	private static Instance with(Instance instance, String signature) {
		Map<String, String> metadata = new java.util.HashMap<>(instance.metadata());
		metadata.put(InstanceSignatures.METADATA, signature);
		return new Instance(instance.id(), instance.service(), instance.address(), instance.weight(), instance.zone(),
				instance.serialization(), instance.tls(), metadata);
	}

	private enum Algorithm {

		HMAC {
			@Override
			SigningKey key(String name) {
				return SigningKey.hmac(name, "secret-of-thirty-two-bytes-at-least");
			}
		},

		ED25519 {
			@Override
			SigningKey key(String name) {
				try {
					KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
					return SigningKey.ed25519(name, Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()),
							Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()));
				}
				catch (java.security.GeneralSecurityException ex) {
					throw new IllegalStateException(ex);
				}
			}
		};

		abstract SigningKey key(String name);

	}

}
