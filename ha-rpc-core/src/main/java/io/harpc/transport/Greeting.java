package io.harpc.transport;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.harpc.Identity;
import io.harpc.protocol.AuthenticationFields;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.protocol.Status;
import org.jspecify.annotations.Nullable;

/**
 * A connection that has been accepted and is not welcome yet, because it has not said
 * hello or not shown whose it is. It takes no thread: the monitor looks from time to time
 * whether bytes have come, and only those are read. Where they are encrypted, a worker
 * does that.
 */
final class Greeting {

	private static final int NETWORK_BYTES = 8;

	private final TransportServerSettings settings;

	private final long acceptedNanos;

	/** That of the socket until hands are shaken. */
	private Wire wire;

	private FrameReader frames;

	private boolean begun;

	/** Whether it began as a TLS handshake does. */
	private boolean encrypted;

	/** While hands are shaken. */
	private @Nullable Tls tls;

	/** Whether a worker has it. */
	private volatile boolean busy;

	/** Of the monitor's thread. */
	private long nextLookNanos;

	private final ServerExchange exchange;

	/** Set where it is for the application to say who the client is. */
	private @Nullable Hello undecided;

	private long validForNanos;

	/**
	 * Begins.
	 * @param socket what has been accepted
	 * @param settings the limits, and what clients are known by
	 * @param own what the server says of itself
	 */
	Greeting(Socket socket, TransportServerSettings settings, Hello own) throws IOException {
		socket.setTcpNoDelay(true);
		this.settings = settings;
		this.exchange = new ServerExchange(settings.authentication(), own);
		this.wire = Wire.plain(socket);
		this.frames = new FrameReader(this.wire.in(), Hello.MAX_FRAME_SIZE);
		this.acceptedNanos = System.nanoTime();
		this.nextLookNanos = this.acceptedNanos;
	}

	Wire wire() {
		return this.wire;
	}

	FrameReader frames() {
		return this.frames;
	}

	String peer() {
		String text = String.valueOf(this.wire.socket().getRemoteSocketAddress());
		return text.substring(text.indexOf('/') + 1);
	}

	/**
	 * {@return the address or, as it is handed out to one customer, the IPv6 network of
	 * 64 bits that it is in}
	 */
	ByteBuffer origin() {
		byte[] address = this.wire.socket().getInetAddress().getAddress();
		return ByteBuffer.wrap(address, 0, Math.min(address.length, NETWORK_BYTES)).slice();
	}

	/**
	 * {@return who the client has shown to be, {@code null} if nobody}
	 */
	@Nullable Identity identity() {
		return this.exchange.identity();
	}

	/**
	 * {@return for how long after the welcome it is that, zero for ever}
	 */
	long validForNanos() {
		return this.validForNanos;
	}

	/**
	 * {@return whether it has said hello, and has to be {@linkplain #authenticate
	 * authenticated} now}
	 */
	boolean isUndecided() {
		return this.undecided != null;
	}

	/**
	 * Has the application say who the client is, which may take long.
	 * @return its hello
	 */
	Hello authenticate() throws IOException {
		this.exchange.authenticate(this.wire);
		return Objects.requireNonNull(this.undecided);
	}

	/**
	 * {@return what the log is told where nothing more has come, {@code null} if nothing}
	 */
	@Nullable String abandoned() {
		return this.exchange.abandoned();
	}

	/**
	 * {@return whether it is time to look for bytes: the longer there have been none, the
	 * less often, so that a thousand that say nothing do not keep a processor busy}
	 */
	boolean isWorthALook(long now) {
		if (now - this.nextLookNanos < 0) {
			return false;
		}
		this.nextLookNanos = now + (now - this.acceptedNanos) / 8;
		return true;
	}

	boolean isOverdue(long now) {
		return now - this.acceptedNanos > this.settings.handshakeTimeout().toNanos();
	}

	boolean isBusy() {
		return this.busy;
	}

	void setBusy(boolean busy) {
		this.busy = busy;
	}

