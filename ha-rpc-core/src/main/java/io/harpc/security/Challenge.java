package io.harpc.security;

import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.ServerAuthentication.Result;
import io.harpc.security.SharedKey.Prover;
import io.harpc.security.SharedKey.Transcript;

/**
 * What a server asks of a client that says it has a key, good for one answer on one
 * connection. Thread-safe.
 */
public final class Challenge {

	private final AcceptedKey key;

	private final boolean known;

	private final String name;

	private final Transcript transcript;

	private final Consumer<Result> end;

	private final AtomicBoolean ended = new AtomicBoolean();

	Challenge(AcceptedKey key, boolean known, String name, Transcript transcript, Consumer<Result> end) {
		this.key = key;
		this.known = known;
		this.name = name;
		this.transcript = transcript;
		this.end = end;
	}

	/**
	 * The server's nonce.
	 * @return 32 bytes
	 */
	public byte[] nonce() {
		return this.transcript.serverNonce();
	}

	/**
	 * The server's own proof: the client hears that it is right before it says more.
	 * @return 32 bytes
	 */
	public byte[] proof() {
		return this.key.key().prove(Prover.SERVER, this.transcript);
	}

	/**
	 * Checks the client's proof, in the same time whether the key is unknown or the proof
	 * wrong.
	 * @param proof what the client sent
	 * @return who it is
	 * @throws AuthenticationException if it is wrong, or not the first
	 */
	public Authentication check(byte[] proof) throws AuthenticationException {
		boolean right = MessageDigest.isEqual(this.key.key().prove(Prover.CLIENT, this.transcript), proof);
		boolean first = this.ended.compareAndSet(false, true);
		boolean accepted = right & first & this.known;
		if (first) {
			this.end.accept(accepted ? Result.ACCEPTED : Result.REFUSED);
		}
		if (!accepted) {
			throw new AuthenticationException("key " + this.name
					+ " is not known here or its secret is another one; see ha-rpc.server.authentication.keys");
		}
		return new Authentication(this.key.identity());
	}

	/**
	 * The client has gone instead of answering.
	 * @return what the server's log is told: most likely both have different secrets
	 */
	public String abandoned() {
		if (this.ended.compareAndSet(false, true)) {
			this.end.accept(Result.REFUSED);
		}
		return "the client did not answer the challenge for key " + this.name + ": "
				+ (this.known ? "most likely its secret is another one there"
						: "there is none of that name below ha-rpc.server.authentication.keys");
	}

}
