package io.harpc.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

import io.harpc.Address;
import org.jspecify.annotations.Nullable;

/**
 * TLS on a connected socket. An engine and not an {@code SSLSocket}: a server's
 * handshakes then take no threads that wait, several records share a system call, and
 * closing the socket never waits for a writer that is stuck.
 * <p>
 * During the handshake used by one thread at a time; afterwards by one that reads and one
 * that writes. What a read that times out has received of a record stays here.
 */
final class Tls {

	/** The first byte of a handshake, which is not that of a frame. */
	static final byte HANDSHAKE = 0x16;

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private static final int INITIAL_SIZE = 4 * 1024;

	/** The largest record that an engine takes is smaller. */
	private static final int MAX_SIZE = 64 * 1024;

	/**
	 * Tickets, new keys and the like that may come in a row. Who means well sends few;
	 * each takes time, and some an answer that is kept until something is written.
	 */
	private static final int MAX_WITHOUT_DATA = 32;

	/**
	 * The same for a handshake, which has some ten records, or so many more as a peer
	 * makes of long chains. An engine passes over warnings without end; who reads would
	 * do nothing else for as long as they come.
	 */
	private static final int MAX_OF_HANDSHAKE = 256;

	private final Socket socket;

	private final InputStream in;

	private final OutputStream out;

	private final SSLEngine engine;

	/** What has come and has not been decrypted. */
	private ByteBuffer received = ByteBuffer.allocate(INITIAL_SIZE).limit(0);

	/** What has been decrypted and not been read. */
	private ByteBuffer data = ByteBuffer.allocate(0);

	/** What has been encrypted and not been written. */
	private ByteBuffer encrypted = ByteBuffer.allocate(0);

	/** There is no whole record among what has come. */
	private boolean starved = true;

	private boolean secured;

	private boolean closedByPeer;

	private int recordsWithoutData;

	private Tls(Socket socket, SSLEngine engine) throws IOException {
		this.socket = socket;
		this.in = socket.getInputStream();
		this.out = socket.getOutputStream();
		this.engine = engine;
		engine.beginHandshake();
	}

	/**
	 * Shakes hands with a server.
	 * @param socket connected to it
	 * @param address whose host its certificate must be for
	 * @param encryption the client's own
	 * @param deadlineNanos when to give up
	 * @return what frames go through
	 * @throws SSLException if one of both does not accept the other
	 * @throws IOException if the connection is lost, or time is over
	 */
	static Wire withServer(Socket socket, Address address, Encryption encryption, long deadlineNanos)
			throws IOException {
		return withEngine(socket, encryption.clientEngine(address.host(), address.port()), deadlineNanos);
	}

	static Wire withEngine(Socket socket, SSLEngine client, long deadlineNanos) throws IOException {
		Tls tls = new Tls(socket, client);
		while (!tls.advance()) {
			Handshake.setReadTimeout(socket, deadlineNanos);
			tls.receive();
			if (tls.received.get(0) == 'H') {
				throw new SSLException("the server answers in plain text (expected: TLS, since this client has an SSL"
						+ " bundle; ha-rpc.server.ssl.bundle is not set there)");
			}
		}
		return tls.wire(false);
	}

	/**
	 * Begins with a client, whose first byte somebody else has read.
	 * @param socket connected to it
	 * @param encryption the server's own
	 */
	static Tls withClient(Socket socket, Encryption encryption) throws IOException {
		Tls tls = new Tls(socket, encryption.serverEngine());
		tls.received.clear().put(HANDSHAKE).flip();
		return tls;
	}

	/**
	 * Goes on shaking hands for as long as that needs no bytes that are not here.
	 * @return what frames go through, {@code null} while bytes are missing
	 */
	@Nullable Wire greet() throws IOException {
		while (!advance()) {
			if (this.in.available() == 0) {
				return null;
			}
			receive();
		}
		return wire(true);
	}

	private Wire wire(boolean server) throws IOException {
		this.secured = true;
		this.recordsWithoutData = 0;
		return new Wire(this.socket, new Input(), new Output(),
				ConnectionSecurity.of(this.engine.getSession(), server));
	}

	/**
	 * {@return whether the hands are shaken; else bytes are missing}
	 */
	private boolean advance() throws IOException {
		try {
			while (true) {
				HandshakeStatus next = this.engine.getHandshakeStatus();
				if (next == HandshakeStatus.NEED_TASK) {
					runTasks();
				}
				else if (next == HandshakeStatus.NEED_WRAP) {
					encrypt(NOTHING);
				}
				else {
					flush();
					if (this.closedByPeer) {
						throw new EOFException("closed by the peer during the TLS handshake");
					}
					if (next == HandshakeStatus.NOT_HANDSHAKING || next == HandshakeStatus.FINISHED) {
						return true;
					}
					if (this.starved) {
						return false;
					}
					decrypt();
				}
			}
		}
		catch (SSLException ex) {
			sayWhy(ex);
			throw ex;
		}
	}