	/**
	 * Looks for bytes, and at the first of all.
	 * @return whether there are any to {@link #read()}
	 * @throws ProtocolException if they are encrypted and must not be, or are not and
	 * must be
	 */
	boolean hasBytes() throws IOException {
		Socket socket = this.wire.socket();
		if (socket.getInputStream().available() == 0) {
			return false;
		}
		if (!this.begun) {
			this.begun = true;
			begin((byte) socket.getInputStream().read());
		}
		return true;
	}

	private void begin(byte first) throws IOException {
		this.encrypted = first == Tls.HANDSHAKE;
		if (!this.encrypted) {
			this.frames.begin(first);
			if (this.wire.in().available() > 0) {
				this.frames.fill();
			}
		}
		if (this.settings.encryption() == null) {
			if (this.encrypted) {
				this.encrypted = false;
				throw new WrongEncryptionException("TLS (expected: plain text; ha-rpc.server.ssl.bundle is not set)");
			}
		}
		else if (!this.encrypted && !this.settings.acceptPlain()) {
			throw new WrongEncryptionException(
					"plain text (expected: TLS; set ha-rpc.client.ssl.bundle at the client)");
		}
	}

	/**
	 * {@return whether reading takes encryption, which is not for the monitor to do}
	 */
	boolean isEncrypted() {
		return this.encrypted;
	}

	/**
	 * Reads what has come, without blocking, and shakes hands before that.
	 * @return the hello once it is complete and it is known who the client is
	 * @throws ProtocolException if the peer speaks another protocol, or another version
	 * @throws IOException if the connection is lost, or one of both does not accept the
	 * other's certificates or ciphers
	 */
	@Nullable Hello read() throws IOException {
		if (this.encrypted && !isSecured() && !shakeHands()) {
			return null;
		}
		Frame frame;
		while ((frame = this.frames.next()) == null) {
			if (this.wire.in().available() == 0) {
				return null;
			}
			this.frames.fill();
		}
		Hello hello = this.exchange.receive(frame, this.wire);
		if (hello != null && !this.exchange.isDone()) {
			this.undecided = hello;
			return null;
		}
		return hello;
	}

	private boolean isSecured() {
		return this.wire.security().isEncrypted();
	}

	private boolean shakeHands() throws IOException {
		Tls underWay = this.tls;
		if (underWay == null) {
			underWay = Tls.withClient(this.wire.socket(), Objects.requireNonNull(this.settings.encryption()).get());
			this.tls = underWay;
		}
		Wire secured = underWay.greet();
		if (secured != null) {
			this.wire = secured;
			this.frames = new FrameReader(secured.in(), Hello.MAX_FRAME_SIZE);
		}
		return secured != null;
	}

	/** Says welcome; the frame is small and the first, so that this does not block. */
	void welcome(Hello answer) throws IOException {
		FrameBuffer welcome = new FrameBuffer().begin(FrameType.WELCOME, 0, Hello.MAX_FRAME_SIZE);
		answer.writeTo(welcome);
		this.validForNanos = this.exchange.validForNanos();
		AuthenticationFields.ofValidity(TimeUnit.NANOSECONDS.toMillis(this.validForNanos)).writeTo(welcome);
		this.wire.out().write(welcome.array(), 0, welcome.finish());
	}

	/**
	 * Says why there will be no connection, and ends it.
	 * @param status the reason, if it is one that a client can act on
	 * @param reason it in words
	 */
	void refuse(@Nullable Status status, String reason) {
		try {
			if (!this.encrypted || isSecured()) {
				FrameBuffer refusal = new FrameBuffer().beginRefused(status);
				refusal.writeText(reason);
				this.wire.out().write(refusal.array(), 0, refusal.finish());
			}
			Socket socket = this.wire.socket();
			socket.shutdownOutput();
			// Closing with unread bytes would reset the connection, and take the reason
			// with it.
			socket.getInputStream().skipNBytes(socket.getInputStream().available());
		}
		catch (IOException ex) {
			// The peer has gone before it could be told why it should.
		}
		finally {
			close();
		}
	}

	void close() {
		this.wire.close();
	}

	/** One side encrypts and the other does not. */
	static final class WrongEncryptionException extends ProtocolException {

		private static final long serialVersionUID = 1L;

		WrongEncryptionException(String message) {
			super(message);
		}

	}

}
