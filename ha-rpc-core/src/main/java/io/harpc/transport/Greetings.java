package io.harpc.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

import javax.net.ssl.SSLException;

import io.harpc.protocol.Hello;
import io.harpc.protocol.Status;
import io.harpc.security.AuthenticationException;
import io.harpc.transport.Greeting.WrongEncryptionException;
import io.harpc.transport.ServerExchange.UnauthenticatedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections that have been accepted and are not welcome yet: so many at most, in
 * all and of one address, and none for longer than the handshake timeout. Their TLS
 * handshakes take turns on a few threads, none of which waits for a peer; where the
 * application says who a client is, that takes its time on a few others. Thread-safe.
 */
final class Greetings {

	private static final Logger logger = LoggerFactory.getLogger(Greetings.class);

	/** Where more come the oldest has to go. */
	private static final int MAX = 1024;

	/** So many may be of one origin, that the others find a place. */
	private static final int MAX_OF_ORIGIN = MAX / 4;

	/**
	 * So many handshakes are worked on at once. None waits for a peer, so each keeps a
	 * processor busy: the other half is for calls.
	 */
	private static final int MAX_READING = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

	/** The application is asked about so many at once, which may wait for others. */
	private static final int MAX_ASKING = 32;

	/** Who is refused for lack of security is told of in the log no more often. */
	private static final long WARN_NANOS = TimeUnit.MINUTES.toNanos(1);

	/** Nor are more told of in that time. */
	private static final int MAX_WARNINGS = 20;

	private final TransportServerSettings settings;

	private final Executor workers;

	private final BiConsumer<Greeting, Hello> next;

	private final ConcurrentLinkedQueue<Greeting> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	private final Map<ByteBuffer, Integer> sizes = new ConcurrentHashMap<>();

	private final Semaphore reading = new Semaphore(MAX_READING);

	private final Semaphore asking = new Semaphore(MAX_ASKING);

	/** When a warning was about an origin. */
	private final Map<ByteBuffer, Long> warnings = new ConcurrentHashMap<>();

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
		ByteBuffer origin = greeting.origin();
		int ofOrigin = this.sizes.merge(origin, 1, Integer::sum);
		this.queue.add(greeting);
		int all = this.size.incrementAndGet();
		if (ofOrigin > MAX_OF_ORIGIN) {
			closeOldest((other) -> other.origin().equals(origin));
		}
		else if (all > MAX) {
			closeOldest((other) -> true);
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
				if (greeting.isUndecided()) {
					elsewhere(greeting, this.asking, () -> welcome(greeting, greeting.authenticate()));
				}
				else if (!greeting.hasBytes()) {
					return;
				}
				else if (greeting.isEncrypted()) {
					elsewhere(greeting, this.reading, () -> read(greeting));
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
			return;
		}
		String time = "within " + this.settings.handshakeTimeout().toMillis() + " ms";
		String abandoned = greeting.abandoned();
		if (abandoned != null) {
			log(greeting, true, abandoned + ", " + time, null);
		}
		remove(greeting);
		greeting.refuse(null, "no hello " + time);
	}

	/** Another time, unless there is a thread for it. */
	private void elsewhere(Greeting greeting, Semaphore threads, Step step) {
		if (!threads.tryAcquire()) {
			return;
		}
		greeting.setBusy(true);
		try {
			this.workers.execute(() -> {
				try {
					attempt(greeting, step);
				}
				finally {
					idle(greeting, threads);
				}
			});
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// There is no thread to be had, be it by the pool or by the system.
			idle(greeting, threads);
		}
	}

	private static void idle(Greeting greeting, Semaphore threads) {
		greeting.setBusy(false);
		threads.release();
	}

	private void read(Greeting greeting) throws IOException {
		Hello hello = greeting.read();
		if (hello != null) {
			welcome(greeting, hello);
		}
	}

	private void welcome(Greeting greeting, Hello hello) {
		if (remove(greeting)) {
			this.next.accept(greeting, hello);
		}
	}

	private void attempt(Greeting greeting, Step step) {
		try {
			step.run();
		}
		catch (UnauthenticatedException ex) {
			log(greeting, true, String.valueOf(ex.getMessage()), ex.getCause());
			remove(greeting);
			greeting.refuse(Status.UNAUTHENTICATED, String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			String reason = (ex instanceof SSLException tls) ? "TLS failed: " + TlsFailure.atServer(tls)
					: String.valueOf(ex.getMessage());
			log(greeting, ex instanceof SSLException || ex instanceof WrongEncryptionException, reason, ex);
			remove(greeting);
			greeting.refuse(null, "This is an ha-rpc port. " + ex.getMessage());
		}
		catch (RuntimeException | Error ex) {
			// Nothing that a client can change, so it is not told what.
			log(greeting, false, String.valueOf(ex), ex);
			remove(greeting);
			greeting.refuse(null, "This is an ha-rpc port. The server cannot take the connection now");
		}
	}

	/** Whoever set up the other side looks here too, but not through a million lines. */
	private void log(Greeting greeting, boolean security, String reason, @Nullable Throwable failure) {
		long now = System.nanoTime();
		this.warnings.values().removeIf((at) -> now - at >= WARN_NANOS);
		if (security && this.warnings.size() < MAX_WARNINGS
				&& this.warnings.putIfAbsent(greeting.origin(), now) == null) {
			Throwable cause = (failure instanceof AuthenticationException) ? failure.getCause() : null;
			logger.warn("Connection of {} refused: {}. Others of its address are not told of for a minute",
					greeting.peer(), reason, cause);
		}
		else {
			logger.debug("Connection of {} refused: {}", greeting.peer(), reason, failure);
		}
	}

	void close() {
		while (closeOldest((greeting) -> true)) {
			// until none is left
		}
	}

	private boolean closeOldest(Predicate<Greeting> which) {
		for (Greeting greeting : this.queue) {
			if (which.test(greeting)) {
				if (remove(greeting)) {
					greeting.close();
				}
				return true;
			}
		}
		return false;
	}

	/**
	 * {@return whether the calling thread is the one that has removed it}
	 */
	private boolean remove(Greeting greeting) {
		boolean removed = this.queue.remove(greeting);
		if (removed) {
			this.size.decrementAndGet();
			this.sizes.computeIfPresent(greeting.origin(), (origin, count) -> (count > 1) ? count - 1 : null);
		}
		return removed;
	}

	/** A part of a greeting, which may fail. */
	private interface Step {

		void run() throws IOException;

	}

}