	private void runTasks() {
		Runnable task;
		while ((task = this.engine.getDelegatedTask()) != null) {
			task.run();
		}
	}

	/** Sends the alert that belongs to a failure. */
	private void sayWhy(SSLException failure) {
		try {
			encrypt(NOTHING);
			flush();
		}
		catch (IOException ex) {
			failure.addSuppressed(ex);
		}
	}

	/** Reads once from the socket, as much as is there. */
	private void receive() throws IOException {
		makeRoom();
		int limit = this.received.limit();
		int count = this.in.read(this.received.array(), limit, this.received.capacity() - limit);
		if (count < 0) {
			throw new EOFException(this.secured ? "closed by the peer" : "closed by the peer during the TLS handshake");
		}
		this.received.limit(limit + count);
		this.starved = false;
	}

	private void makeRoom() {
		boolean full = this.received.remaining() == this.received.capacity();
		ByteBuffer target = full ? ByteBuffer.allocate(Math.min(MAX_SIZE, 2 * this.received.capacity()))
				: this.received;
		this.received = full ? target.put(this.received).flip() : target.compact().flip();
	}

	/** Decrypts a record, if all of it has come. */
	private void decrypt() throws IOException {
		this.data.clear();
		SSLEngineResult result;
		try {
			result = this.engine.unwrap(this.received, this.data);
		}
		finally {
			this.data.flip();
		}
		switch (result.getStatus()) {
			case BUFFER_UNDERFLOW -> this.starved = true;
			case BUFFER_OVERFLOW ->
				this.data = ByteBuffer.allocate(this.engine.getSession().getApplicationBufferSize()).limit(0);
			case CLOSED -> this.closedByPeer = true;
			case OK -> {
				this.starved = !this.received.hasRemaining();
				check(result);
			}
		}
	}

	private void check(SSLEngineResult result) throws SSLException {
		if (this.secured && result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
			throw new SSLException("another handshake (expected: one for a connection)");
		}
		this.recordsWithoutData = (result.bytesProduced() > 0) ? 0 : this.recordsWithoutData + 1;
		int most = this.secured ? MAX_WITHOUT_DATA : MAX_OF_HANDSHAKE;
		if (this.recordsWithoutData > most) {
			throw new SSLException("more than " + most + " records without data");
		}
	}

	private void encrypt(ByteBuffer source) throws IOException {
		int most = this.engine.getSession().getPacketBufferSize();
		if (this.encrypted.remaining() < most) {
			flush();
			this.encrypted = (this.encrypted.capacity() < most) ? ByteBuffer.allocate(most) : this.encrypted;
		}
		SSLEngineResult result = this.engine.wrap(source, this.encrypted);
		switch (result.getStatus()) {
			case CLOSED -> {
				if (source.hasRemaining()) {
					throw new EOFException("closed by the peer");
				}
			}
			case BUFFER_OVERFLOW, BUFFER_UNDERFLOW -> throw new SSLException("a record larger than the engine said");
			case OK -> {
				if (result.bytesConsumed() == 0 && result.bytesProduced() == 0 && source.hasRemaining()) {
					throw new SSLException("another handshake (expected: one for a connection)");
				}
			}
		}
	}

	private void flush() throws IOException {
		if (this.encrypted.position() > 0) {
			this.out.write(this.encrypted.array(), 0, this.encrypted.position());
			this.encrypted.clear();
		}
	}

	/** Decrypts what the socket receives. Used by the thread that reads. */
	private final class Input extends InputStream {

		@Override
		public int read() throws IOException {
			byte[] one = new byte[1];
			return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
		}

		/**
		 * Reads what has been decrypted already, else blocks for a record that has data.
		 * @throws SocketTimeoutException if that does not come in time; what has come of
		 * it is kept
		 */
		@Override
		public int read(byte[] target, int from, int length) throws IOException {
			while (!Tls.this.data.hasRemaining()) {
				if (Tls.this.closedByPeer) {
					return -1;
				}
				if (Tls.this.starved) {
					receive();
				}
				else {
					decrypt();
				}
			}
			int count = Math.min(length, Tls.this.data.remaining());
			Tls.this.data.get(target, from, count);
			return count;
		}

		/**
		 * Decrypts what has come, without blocking: of an incomplete record nothing can
		 * be read.
		 */
		@Override
		public int available() throws IOException {
			while (!Tls.this.data.hasRemaining() && !Tls.this.closedByPeer) {
				if (!Tls.this.starved) {
					decrypt();
				}
				else if (Tls.this.in.available() > 0) {
					receive();
				}
				else {
					break;
				}
			}
			return Tls.this.data.remaining();
		}

	}

	/** Encrypts what is written. Used by the thread that writes. */
	private final class Output extends OutputStream {

		@Override
		public void write(int b) throws IOException {
			write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] source, int from, int length) throws IOException {
			ByteBuffer rest = ByteBuffer.wrap(source, from, length);
			while (rest.hasRemaining()) {
				encrypt(rest);
			}
			Tls.this.flush();
		}

	}

}
