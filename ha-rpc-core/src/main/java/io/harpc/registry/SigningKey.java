package io.harpc.registry;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.KeySpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.function.Function;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

/**
 * A named key that instances are signed with, or checked. Immutable; its text shows no
 * more than its name.
 */
public abstract sealed class SigningKey {

	/** The fewest bytes of a secret: as many as the digest has. */
	public static final int MIN_SECRET_BYTES = 32;

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

	private final String name;

	private SigningKey(String name) {
		if (!NAME.matcher(name).matches()) {
			throw new IllegalArgumentException(
					"key name: " + name + " (expected: 1 to 32 letters, digits, '-' and '_' of ASCII)");
		}
		this.name = name;
	}

	/**
	 * Returns a key of HMAC-SHA-256 (RFC 2104), which all who sign and check have.
	 * @param name its name, the same everywhere
	 * @param secret its text, of at least {@value #MIN_SECRET_BYTES} bytes in UTF-8
	 * @return the key
	 * @throws IllegalArgumentException if the name or the secret cannot be one; the
	 * message does not show the secret
	 */
	public static SigningKey hmac(String name, String secret) {
		return new Hmac(name, secret.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Returns a key of Ed25519 (RFC 8032): who has the public half can check, and only
	 * who has the private half can sign.
	 * @param name its name, the same everywhere
	 * @param publicKey the public half, X.509 in PEM or in Base64
	 * @param privateKey the private half, PKCS#8 in PEM or in Base64; {@code null} where
	 * nothing is signed
	 * @return the key
	 * @throws IllegalArgumentException if one of them cannot be read or they do not
	 * belong together; the message shows neither
	 */
	public static SigningKey ed25519(String name, String publicKey, @Nullable String privateKey) {
		return new Ed25519(name, publicKey, privateKey);
	}

	String name() {
		return this.name;
	}

	abstract boolean canSign();

	abstract byte[] sign(byte[] text);

	abstract boolean verify(byte[] text, byte[] signature);

	@Override
	public String toString() {
		return getClass().getSimpleName() + " " + this.name;
	}

	private static final class Hmac extends SigningKey {

		private static final String ALGORITHM = "HmacSHA256";

		private final SecretKey key;

		Hmac(String name, byte[] secret) {
			super(name);
			if (secret.length < MIN_SECRET_BYTES) {
				throw new IllegalArgumentException("secret of key " + name + ": " + secret.length
						+ " bytes (expected: at least " + MIN_SECRET_BYTES + ")");
			}
			this.key = new SecretKeySpec(secret, ALGORITHM);
		}

		@Override
		boolean canSign() {
			return true;
		}

		@Override
		byte[] sign(byte[] text) {
			try {
				Mac mac = Mac.getInstance(ALGORITHM);
				mac.init(this.key);
				return mac.doFinal(text);
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
			}
		}

		@Override
		boolean verify(byte[] text, byte[] signature) {
			return MessageDigest.isEqual(sign(text), signature);
		}

	}

	private static final class Ed25519 extends SigningKey {

		private static final String ALGORITHM = "Ed25519";

		private final PublicKey publicKey;

		private final @Nullable PrivateKey privateKey;

		Ed25519(String name, String publicKey, @Nullable String privateKey) {
			super(name);
			try {
				KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
				this.publicKey = factory.generatePublic(read(publicKey, "PUBLIC KEY", X509EncodedKeySpec::new));
				this.privateKey = (privateKey != null)
						? factory.generatePrivate(read(privateKey, "PRIVATE KEY", PKCS8EncodedKeySpec::new)) : null;
			}
			catch (GeneralSecurityException | IllegalArgumentException ex) {
				// Without the cause, whose message may quote the key.
				throw new IllegalArgumentException("key " + name
						+ ": cannot be read (expected: Ed25519, public in X.509 and private in PKCS#8, in PEM or Base64)");
			}
			byte[] probe = name.getBytes(StandardCharsets.UTF_8);
			if (this.privateKey != null && !verify(probe, sign(probe))) {
				throw new IllegalArgumentException(
						"key " + name + ": two halves that do not belong together (expected: a pair)");
			}
		}

		private static KeySpec read(String text, String type, Function<byte[], KeySpec> spec) {
			String base64 = text.replace("-----BEGIN " + type + "-----", "").replace("-----END " + type + "-----", "");
			return spec.apply(Base64.getDecoder().decode(base64.replaceAll("\\s", "")));
		}

		@Override
		boolean canSign() {
			return this.privateKey != null;
		}

		@Override
		byte[] sign(byte[] text) {
			try {
				Signature signature = Signature.getInstance(ALGORITHM);
				signature.initSign(this.privateKey);
				signature.update(text);
				return signature.sign();
			}
			catch (GeneralSecurityException ex) {
				throw new IllegalStateException("key " + name() + " cannot sign", ex);
			}
		}

		@Override
		boolean verify(byte[] text, byte[] bytes) {
			try {
				Signature signature = Signature.getInstance(ALGORITHM);
				signature.initVerify(this.publicKey);
				signature.update(text);
				return signature.verify(bytes);
			}
			catch (GeneralSecurityException ex) {
				// Such as one of another length.
				return false;
			}
		}

	}

}
