package io.harpc.transport;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

import io.harpc.Address;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.transport.TransportException.Kind;

/**
 * Makes a connection and says hello on it.
 *
 * @param wire the connected socket
 * @param frames what reads from it
 * @param welcome what the server said
 */
record Handshake(Wire wire, FrameReader frames, Hello welcome) {

	static Handshake with(Address address, TransportClientSettings settings) throws TransportException {
		Socket socket = new Socket();
		boolean done = false;
		try {
			connect(socket, address, settings);
			Handshake handshake = greet(Wire.plain(socket), settings);
			done = true;
			return handshake;
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

	private static void connect(Socket socket, Address address, TransportClientSettings settings) throws IOException {
		InetSocketAddress resolved = new InetSocketAddress(address.host(), address.port());
		if (resolved.isUnresolved()) {
			throw new UnknownHostException("the name " + address.host() + " cannot be resolved");
		}
		if (!settings.allowed().test(resolved.getAddress())) {
			throw new ConnectException(
					resolved.getAddress().getHostAddress() + " is outside of the networks that are allowed");
		}
		socket.setTcpNoDelay(true);
		socket.connect(resolved, millis(settings.connectTimeout()));
	}

	private static Handshake greet(Wire wire, TransportClientSettings settings) throws IOException, TransportException {
		FrameBuffer hello = new FrameBuffer().begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE);
		Hello.ofClient(settings.maxFrameSize()).writeTo(hello);
		wire.out().write(hello.array(), 0, hello.finish());
		FrameReader frames = new FrameReader(wire.in(), Hello.MAX_FRAME_SIZE);
		Frame answer = first(wire.socket(), frames, settings.connectTimeout());
		if (answer.type() == FrameType.REFUSED) {
			throw TransportException.notSent(Kind.REFUSED, "the server refused the connection: " + answer.text());
		}
		if (answer.type() != FrameType.WELCOME) {
			throw new ProtocolException("frame of type " + answer.type() + " (expected: WELCOME)");
		}
		Hello welcome = Hello.read(answer);
		if (!welcome.isCompatible()) {
			throw new ProtocolException("the server chose protocol version " + welcome.maxVersion());
		}
		frames.setMaxFrameSize(settings.maxFrameSize());
		return new Handshake(wire, frames, welcome);
	}

	private static Frame first(Socket socket, FrameReader frames, Duration timeout) throws IOException {
		long deadline = System.nanoTime() + timeout.toNanos();
		while (true) {
			Frame frame = frames.next();
			if (frame != null) {
				return frame;
			}
			long remaining = deadline - System.nanoTime();
			if (remaining <= 0) {
				throw new SocketTimeoutException();
			}
			socket.setSoTimeout((int) Math.min(remaining / 1_000_000 + 1, Integer.MAX_VALUE));
			frames.fill();
		}
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
