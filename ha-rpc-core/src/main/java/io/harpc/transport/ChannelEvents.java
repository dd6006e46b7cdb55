package io.harpc.transport;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a channel's listener what happens to its connections, one event after the other,
 * so that the last one told is the last one that happened. Thread-safe.
 */
final class ChannelEvents {

	private static final Logger logger = LoggerFactory.getLogger(ChannelEvents.class);

	private final ChannelListener listener;

	private final BooleanSupplier isConnected;

	private final ReentrantLock lock = new ReentrantLock();

	/** What the listener believes, guarded by the lock. */
	private boolean connected;

	ChannelEvents(ChannelListener listener, BooleanSupplier isConnected) {
		this.listener = listener;
		this.isConnected = isConnected;
	}

	void made() {
		tell(() -> {
			if (!this.connected && this.isConnected.getAsBoolean()) {
				this.connected = true;
				this.listener.connected();
			}
		});
	}

	/** A connection was lost, or could not be made. */
	void missing(String reason) {
		tell(() -> {
			if (!this.isConnected.getAsBoolean()) {
				this.connected = false;
				this.listener.disconnected(reason);
			}
		});
	}

	/** A connection takes no new calls: perhaps the next one is the first again. */
	void draining() {
		tell(() -> this.connected = this.isConnected.getAsBoolean());
	}

	private void tell(Runnable event) {
		this.lock.lock();
		try {
			event.run();
		}
		catch (RuntimeException ex) {
			// It runs on the threads that every call depends on.
			logger.error("A channel listener failed", ex);
		}
		finally {
			this.lock.unlock();
		}
	}

}
