package io.harpc.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The place of one connection of a channel: makes it, and after its loss or a failure
 * makes it again, after a pause that doubles up to its maximum, give or take a fifth.
 * Thread-safe.
 */
final class ConnectionSlot {

	private final Connector connector;

	private final TransportClientSettings settings;

	private final ReentrantLock lock = new ReentrantLock();

	private volatile @Nullable ClientConnection connection;

	/** Guarded by {@link #lock}, like all that follow. */
	private @Nullable CompletableFuture<ClientConnection> connecting;

	private int failures;

	private long retryAtNanos = System.nanoTime();

	private @Nullable TransportException lastFailure;

	private boolean wanted;

	private boolean closed;

	ConnectionSlot(Connector connector, TransportClientSettings settings) {
		this.connector = connector;
		this.settings = settings;
	}

	@Nullable ClientConnection usable() {
		ClientConnection current = this.connection;
		return (current != null && current.isUsable()) ? current : null;
	}

	/**
	 * Gives the connection, the one in the making, or begins to make one.
	 * @return the connection to come; failed at once while there is a pause after a
	 * failure
	 */
	CompletableFuture<ClientConnection> connect() {
		CompletableFuture<ClientConnection> future;
		this.lock.lock();
		try {
			this.wanted = true;
			ClientConnection current = usable();
			if (current != null) {
				return CompletableFuture.completedFuture(current);
			}
			if (this.connecting != null) {
				return this.connecting;
			}
			if (this.closed) {
				return CompletableFuture.failedFuture(closed());
			}
			if (this.lastFailure != null && System.nanoTime() - this.retryAtNanos < 0) {
				return CompletableFuture.failedFuture(this.lastFailure);
			}
			future = new CompletableFuture<>();
			this.connecting = future;
		}
		finally {
			this.lock.unlock();
		}
		this.connector.connect(this, future);
		return future;
	}

	/**
	 * Blocks until there is a connection, none can be made, or time is over.
	 * @return the connection, {@code null} if it is still being made
	 */
	@Nullable ClientConnection await(long untilNanos) throws TransportException {
		try {
			return connect().get(untilNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			return null;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw TransportException.notSent(Kind.CANCELLED, "interrupted while connecting");
		}
		catch (ExecutionException ex) {
			throw failure(ex.getCause());
		}
	}

	static TransportException failure(@Nullable Throwable cause) {
		return (cause instanceof TransportException failure) ? failure
				: TransportException.notSent(Kind.CONNECT, "cannot connect: " + cause);
	}

	void connected(CompletableFuture<ClientConnection> future, ClientConnection made) {
		ClientConnection former = null;
		boolean late;
		this.lock.lock();
		try {
			late = this.closed;
			this.connecting = null;
			if (!made.isUsable()) {
				// Lost again, or drained, before it could be put here.
				pause(TransportException.notSent(Kind.LOST, "the connection was lost as soon as it was made"));
			}
			else if (!late) {
				this.failures = 0;
				this.lastFailure = null;
				former = this.connection;
				this.connection = made;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (former != null) {
			former.replaced();
		}
		if (late) {
			made.fail("closed");
			future.completeExceptionally(closed());
		}
		else {
			future.complete(made);
		}
	}

	void failed(CompletableFuture<ClientConnection> future, TransportException failure) {
		this.lock.lock();
		try {
			this.connecting = null;
			pause(failure);
		}
		finally {
			this.lock.unlock();
		}
		future.completeExceptionally(failure);
	}

	/**
	 * The connection is lost: the next call, or the next look of the watchdog, makes
	 * another.
	 */
	void lost(ClientConnection former) {
		this.lock.lock();
		try {
			if (this.connection == former) {
				this.connection = null;
				// Not all clients of a server that restarts come back in the same moment.
				this.retryAtNanos = System.nanoTime() + jitter(this.settings.minBackoff().toNanos() / 2);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The server wants no new calls: it is about to go, so there is no hurry to come
	 * back.
	 */
	void drained(ClientConnection former) {
		this.lock.lock();
		try {
			if (this.connection == former) {
				this.connection = null;
				pause(TransportException.notSent(Kind.REFUSED, "the server is draining"));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void pause(TransportException failure) {
		this.lastFailure = failure;
		long min = this.settings.minBackoff().toNanos();
		// Doubled no more often than a long can hold.
		int doublings = Math.min(this.failures++, Long.numberOfLeadingZeros(min) - 1);
		long pause = Math.min(this.settings.maxBackoff().toNanos(), min << doublings);
		this.retryAtNanos = System.nanoTime() + jitter(pause);
	}

	private static long jitter(long nanos) {
		return (long) (nanos * ThreadLocalRandom.current().nextDouble(0.8, 1.2));
	}

	/**
	 * Makes the connection again where it is wanted, or is not to be used much longer,
	 * and the pause is over.
	 */
	void tick(long now) {
		CompletableFuture<ClientConnection> future;
		this.lock.lock();
		try {
			ClientConnection current = this.connection;
			if (!this.wanted || this.closed || this.connecting != null || now - this.retryAtNanos < 0
					|| current != null && !current.isToBeReplaced(now)) {
				return;
			}
			future = new CompletableFuture<>();
			this.connecting = future;
		}
		finally {
			this.lock.unlock();
		}
		this.connector.connect(this, future);
	}

	void close() {
		ClientConnection current;
		CompletableFuture<ClientConnection> awaited;
		this.lock.lock();
		try {
			this.closed = true;
			current = this.connection;
			this.connection = null;
			awaited = this.connecting;
			this.connecting = null;
		}
		finally {
			this.lock.unlock();
		}
		if (awaited != null) {
			awaited.completeExceptionally(closed());
		}
		if (current != null) {
			current.fail("closed");
		}
	}

	private static TransportException closed() {
		return TransportException.notSent(Kind.CLOSED, "the channel is closed");
	}

	/** Makes connections on another thread. */
	interface Connector {

		/**
		 * Makes a connection and tells the slot.
		 * @param slot to be told by {@link #connected} or {@link #failed}
		 * @param future to be handed back to it
		 */
		void connect(ConnectionSlot slot, CompletableFuture<ClientConnection> future);

	}

}
