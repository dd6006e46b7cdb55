package io.harpc.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts connections for a server. A listening socket that is closed by force, or that
 * has accepted nothing but failures for a second, is replaced by one on the same port,
 * with growing pauses until that can be had. Meanwhile clients are refused at once, which
 * is better for them than to wait in a backlog that nobody empties. Thread-safe.
 */
final class Listener {

	private static final Logger logger = LoggerFactory.getLogger(Listener.class);

	private static final int BACKLOG = 1024;

	private static final long ACCEPT_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	/** With the pauses between them a second. */
	private static final int MAX_ACCEPT_FAILURES = 20;

	private static final long MIN_BIND_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long MAX_BIND_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final long MAX_CLOSE_MILLIS = 1_000;

	private final InetSocketAddress address;

	private final Consumer<Socket> accepted;

	private final ThreadFactory threads;

	private volatile @Nullable Thread thread;

	private volatile @Nullable ServerSocket socket;

	private volatile @Nullable String problem;

	private volatile boolean closed;

	/**
	 * Creates a listener that does not listen yet.
	 * @param settings where to listen
	 * @param threads makes its thread
	 * @param accepted takes each connection; must not block
	 */
	Listener(TransportServerSettings settings, ThreadFactory threads, Consumer<Socket> accepted) {
		this.address = settings.bindAddress().isEmpty() ? new InetSocketAddress(settings.port())
				: new InetSocketAddress(settings.bindAddress(), settings.port());
		this.accepted = accepted;
		this.threads = threads;
	}

	/**
	 * Binds the port and begins to accept connections.
	 * @return the port, the one chosen if any free one was asked for
	 * @throws BindException if the port is taken or the address is not of this machine
	 * @throws IOException if the socket cannot be made
	 */
	int start() throws IOException {
		ServerSocket bound = bind(this.address);
		this.socket = bound;
		Thread acceptor = this.threads.newThread(() -> accept(bound));
		// An application without a web server must not end for want of other threads.
		acceptor.setDaemon(false);
		this.thread = acceptor;
		acceptor.start();
		return bound.getLocalPort();
	}

	private static ServerSocket bind(InetSocketAddress address) throws IOException {
		ServerSocket socket = new ServerSocket();
		try {
			socket.setReuseAddress(true);
			socket.bind(address, BACKLOG);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			String host = address.getHostString();
			BindException bind = new BindException(
					"cannot listen on " + ((host.indexOf(':') >= 0) ? "[" + host + "]" : host) + ":" + address.getPort()
							+ ": " + ex.getMessage());
			bind.initCause(ex);
			throw bind;
		}
	}

	boolean isListening() {
		ServerSocket current = this.socket;
		return current != null && !current.isClosed() && this.problem == null;
	}

	/**
	 * {@return what keeps it from accepting connections, {@code null} if nothing does}
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Stops accepting. The port can be had again when this returns: the kernel holds it
	 * for as long as a thread is within accept.
	 */
	void close() {
		this.closed = true;
		closeSocket();
		Thread acceptor = this.thread;
		if (acceptor != null) {
			LockSupport.unpark(acceptor);
			try {
				acceptor.join(MAX_CLOSE_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** As whoever does it by force. */
	void closeSocket() {
		ServerSocket current = this.socket;
		if (current != null) {
			try {
				current.close();
			}
			catch (IOException ex) {
				logger.warn("The listening socket {} did not close cleanly", current, ex);
			}
		}
	}

	private void accept(ServerSocket first) {
		ServerSocket current = first;
		int failures = 0;
		while (!this.closed) {
			try {
				Socket connection = current.accept();
				failures = 0;
				recovered(current);
				this.accepted.accept(connection);
			}
			catch (IOException | RuntimeException | Error ex) {
				failures++;
				failed(current, ex);
				if (current.isClosed() || failures > MAX_ACCEPT_FAILURES) {
					current = replace(current);
					failures = 0;
				}
			}
		}
	}

	private void recovered(ServerSocket current) {
		if (this.problem != null) {
			this.problem = null;
			logger.info("Connections are accepted on {} again", current);
		}
	}

	private void failed(ServerSocket current, Throwable failure) {
		if (this.closed) {
			return;
		}
		if (this.problem == null) {
			this.problem = "connections cannot be accepted: " + failure;
			logger.warn("Connections cannot be accepted on {}; trying on", current, failure);
		}
		if (!current.isClosed()) {
			// Out of descriptors, most likely: it takes some time to get better.
			LockSupport.parkNanos(this, ACCEPT_PAUSE_NANOS);
		}
	}

	/**
	 * {@return the socket in place of one that is of no more use}
	 */
	private ServerSocket replace(ServerSocket former) {
		closeSocket();
		InetSocketAddress same = new InetSocketAddress(this.address.getAddress(), former.getLocalPort());
		long pause = MIN_BIND_PAUSE_NANOS;
		while (!this.closed) {
			try {
				ServerSocket bound = bind(same);
				this.socket = bound;
				if (this.closed) {
					closeSocket();
				}
				recovered(bound);
				return bound;
			}
			catch (IOException ex) {
				this.problem = String.valueOf(ex.getMessage());
				logger.debug("Not listening on {} yet", same, ex);
				LockSupport.parkNanos(this, pause);
				pause = Math.min(MAX_BIND_PAUSE_NANOS, 2 * pause);
			}
		}
		return former;
	}

}
