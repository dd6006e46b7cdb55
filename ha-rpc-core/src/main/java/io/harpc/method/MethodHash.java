package io.harpc.method;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The 32-bit hash of which method ids are made. Replaced in tests, because a collision of
 * the real one is hard to come by.
 */
@FunctionalInterface
interface MethodHash {

	/** The first 32 bits of SHA-256, big endian, over the text in UTF-8. */
	MethodHash SHA_256 = (text) -> {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return ByteBuffer.wrap(digest).getInt();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256, this one does not", ex);
		}
	};

	int of(String text);

}
