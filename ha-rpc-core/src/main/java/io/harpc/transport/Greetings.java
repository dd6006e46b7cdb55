package io.harpc.transport;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import io.harpc.protocol.Hello;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that have been accepted and have not said hello: so many at most, and
 * none for longer than the handshake timeout. Thread-safe.
 */
final class Greetings {

	private static final Logger logger = LoggerFactory.getLogger(Greetings.class);

	/** Where more come the oldest has to go. */
	private static final int MAX = 1024;

	private final TransportServerSettings settings;

	private final BiConsumer<Greeting, Hello> next;

	private final ConcurrentLinkedQueue<Greeting> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	/**
	 * Creates an empty queue.
	 * @param settings the limits
	 * @param next takes over a connection that has said hello; must not block; what it
	 * throws refuses the connection
	 */
	Greetings(TransportServerSettings settings, BiConsumer<Greeting, Hello> next) {
		this.settings = settings;
		this.next = next;
	}

	void add(Greeting greeting) {
		this.queue.add(greeting);
		if (this.size.incrementAndGet() > MAX) {
			closeOldest();
		}
	}

	/**
	 * Reads what has come.
	 * @param now the time
	 * @return whether anybody is still expected to say hello
	 */
	boolean tick(long now) {
		for (Greeting greeting : this.queue) {
			if (greeting.isWorthALook(now)) {
				look(greeting, now);
			}
		}
		return !this.queue.isEmpty();
	}

	private void look(Greeting greeting, long now) {
		try {
			Hello hello = greeting.read();
			if (hello == null) {
				if (greeting.isOverdue(now)) {
					refuse(greeting, "no hello within " + this.settings.handshakeTimeout().toMillis() + " ms");
				}
			}
			else if (remove(greeting)) {
				this.next.accept(greeting, hello);
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("Connection of {} refused", greeting.peer(), ex);
			refuse(greeting, "This is an ha-rpc port. " + ex.getMessage());
		}
	}

	private void refuse(Greeting greeting, String reason) {
		remove(greeting);
		greeting.refuse(reason);
	}

	void close() {
		while (closeOldest()) {
			// until none is left
		}
	}

	private boolean closeOldest() {
		Greeting oldest = this.queue.peek();
		if (oldest != null && remove(oldest)) {
			oldest.close();
		}
		return oldest != null;
	}

	/**
	 * {@return whether the calling thread is the one that has removed it}
	 */
	private boolean remove(Greeting greeting) {
		boolean removed = this.queue.remove(greeting);
		if (removed) {
			this.size.decrementAndGet();
		}
		return removed;
	}

}
