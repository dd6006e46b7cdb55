package io.harpc.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import javax.net.ssl.SSLException;

import io.harpc.Address;
import io.harpc.protocol.AuthenticationFields;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;

/**
 * Makes a connection, encrypts it where that is wanted, and says hello on it.
 *
 * @param wire the connected socket
 * @param frames what reads from it
 * @param welcome what the server said
 * @param lifeNanos how long from now on it is to be used, zero for as long as it lasts
 */
record Handshake(Wire wire, FrameReader frames, Hello welcome, long lifeNanos) {

	/** As in the registry. It gets into messages and logs. */
	private static final Pattern SERIALIZATION = Pattern.compile("[a-z0-9-]{0,32}");

	private static final long MIN_LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How long before the server forgets who the client is another connection is made.
	 */
	private static final long MAX_MARGIN_NANOS = TimeUnit.SECONDS.toNanos(30);

	static Handshake with(Peer peer, TransportClientSettings settings) throws TransportException {
		ClientProof proof = new ClientProof(settings.authentication());
		Address address = peer.address();
		Socket socket = new Socket();
		boolean done = false;
		try {
			connect(socket, address, settings);
			long deadline = System.nanoTime() + settings.connectTimeout().toNanos();
			Wire wire = (peer.encryption() != null) ? Tls.withServer(socket, address, peer.encryption().get(), deadline)
					: Wire.plain(socket);
			Handshake handshake = greet(wire, proof, settings, deadline);
			done = true;
			return handshake;
		}
		catch (SSLException ex) {
			throw TransportException.notSent(Kind.TLS, address + ": TLS failed: " + TlsFailure.atClient(ex));
		}
		catch (IOException ex) {
			throw TransportException.notSent(Kind.CONNECT, address + ": " + reason(ex, settings.connectTimeout()));
		}
		finally {
			if (!done) {
				ClientConnection.closeQuietly(socket);
			}
		}
	}

	private static void connect(Socket socket, Address address, TransportClientSettings settings)
			throws IOException, TransportException {
		InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
		if (resolved.isUnresolved()) {
			throw new UnknownHostException("the name " + address.host() + " cannot be resolved");
		}
		if (!settings.allowed().test(resolved.getAddress())) {
			throw TransportException.notSent(Kind.REFUSED, address + ": " + resolved.getAddress().getHostAddress()
					+ " is outside of the networks that are allowed, by ha-rpc.registry.allowed-networks here");
		}
		socket.setTcpNoDelay(true);
		socket.connect(resolved, millis(settings.connectTimeout()));
	}

	private static Handshake greet(Wire wire, ClientProof proof, TransportClientSettings settings, long deadline)
			throws IOException, TransportException {
		FrameReader frames = new FrameReader(wire.in(), Hello.MAX_FRAME_SIZE);
		send(proof.hello(wire, settings.maxFrameSize()), wire, frames);
		Frame answer = first(wire.socket(), frames, deadline);
		if (proof.isMutual()) {
			send(proof.answer(answer, wire.security()), wire, frames);
			answer = first(wire.socket(), frames, deadline);
		}
		if (answer.type() != FrameType.WELCOME) {
			throw new ProtocolException("frame of type " + answer.type() + " (expected: WELCOME)");
		}
		Hello welcome = Hello.read(answer);
		if (!welcome.isCompatible()) {
			throw new ProtocolException("the server chose protocol version " + welcome.maxVersion());
		}
		if (!SERIALIZATION.matcher(welcome.serialization()).matches()) {
			throw new ProtocolException("the server speaks a serialization of a name that none can have");
		}
		proof.check(welcome);
		frames.setMaxFrameSize(settings.maxFrameSize());
		return new Handshake(wire, frames, welcome, life(AuthenticationFields.read(answer).validForMillis()));
	}

	/** Not all clients of a server come at the same moment, nor one all the time. */
	private static long life(long validForMillis) {
		if (validForMillis == 0) {
			return 0;
		}
		long valid = TimeUnit.MILLISECONDS.toNanos(validForMillis); // saturates
		double margin = Math.min(valid / 4, MAX_MARGIN_NANOS) * ThreadLocalRandom.current().nextDouble(0.8, 1.2);
		return Math.max(MIN_LIFE_NANOS, valid - (long) margin);
	}

	private static void send(FrameBuffer hello, Wire wire, FrameReader frames) throws IOException {
		try {
			wire.out().write(hello.array(), 0, hello.finish());
		}
		catch (SocketException ex) {
			// The server has hung up, perhaps after it said why: that is worth more.
			frames.fill();
		}
	}

	private static Frame first(Socket socket, FrameReader frames, long deadline)
			throws IOException, TransportException {
		while (true) {
			Frame frame = frames.next();
			if (frame != null && frame.type() == FrameType.REFUSED) {
				throw refused(frame);
			}
			if (frame != null) {
				return frame;
			}
			setReadTimeout(socket, deadline);
			frames.fill();
		}
	}

	private static TransportException refused(Frame frame) {
		String text = "the server refused the connection: " + frame.text();
		return (frame.status() == Status.UNAUTHENTICATED) ? TransportException.unauthenticated(text)
				: TransportException.notSent(Kind.REFUSED, text);
	}

	static void setReadTimeout(Socket socket, long deadlineNanos) throws IOException {
		long remaining = deadlineNanos - System.nanoTime();
		if (remaining <= 0) {
			throw new SocketTimeoutException();
		}
		socket.setSoTimeout((int) Math.min(remaining / 1_000_000 + 1, Integer.MAX_VALUE));
	}

	private static String reason(IOException ex, Duration timeout) {
		if (ex instanceof SocketTimeoutException) {
			return "no connection within connect-timeout, " + timeout.toMillis() + " ms";
		}
		return String.valueOf(ex.getMessage());
	}

	private static int millis(Duration timeout) {
		return (int) Math.max(1, Math.min(timeout.toMillis(), Integer.MAX_VALUE));
	}

}
