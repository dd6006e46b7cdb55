package io.harpc.transport;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;

import io.harpc.protocol.AuthenticationFields;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.security.ClientAuthentication;
import io.harpc.security.ClientAuthentication.ByKey;
import io.harpc.security.ClientAuthentication.ByToken;
import io.harpc.security.SharedKey;
import io.harpc.security.SharedKey.Prover;
import io.harpc.security.SharedKey.Transcript;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A client's part in finding out who the two ends of one connection are. Not thread-safe.
 */
final class ClientProof {

	private static final SecureRandom RANDOM = new SecureRandom();

	private static final int HEADER = 32;

	private final @Nullable SharedKey key;

	/** Empty if there is none. */
	private final String token;

	private final boolean inPlainText;

	/** The payload of the hello that was said. */
	private byte[] said = {};

	/** What the server calls itself, once it has proven that it has the key. */
	private String proven = "";

	/**
	 * Gets ready; blocks where the application makes its tokens.
	 * @param how by what the client proves who it is, {@code null} if by nothing
	 * @throws TransportException if there is no token, or one that cannot be sent
	 */
	ClientProof(@Nullable ClientAuthentication how) throws TransportException {
		this.key = (how instanceof ByKey byKey) ? byKey.key() : null;
		this.token = (how instanceof ByToken byToken) ? token(byToken) : "";
		this.inPlainText = how instanceof ByToken byToken && byToken.inPlainText();
	}

	private static String token(ByToken by) throws TransportException {
		String token;
		try {
			token = Objects.requireNonNull(by.source().token(), "it gave null");
		}
		catch (RuntimeException ex) {
			throw TransportException.notSent(Kind.TOKEN, "the TokenSource failed: " + ex);
		}
		int length = token.getBytes(StandardCharsets.UTF_8).length;
		if (length == 0 || length > AuthenticationFields.MAX_TOKEN) {
			throw TransportException.unauthenticated("the TokenSource gave a token of " + length
					+ " bytes (expected: 1 to " + AuthenticationFields.MAX_TOKEN + ")");
		}
		return token;
	}

	/**
	 * {@return the client's first frame}
	 * @throws TransportException if it would show a token to whoever listens
	 */
	FrameBuffer hello(Wire wire, int maxFrameSize) throws ProtocolException, TransportException {
		if (!this.token.isEmpty() && !this.inPlainText && !wire.security().isEncrypted()
				&& !wire.socket().getInetAddress().isLoopbackAddress()) {
			throw TransportException.unauthenticated("a token is not sent to another machine without TLS; set"
					+ " ha-rpc.client.ssl.bundle, or ha-rpc.client.authentication.token-in-plain-text if that is safe");
		}
		FrameBuffer hello = new FrameBuffer().begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
		if (this.key != null) {
			byte[] nonce = new byte[AuthenticationFields.SIZE];
			RANDOM.nextBytes(nonce);
			Hello.ofClient(maxFrameSize, this.key.name()).writeTo(hello);
			AuthenticationFields.ofNonce(nonce).writeTo(hello);
		}
		else {
			Hello.ofClient(maxFrameSize).writeTo(hello);
			AuthenticationFields.ofToken(this.token).writeTo(hello);
		}
		this.said = Arrays.copyOfRange(hello.array(), HEADER, hello.finish());
		return hello;
	}

	/**
	 * {@return whether the server has to prove first that it has the key}
	 */
	boolean isMutual() {
		return this.key != null;
	}

	/**
	 * Checks the server's proof.
	 * @param challenge what the server answered to the hello
	 * @return the client's own
	 * @throws TransportException if the server has none, or a wrong one: nothing more is
	 * said to it
	 */
	FrameBuffer answer(Frame challenge, ConnectionSecurity security) throws ProtocolException, TransportException {
		SharedKey own = this.key;
		if (own == null || challenge.type() != FrameType.CHALLENGE) {
			throw TransportException.unauthenticated("the server does not prove that it has " + own
					+ ", so it is not told anything; it may be of an older version or lack"
					+ " ha-rpc.server.authentication.keys, or be another one");
		}
		AuthenticationFields fields = AuthenticationFields.read(challenge);
		String incarnation = Hello.read(challenge).identity();
		Transcript transcript = new Transcript(this.said, incarnation, fields.nonce(), security.channelBinding());
		boolean right = MessageDigest.isEqual(own.prove(Prover.SERVER, transcript), fields.proof());
		if (!right || fields.nonce().length == 0) {
			throw TransportException.unauthenticated("the server's proof of " + own + " is wrong: it does not have that"
					+ " key below ha-rpc.server.authentication.keys, has another secret for it, or somebody is in between");
		}
		this.proven = incarnation;
		FrameBuffer proof = new FrameBuffer().begin(FrameType.PROOF, 0, Hello.MAX_FRAME_SIZE);
		AuthenticationFields.ofProof(own.prove(Prover.CLIENT, transcript)).writeTo(proof);
		return proof;
	}

	/** Checks that the server that says welcome is the one that has proven itself. */
	void check(Hello welcome) throws ProtocolException {
		if (isMutual() && !welcome.identity().equals(this.proven)) {
			throw new ProtocolException("the server calls itself another than in its challenge");
		}
	}

}
