package io.harpc.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import io.harpc.Identity;
import io.harpc.protocol.AuthenticationFields;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.security.Authentication;
import io.harpc.security.AuthenticationException;
import io.harpc.security.Challenge;
import io.harpc.security.Credentials;
import io.harpc.security.ServerAuthentication;
import org.jspecify.annotations.Nullable;

/**
 * A server's part in finding out who the two ends of one connection are: takes the
 * client's frames one after the other, until it is known whether the client is welcome.
 * Used by one thread at a time.
 */
final class ServerExchange {

	/** Longer than connections last; sums in nanoseconds do not overflow. */
	private static final long MAX_VALIDITY_MILLIS = TimeUnit.DAYS.toMillis(365);

	private final @Nullable ServerAuthentication authentication;

	/** What the server says of itself. */
	private final Hello own;

	private @Nullable Hello hello;

	private @Nullable Challenge challenge;

	private @Nullable String token;

	private @Nullable Authentication found;

	private boolean done;

	/**
	 * Begins.
	 * @param authentication what clients are known by, {@code null} if none is asked
	 * @param own what the server says of itself
	 */
	ServerExchange(@Nullable ServerAuthentication authentication, Hello own) {
		this.authentication = authentication;
		this.own = own;
	}

	/**
	 * Takes a frame. Does not block: what it answers is small and the first on the
	 * connection.
	 * @return the client's hello, once nothing more is expected of it
	 * @throws UnauthenticatedException if it is not who it says
	 * @throws ProtocolException if it speaks another protocol, or another version
	 * @throws IOException if the connection is lost
	 */
	@Nullable Hello receive(Frame frame, Wire wire) throws IOException {
		Challenge asked = this.challenge;
		try {
			if (asked != null) {
				expect(FrameType.PROOF, frame);
				found(asked.check(AuthenticationFields.read(frame).proof()));
				return this.hello;
			}
			expect(FrameType.HELLO, frame);
			return greet(frame, wire);
		}
		catch (AuthenticationException ex) {
			throw new UnauthenticatedException(ex);
		}
	}

	private @Nullable Hello greet(Frame frame, Wire wire) throws IOException, AuthenticationException {
		Hello said = Hello.read(frame);
		if (!said.isCompatible()) {
			throw new ProtocolException("protocol versions " + said.minVersion() + " to " + said.maxVersion()
					+ " (expected: a range with version 1)");
		}
		this.hello = said;
		if (this.authentication == null) {
			this.done = true;
			return said;
		}
		AuthenticationFields fields = AuthenticationFields.read(frame);
		if (fields.nonce().length > 0 && (said.capabilities() & Hello.CHALLENGED) != 0) {
			byte[] payload = Arrays.copyOfRange(frame.body(), frame.payloadOffset(), frame.body().length);
			challenge(this.authentication.challenge(said.identity(), payload, this.own.identity(),
					wire.security().channelBinding()), wire);
			return null;
		}
		this.token = fields.token().isEmpty() ? null : fields.token();
		if (!this.authentication.mayBlock()) {
			authenticate(wire);
		}
		return said;
	}

	private void challenge(Challenge made, Wire wire) throws IOException {
		this.challenge = made;
		FrameBuffer frame = new FrameBuffer().begin(FrameType.CHALLENGE, 0, Hello.MAX_FRAME_SIZE);
		this.own.writeTo(frame);
		AuthenticationFields.ofChallenge(made.nonce(), made.proof()).writeTo(frame);
		wire.out().write(frame.array(), 0, frame.finish());
	}

	private static void expect(FrameType type, Frame frame) throws ProtocolException {
		if (frame.type() != type) {
			throw new ProtocolException("frame of type " + frame.type() + " (expected: " + type + ")");
		}
	}

	/**
	 * {@return whether the client is known, or need not be; else it has to be
	 * {@linkplain #authenticate authenticated} once its hello is here}
	 */
	boolean isDone() {
		return this.done;
	}

	/**
	 * Has the application say who the client is, which may take long.
	 * @throws UnauthenticatedException if it is refused
	 */
	void authenticate(Wire wire) throws UnauthenticatedException {
		ServerAuthentication asked = this.authentication;
		if (asked == null) {
			return;
		}
		InetAddress address = wire.socket().getInetAddress();
		ConnectionSecurity security = wire.security();
		try {
			found(asked.authenticate(
					new Credentials(address, security.isEncrypted(), security.peerCertificates(), this.token)));
		}
		catch (AuthenticationException ex) {
			throw new UnauthenticatedException(ex);
		}
		catch (RuntimeException | Error ex) {
			throw new UnauthenticatedException(new AuthenticationException(
					"who the client is cannot be found out at present; see the server's log", ex));
		}
	}

	private void found(@Nullable Authentication authentication) {
		this.found = authentication;
		this.done = true;
	}

	/**
	 * {@return who the client is, {@code null} if it has not shown}
	 */
	@Nullable Identity identity() {
		return (this.found != null) ? this.found.identity() : null;
	}

	/**
	 * {@return for how long that holds from now on, zero for as long as the connection
	 * lasts}
	 */
	long validForNanos() {
		if (this.found == null || this.found.until() == null || this.authentication == null) {
			return 0;
		}
		long millis = TimeUnit.MILLISECONDS.convert(this.authentication.validFor(this.found.until())); // saturates
		return TimeUnit.MILLISECONDS.toNanos(Math.max(1, Math.min(millis, MAX_VALIDITY_MILLIS)));
	}

	/**
	 * {@return what the log is told where the client has gone, {@code null} if nothing}
	 */
	@Nullable String abandoned() {
		return (this.challenge != null && !this.done) ? this.challenge.abandoned() : null;
	}

	/** A client is not who it says. */
	static final class UnauthenticatedException extends ProtocolException {

		private static final long serialVersionUID = 1L;

		UnauthenticatedException(AuthenticationException cause) {
			super(String.valueOf(cause.getMessage()));
			initCause(cause);
		}

	}

}
