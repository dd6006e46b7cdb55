package io.harpc.transport;

import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

import javax.net.ssl.SSLException;

import io.harpc.protocol.Hello;
import io.harpc.transport.Greeting.WrongEncryptionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that have been accepted and have not said hello: so many at most, and
 * none for longer than the handshake timeout. Their TLS handshakes take turns on a few
 * threads, none of which waits for a peer. Thread-safe.
 */
final class Greetings {

	private static final Logger logger = LoggerFactory.getLogger(Greetings.class);

	/** Where more come the oldest has to go. */
	private static final int MAX = 1024;

	/** So many handshakes are worked on at once, since each takes processor time. */
	private static final int MAX_BUSY = 2 * Runtime.getRuntime().availableProcessors();

	/** Who is refused for his encryption is told of in the log no more often. */
	private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

	private final TransportServerSettings settings;

	private final Executor workers;

	private final BiConsumer<Greeting, Hello> next;

	private final ConcurrentLinkedQueue<Greeting> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	private final AtomicInteger busy = new AtomicInteger();

	private final AtomicLong warnedNanos = new AtomicLong(System.nanoTime() - WARN_NANOS);

	/**
	 * Creates an empty queue.
	 * @param settings the limits
	 * @param workers does what must not keep the monitor, at once
	 * @param next takes over a connection that has said hello; must not block; what it
	 * throws refuses the connection
	 */
	Greetings(TransportServerSettings settings, Executor workers, BiConsumer<Greeting, Hello> next) {
		this.settings = settings;
		this.workers = workers;
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
		if (greeting.isOverdue(now)) {
			overdue(greeting);
		}
		else if (!greeting.isBusy()) {
			attempt(greeting, () -> {
				if (!greeting.hasBytes()) {
					return;
				}
				if (greeting.isEncrypted()) {
					readElsewhere(greeting);
				}
				else {
					read(greeting);
				}
			});
		}
	}

	private void overdue(Greeting greeting) {
		if (greeting.isBusy()) {
			// Whoever works on it fails then: it cannot be read and written by two.
			remove(greeting);
			greeting.close();
		}
		else {
			refuse(greeting, "no hello within " + this.settings.handshakeTimeout().toMillis() + " ms");
		}
	}

	/** Another time, unless there is a thread for it. */
	private void readElsewhere(Greeting greeting) {
		if (this.busy.get() >= MAX_BUSY) {
			return;
		}
		this.busy.incrementAndGet();
		greeting.setBusy(true);
		try {
			this.workers.execute(() -> {
				try {
					attempt(greeting, () -> read(greeting));
				}
				finally {
					idle(greeting);
				}
			});
		}
		catch (RejectedExecutionException ex) {
			idle(greeting);
		}
	}

	private void idle(Greeting greeting) {
		greeting.setBusy(false);
		this.busy.decrementAndGet();
	}

	private void read(Greeting greeting) throws IOException {
		Hello hello = greeting.read();
		if (hello != null && remove(greeting)) {
			this.next.accept(greeting, hello);
		}
	}

	private void attempt(Greeting greeting, Step step) {
		try {
			step.run();
		}
		catch (IOException | RuntimeException ex) {
			log(greeting, ex);
			refuse(greeting, "This is an ha-rpc port. " + ex.getMessage());
		}
	}

	/** Whoever set up the other side looks here too, but not through a million lines. */
	private void log(Greeting greeting, Exception failure) {
		long now = System.nanoTime();
		long warned = this.warnedNanos.get();
		if ((failure instanceof SSLException || failure instanceof WrongEncryptionException)
				&& now - warned >= WARN_NANOS && this.warnedNanos.compareAndSet(warned, now)) {
			logger.warn("Connection of {} refused: {}. Others like it are not told of for a minute", greeting.peer(),
					failure.getMessage());
		}
		else {
			logger.debug("Connection of {} refused", greeting.peer(), failure);
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

	/** A part of a greeting, which may fail. */
	private interface Step {

		void run() throws IOException;

	}

}
