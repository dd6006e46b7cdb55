package io.harpc.transport;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * An asynchronous request that waits for a connection. The connection, its deadline and
 * its cancellation race for it; whoever comes first decides what becomes of it.
 */
final class AsyncRequest {

	private final OutgoingRequest request;

	private final Callback callback;

	/** From when on it is late; the deadline if nobody wants to know, or does. */
	private final AtomicLong patientUntil;

	private final AtomicBoolean taken = new AtomicBoolean();

	private final CompletableFuture<Runnable> sent = new CompletableFuture<>();

	AsyncRequest(OutgoingRequest request, long patientUntil, Callback callback) {
		this.request = request;
		this.patientUntil = new AtomicLong(patientUntil);
		this.callback = callback;
	}

	/** The connection has been made, or could not be. */
	void connected(@Nullable ClientConnection connection, @Nullable Throwable failure) {
		if (this.taken.compareAndSet(false, true)) {
			if (connection != null) {
				long until = this.patientUntil.getAndSet(this.request.deadline().nanoTime());
				this.sent.complete(connection.callAsync(this.request, until, this.callback));
			}
			else {
				this.callback.tell(ConnectionSlot.failure(failure));
			}
		}
	}

	void cancel() {
		if (!end(Kind.CANCELLED, "cancelled before there was a connection")) {
			this.sent.thenAccept(Runnable::run);
		}
	}

	/**
	 * Looks at the time while there is no connection.
	 * @return whether the deadline has passed, so that nothing more is to be done
	 */
	boolean endIfOverdue(long now) {
		long deadline = this.request.deadline().nanoTime();
		boolean overdue = now - deadline >= 0;
		long until = this.patientUntil.get();
		if (!overdue && now - until >= 0 && this.patientUntil.compareAndSet(until, deadline)) {
			this.callback.tellLate(this::cancel);
		}
		if (overdue) {
			end(Kind.TIMEOUT, "no connection before the deadline");
		}
		return overdue;
	}

	private boolean end(Kind kind, String message) {
		boolean mine = this.taken.compareAndSet(false, true);
		if (mine) {
			this.callback.tell(TransportException.notSent(kind, message));
		}
		return mine;
	}

}
