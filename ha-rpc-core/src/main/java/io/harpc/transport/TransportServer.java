package io.harpc.transport;

import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.harpc.protocol.Hello;
import io.harpc.protocol.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's side of the transport: accepts connections, reads requests and runs their
 * handlers. Thread-safe.
 */
public final class TransportServer implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(TransportServer.class);

	private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How long a drained client may take to hang up, so that no answer is cut off. */
	private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final TransportServerSettings settings;

	private final RequestRouter router;

	private final LoadControl load;

	private final Executor workers;

	/** Takes the reading from slow handlers, minds deadlines, silence and greetings. */
	private final Ticker monitor;

	private final Greetings greetings;

	/** Connections that are open or about to be. */
	private final AtomicInteger admitted = new AtomicInteger();

	private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();

	private final Admission admission;

	/** Of the monitor's thread. */
	private long sampledNanos = System.nanoTime() - SAMPLE_NANOS;

	private volatile String incarnation = "";

	private final Listener listener;

	/** Whether clients are asked to go elsewhere. */
	private volatile boolean sendingAway;

	private volatile boolean draining;

	private volatile boolean closed;

	/**
	 * Creates a server that does not listen yet.
	 * @param settings where to listen, and the limits
	 * @param router finds the handler of a request
	 * @param load says how many calls may run, and what is told of that with each answer
	 * @param threads makes platform threads for accepting and for the monitor
	 * @param workers runs a task for each connection, for as long as it lives, and one
	 * for each call of a slow method; must start every task at once, on a thread of its
	 * own
	 */
	public TransportServer(TransportServerSettings settings, RequestRouter router, LoadControl load,
			ThreadFactory threads, Executor workers) {
		this.settings = settings;
		this.router = router;
		this.load = load;
		this.admission = new Admission(settings, load);
		this.workers = workers;
		this.greetings = new Greetings(settings, workers, this::welcome);
		this.listener = new Listener(settings, threads, this::greet);
		this.monitor = new Ticker(threads, 1, TimeUnit.MILLISECONDS, this::tick);
	}

	/**
	 * Binds the port and begins to accept connections.
	 * @param incarnation tells this run of the server from every other; each client hears
	 * it when it connects
	 * @return the port, the one chosen if any free one was asked for
	 * @throws BindException if the port is taken or the address is not of this machine
	 * @throws IOException if the socket cannot be made
	 */
	public int start(String incarnation) throws IOException {
		this.incarnation = incarnation;
		int port = this.listener.start();
		this.monitor.start();
		return port;
	}

	/**
	 * Whether connections are accepted.
	 * @return {@code true} from the start to draining or closing, apart from times when
	 * the listening socket has failed and is being replaced
	 */
	public boolean isListening() {
		return this.listener.isListening();
	}

	/**
	 * What keeps it from accepting connections, although it should.
	 * @return the reason, {@code null} if nothing does
	 */
	public @Nullable String problem() {
		return this.listener.problem();
	}

	/**
	 * How many clients' connections are open.
	 * @return the number of connections that have said hello
	 */
	public int connections() {
		return this.connections.size();
	}

	/**
	 * How many calls have been taken in and not answered yet.
	 * @return the number of calls
	 */
	public int runningCalls() {
		return this.admission.present();
	}

	/**
	 * Takes no new connections and no new calls, and tells every client so. Calls that
	 * run go on.
	 */
	public void drain() {
		this.draining = true;
		this.listener.close();
		this.admission.drain();
		sendAway();
	}

	/**
	 * Asks all clients to go elsewhere, those that connect from now on, too. Calls that
	 * come all the same are taken.
	 */
	public void sendAway() {
		this.sendingAway = true;
		for (ServerConnection connection : this.connections) {
			try {
				// One client that does not read must not keep the others from hearing it.
				this.workers.execute(connection::drain);
			}
			catch (RejectedExecutionException | OutOfMemoryError ex) {
				connection.drain();
			}
		}
	}

	/**
	 * Takes back {@link #sendAway()}, for the connections that are made from now on:
	 * clients end those that they were asked to leave, and make new ones after a pause.
	 */
	public void resume() {
		this.sendingAway = false;
	}

	/**
	 * Blocks until no call runs and every answer has left.
	 * @param timeout how long to wait at most
	 * @return {@code false} if the time is over, or the thread was interrupted; then its
	 * flag is set
	 */
	public boolean awaitIdle(Duration timeout) {
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout); // saturates
		while (this.admission.present() > 0 || !this.connections.stream().allMatch(ServerConnection::isQuiet)) {
			if (System.nanoTime() - deadline >= 0 || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
		}
		return true;
	}

	/**
	 * Ends everything: stops to listen, ends every connection and every thread. After a
	 * drain clients have a moment to hang up themselves.
	 */
	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.listener.close();
		long patience = System.nanoTime() + FAREWELL_NANOS;
		while (this.draining && !this.connections.isEmpty() && System.nanoTime() - patience < 0
				&& !Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(1));
		}
		this.closed = true;
		this.connections.forEach((connection) -> connection.end("the server is closed"));
		this.monitor.stop();
		this.greetings.close();
	}

	private void greet(Socket accepted) {
		try {
			this.greetings.add(new Greeting(accepted, this.settings, own()));
			this.monitor.begins();
			if (this.closed) {
				this.greetings.close();
			}
		}
		catch (IOException ex) {
			logger.debug("A connection was lost before its hello", ex);
			ClientConnection.closeQuietly(accepted);
		}
	}

	private Hello own() {
		return Hello.ofServer(this.settings.maxFrameSize(), this.settings.serialization(), this.incarnation);
	}

	private boolean tick(long now) {
		boolean busy = this.greetings.tick(now) | this.admission.tick(now);
		for (ServerConnection connection : this.connections) {
			busy |= connection.tick(now);
		}
		if (now - this.sampledNanos >= SAMPLE_NANOS) {
			this.sampledNanos = now;
			this.load.sample(this.admission.load(now));
		}
		return busy;
	}

	/** Takes a connection that has said hello, unless there are enough. */
	private void welcome(Greeting greeting, Hello hello) {
		if (this.admitted.incrementAndGet() > this.settings.maxConnections()) {
			this.admitted.decrementAndGet();
			greeting.refuse(null, "max-connections, " + this.settings.maxConnections() + ", are open");
			return;
		}
		boolean started = false;
		try {
			this.workers.execute(() -> serve(greeting, hello));
			started = true;
		}
		finally {
			if (!started) {
				this.admitted.decrementAndGet();
			}
		}
	}

	private void serve(Greeting greeting, Hello hello) {
		ServerConnection connection = open(greeting, hello);
		if (connection != null) {
			if (this.sendingAway) {
				connection.drain();
			}
			if (this.closed) {
				connection.end("the server is closed");
			}
			connection.read();
		}
	}

	private @Nullable ServerConnection open(Greeting greeting, Hello hello) {
		boolean opened = false;
		try {
			greeting.welcome(own());
			ServerConnection connection = new ServerConnection(greeting, hello, this);
			this.connections.add(connection);
			opened = true;
			return connection;
		}
		catch (IOException ex) {
			logger.debug("Connection of {} lost at its hello: {}", greeting.peer(), ex.getMessage());
			return null;
		}
		finally {
			if (!opened) {
				this.admitted.decrementAndGet();
				greeting.close();
			}
		}
	}

	RequestHandler route(long methodId) throws RefusedException {
		try {
			return this.router.route(methodId);
		}
		catch (RuntimeException ex) {
			logger.error("The router failed on method {}", methodId, ex);
			throw new RefusedException(Status.INTERNAL, "the server failed to find the method");
		}
	}

	/**
	 * Decides what becomes of a call.
	 * @param call the call
	 * @param now the time
	 * @return whether it is to be run now; else it waits, or has been refused
	 */
	boolean admit(ServerCall call, long now) {
		int running = this.admission.tryEnter();
		if (running > 0) {
			call.enter(running);
		}
		else if (!queue(call, now)) {
			return false;
		}
		// Counted before: who drains and then waits for zero must not miss this one.
		if (this.draining) {
			if (running > 0) {
				call.refuse(Status.DRAINING, "the server is shutting down", Duration.ZERO);
			}
			this.admission.drain();
			return false;
		}
		return running > 0;
	}

	private boolean queue(ServerCall call, long now) {
		call.hold();
		long retryAfter = this.admission.tryQueue(call, now);
		if (retryAfter > 0) {
			call.refuse(Status.BUSY, this.admission.limit() + " calls are running, and no more can wait",
					Duration.ofNanos(retryAfter));
			return false;
		}
		this.monitor.begins();
		return true;
	}

	Admission admission() {
		return this.admission;
	}

	/**
	 * Ends the connections whose large frames have been arriving for the longest, where
	 * all that arrive take more than a quarter of the heap: a client that means well has
	 * long sent the rest of its own.
	 */
	void boundArrivals() {
		long bound = Math.max(this.settings.maxFrameSize(), Runtime.getRuntime().maxMemory() / 4);
		while (this.connections.stream().mapToLong(ServerConnection::arriving).sum() > bound) {
			long now = System.nanoTime();
			this.connections.stream()
				.filter((connection) -> connection.arriving() > 0)
				.max(Comparator.comparingLong((connection) -> now - connection.arrivingSinceNanos()))
				.ifPresent((slowest) -> slowest.end("frames that have not arrived completely take too much memory"));
		}
	}

	void forget(ServerConnection connection) {
		if (this.connections.remove(connection)) {
			this.admitted.decrementAndGet();
		}
	}

	long loadReport() {
		return this.load.report();
	}

	TransportServerSettings settings() {
		return this.settings;
	}

	Ticker monitor() {
		return this.monitor;
	}

	Executor workers() {
		return this.workers;
	}

}
