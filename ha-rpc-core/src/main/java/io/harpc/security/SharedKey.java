package io.harpc.security;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.regex.Pattern;

import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that both ends of a connection have, and its name. Immutable; its text shows
 * no more than its name.
 */
public final class SharedKey {

	/** The fewest bytes of a secret: as many as the digest has. */
	public static final int MIN_SECRET_BYTES = 32;

	private static final String ALGORITHM = "HmacSHA256";

	/** Begins what is proven, so that no key says the same bytes with another meaning. */
	private static final String PURPOSE = "ha-rpc handshake 1";

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,32}");

	private final String name;

	private final SecretKey secret;

	SharedKey(String name, byte[] secret) {
		this.name = name;
		this.secret = new SecretKeySpec(secret, ALGORITHM);
	}

	/**
	 * Returns a key.
	 * @param name its name, the same at both ends: 1 to 32 letters, digits, '-' and '_'
	 * @param secret its text, of at least {@value #MIN_SECRET_BYTES} bytes in UTF-8, best
	 * random: whoever listens can try out what is guessable
	 * @return the key
	 * @throws IllegalArgumentException if the name or the secret cannot be one; the
	 * message does not show the secret
	 */
	public static SharedKey of(String name, String secret) {
		if (!isName(name)) {
			throw new IllegalArgumentException(
					"key name: " + name + " (expected: 1 to 32 letters, digits, '-' and '_' of ASCII)");
		}
		byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
		if (bytes.length < MIN_SECRET_BYTES) {
			throw new IllegalArgumentException("secret of key " + name + ": " + bytes.length
					+ " bytes (expected: at least " + MIN_SECRET_BYTES + ")");
		}
		return new SharedKey(name, bytes);
	}

	static boolean isName(String name) {
		return NAME.matcher(name).matches();
	}

	/**
	 * What it is called.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Proves that one end of a connection has this key: HMAC-SHA-256 (RFC 2104) over who
	 * proves and all that makes the exchange this one, each part with its length before
	 * it.
	 * @param prover who proves, so that what one end has proven is of no use to the other
	 * @param transcript what was said on the connection
	 * @return 32 bytes
	 */
	public byte[] prove(Prover prover, Transcript transcript) {
		ByteArrayOutputStream text = new ByteArrayOutputStream(512);
		try (DataOutputStream out = new DataOutputStream(text)) {
			put(out, PURPOSE.getBytes(StandardCharsets.UTF_8));
			put(out, prover.name().getBytes(StandardCharsets.UTF_8));
			put(out, transcript.hello());
			put(out, transcript.incarnation().getBytes(StandardCharsets.UTF_8));
			put(out, transcript.serverNonce());
			put(out, transcript.channelBinding());
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(this.secret);
			return mac.doFinal(text.toByteArray());
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Memory cannot be written to", ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
		}
	}

	private static void put(DataOutputStream out, byte[] part) throws IOException {
		out.writeInt(part.length);
		out.write(part);
	}

	@Override
	public String toString() {
		return "key " + this.name;
	}

	/** Which end of a connection proves. */
	public enum Prover {

		/** The one that accepted the connection. */
		SERVER,

		/** The one that made it. */
		CLIENT

	}

	/**
	 * What makes an exchange on a connection differ from every other. The arrays are not
	 * to be changed.
	 *
	 * @param hello the payload of the client's hello, with its nonce and the name of the
	 * key
	 * @param incarnation what the server calls itself
	 * @param serverNonce the server's nonce
	 * @param channelBinding what ties the exchange to its TLS connection, empty in plain
	 * text
	 */
	public record Transcript(byte[] hello, String incarnation, byte[] serverNonce, byte[] channelBinding) {

	}

}
