package io.harpc.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The fields by which the two ends of a connection prove who they are, beside those of
 * {@link Hello}; its text shows none of them. The arrays are not to be changed.
 *
 * @param nonce a client's in a hello, a server's in a challenge: random bytes that are
 * used once; empty if there are none
 * @param proof of knowing the key, of a server in a challenge, of a client in a proof;
 * empty if there is none
 * @param token what a client shows in a hello instead of a key, empty if nothing
 * @param validForMillis in a welcome, for how long the server takes the client for who it
 * is; zero for as long as the connection lasts
 */
public record AuthenticationFields(byte[] nonce, byte[] proof, String token, long validForMillis) {

	/** How long a nonce is, and a proof. */
	public static final int SIZE = 32;

	/** How long a token may be, so that it fits into a hello, in bytes. */
	public static final int MAX_TOKEN = 3 * 1024 + 512;

	private static final byte[] NOTHING = {};

	private static final int NONCE = 6;

	private static final int PROOF = 7;

	private static final int TOKEN = 8;

	private static final int VALID_FOR = 9;

	/**
	 * Returns what a client says that has a key to prove.
	 * @param nonce its nonce
	 * @return the fields of its hello
	 */
	public static AuthenticationFields ofNonce(byte[] nonce) {
		return new AuthenticationFields(nonce, NOTHING, "", 0);
	}

	/**
	 * Returns what a client shows that has a token.
	 * @param token the token
	 * @return the fields of its hello
	 */
	public static AuthenticationFields ofToken(String token) {
		return new AuthenticationFields(NOTHING, NOTHING, token, 0);
	}

	/**
	 * Returns what a server says to a client that has a key to prove.
	 * @param nonce its nonce
	 * @param proof that it knows the key
	 * @return the fields of its challenge
	 */
	public static AuthenticationFields ofChallenge(byte[] nonce, byte[] proof) {
		return new AuthenticationFields(nonce, proof, "", 0);
	}

	/**
	 * Returns a client's answer to a challenge.
	 * @param proof that it knows the key
	 * @return the fields of its proof
	 */
	public static AuthenticationFields ofProof(byte[] proof) {
		return new AuthenticationFields(NOTHING, proof, "", 0);
	}

	/**
	 * Returns what a server says to a client whom it does not know for ever.
	 * @param millis for how long
	 * @return the fields of its welcome
	 */
	public static AuthenticationFields ofValidity(long millis) {
		return new AuthenticationFields(NOTHING, NOTHING, "", millis);
	}

	/**
	 * Reads the fields from the payload of a frame.
	 * @param frame the frame
	 * @return the fields
	 * @throws ProtocolException if a field is not well formed
	 */
	public static AuthenticationFields read(Frame frame) throws ProtocolException {
		Map<Integer, byte[]> fields = Fields.read(frame);
		long validFor = Fields.number(Fields.get(fields, VALID_FOR, Long.BYTES));
		return new AuthenticationFields(Fields.get(fields, NONCE, SIZE), Fields.get(fields, PROOF, SIZE),
				Fields.text(fields, TOKEN), Math.max(0, validFor));
	}

	/**
	 * Writes those fields that are not empty.
	 * @param out the frame
	 * @throws ProtocolException if the token is too long for a frame of this kind
	 */
	public void writeTo(FrameBuffer out) throws ProtocolException {
		if (this.nonce.length > 0) {
			Fields.write(out, NONCE, this.nonce);
		}
		if (this.proof.length > 0) {
			Fields.write(out, PROOF, this.proof);
		}
		if (!this.token.isEmpty()) {
			Fields.write(out, TOKEN, this.token.getBytes(StandardCharsets.UTF_8));
		}
		if (this.validForMillis > 0) {
			Fields.write(out, VALID_FOR, Fields.bigEndian(this.validForMillis, Long.BYTES));
		}
	}

	@Override
	public String toString() {
		return "AuthenticationFields";
	}

}
