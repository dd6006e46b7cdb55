package io.harpc.transport;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.protocol.Hello;
import io.harpc.protocol.LoadReport;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * All connections to one address. A call takes a connection that nobody uses, else the
 * one that belongs to its thread, so that one caller alone never shares and many share
 * system calls. A lost connection is made again, at growing intervals, for as long as the
 * channel is open; a call that finds none, and none in the making, fails at once.
 * Thread-safe.
 */
public final class Channel implements AutoCloseable {

	private final Peer peer;

	private final TransportClient client;

	private final ChannelEvents events;

	private final ConnectionSlot[] slots;

	/** All connections that have not ended, those that drain included. */
	private final Set<ClientConnection> connections = ConcurrentHashMap.newKeySet();

	/** Asynchronous requests that wait for a connection. */
	private final Set<AsyncRequest> waiting = ConcurrentHashMap.newKeySet();

	/** What the server said on the newest connection. */
	private volatile @Nullable Hello welcome;

	private volatile Reported reported = new Reported(LoadReport.NONE, null);

	private volatile boolean draining;

	Channel(Peer peer, TransportClient client, ChannelListener listener) {
		this.peer = peer;
		this.client = client;
		this.events = new ChannelEvents(listener, this::isConnected);
		this.slots = new ConnectionSlot[client.settings().connections()];
		for (int i = 0; i < this.slots.length; i++) {
			this.slots[i] = new ConnectionSlot(this::makeConnection, client.settings());
		}
	}

	/**
	 * Where the server listens.
	 * @return the address
	 */
	public Address address() {
		return this.peer.address();
	}

	/**
	 * Whether a call could be sent at once.
	 * @return {@code true} while a connection takes calls
	 */
	public boolean isConnected() {
		for (ConnectionSlot slot : this.slots) {
			if (slot.usable() != null) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether the server has said that it takes no new calls, and has not been reached
	 * anew since.
	 * @return {@code true} from its word on until a new connection is made
	 */
	public boolean isDraining() {
		return this.draining;
	}

	/**
	 * The serialization that the server uses.
	 * @return its name, empty before the first connection
	 */
	public String serialization() {
		Hello latest = this.welcome;
		return (latest != null) ? latest.serialization() : "";
	}

	/**
	 * Which run of the server the newest connection leads to. To hold a second try to the
	 * run of the first, ask before the first: what is asked later may be said of a run
	 * that has begun meanwhile.
	 * @return what the server calls itself, empty before the first connection
	 */
	public String incarnation() {
		Hello latest = this.welcome;
		return (latest != null) ? latest.identity() : "";
	}

	/**
	 * How the server is, as it said last on a connection that stands. Cheap: a report is
	 * read when it is asked for, and once.
	 * @return the report, {@code null} if it has made none on these connections
	 */
	public @Nullable LoadReport loadReport() {
		ClientConnection connection = latestReported();
		long bytes = (connection != null) ? connection.loadReport() : LoadReport.NONE;
		Reported latest = this.reported;
		if (latest.bytes != bytes) {
			latest = new Reported(bytes, LoadReport.decode(bytes));
			this.reported = latest;
		}
		return latest.report;
	}

	/**
	 * When the server last said how it is.
	 * @return the {@link System#nanoTime()} of the moment, any time if there is no report
	 */
	public long loadReportAt() {
		ClientConnection connection = latestReported();
		return (connection != null) ? connection.lastReceivedNanos() : 0;
	}

	private @Nullable ClientConnection latestReported() {
		ClientConnection latest = null;
		for (ConnectionSlot slot : this.slots) {
			ClientConnection connection = slot.usable();
			if (connection != null && connection.loadReport() != LoadReport.NONE
					&& (latest == null || connection.lastReceivedNanos() - latest.lastReceivedNanos() > 0)) {
				latest = connection;
			}
		}
		return latest;
	}

	/**
	 * Begins to connect in the background, and keeps connected from then on.
	 */
	public void connect() {
		this.slots[0].connect();
	}

	/**
	 * Sends a request and blocks the calling thread, platform or virtual, until its
	 * answer, its deadline or the loss of the connection. Where no connection stands,
	 * waits for one that is being made.
	 * @param methodId the method
	 * @param deadline when to stop waiting
	 * @param headers what travels with the call
	 * @param payload writes the arguments
	 * @return the answer
	 * @throws TransportException if there is none; an interrupted thread keeps its flag
	 */
	public Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload)
			throws TransportException {
		ClientConnection connection = chooseOrAwait(deadline.nanoTime());
		if (connection == null) {
			throw TransportException.notSent(Kind.TIMEOUT, "no connection before the deadline");
		}
		PendingCall call = PendingCall.blocking(connection.nextCallId(), deadline);
		connection.send(call, new OutgoingRequest(methodId, deadline, headers, payload));
		connection.await(call);
		return call.response();
	}

	/**
	 * Sends a request and blocks as the other {@code call} does, but only for a while.
	 * Where there is no answer then, the call goes on by itself until the deadline. A
	 * request that finds no room to be sent until then fails as unsent.
	 * @param methodId the method
	 * @param deadline when the call must have ended
	 * @param headers what travels with the call
	 * @param payload writes the arguments, always on the calling thread
	 * @param patientUntil until when to wait, as {@link System#nanoTime()}; kept to
	 * within some milliseconds
	 * @param late takes what comes of the call when nobody waits for it any more
	 * @return the answer, {@code null} if the call goes on without the calling thread
	 * @throws TransportException if there will be no answer; an interrupted thread keeps
	 * its flag
	 */
	public @Nullable Response call(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late) throws TransportException {
		OutgoingRequest request = new OutgoingRequest(methodId, deadline, headers, payload);
		long until = (patientUntil - deadline.nanoTime() < 0) ? patientUntil : deadline.nanoTime();
		ClientConnection connection = chooseOrAwait(until);
		if (connection == null) {
			goOn(request.written(), late);
			return null;
		}
		PendingCall call = PendingCall.blocking(connection.nextCallId(), deadline, until);
		connection.send(call, request);
		PendingCall unanswered = connection.await(call);
		if (unanswered == null) {
			return call.response();
		}
		goOn(connection, unanswered, late);
		return null;
	}

	/** Has a call go on that waits for its answer. */
	private void goOn(ClientConnection connection, PendingCall call, LateAnswer late) {
		try {
			late.overdue(() -> connection.cancel(call));
		}
		catch (RuntimeException | Error ex) {
			connection.cancel(call);
			throw ex;
		}
		call.listen(new Callback(this.client.callbacks(), late));
	}

	/** Has a call go on that waits for a connection. */
	private void goOn(OutgoingRequest request, LateAnswer late) {
		CompletableFuture<Runnable> cancellation = new CompletableFuture<>();
		late.overdue(() -> cancellation.thenAccept(Runnable::run));
		cancellation.complete(callAsync(request, request.deadline().nanoTime(), late));
	}

	/**
	 * Sends a request without blocking. The callback is run once, on a thread of the
	 * transport's that it must not block, with the answer or with the reason why there is
	 * none.
	 * @param methodId the method
	 * @param deadline when to stop waiting
	 * @param headers what travels with the call
	 * @param payload writes the arguments
	 * @param callback takes what comes of it
	 * @return gives the call up when run
	 */
	public Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			BiConsumer<@Nullable Response, @Nullable TransportException> callback) {
		return callAsync(new OutgoingRequest(methodId, deadline, headers, payload), deadline.nanoTime(), callback);
	}

	/**
	 * Sends a request without blocking, as the other {@code callAsync} does, and says
	 * when its answer is late. Both are told on threads of the transport's, so that the
	 * one may overtake the other.
	 * @param methodId the method
	 * @param deadline when to stop waiting
	 * @param headers what travels with the call
	 * @param payload writes the arguments
	 * @param patientUntil from when on the answer is late, as {@link System#nanoTime()};
	 * kept to within some milliseconds
	 * @param late takes what comes of it, and hears once if it is late
	 * @return gives the call up when run
	 */
	public Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late) {
		long until = (patientUntil - deadline.nanoTime() < 0) ? patientUntil : deadline.nanoTime();
		return callAsync(new OutgoingRequest(methodId, deadline, headers, payload), until, late);
	}

	private Runnable callAsync(OutgoingRequest outgoing, long patientUntil,
			BiConsumer<@Nullable Response, @Nullable TransportException> callback) {
		Callback told = new Callback(this.client.callbacks(), callback);
		ClientConnection connection = choose();
		if (connection != null) {
			return connection.callAsync(outgoing, patientUntil, told);
		}
		AsyncRequest request = new AsyncRequest(outgoing, patientUntil, told);
		this.waiting.add(request);
		this.client.watchdog().begins();
		this.slots[0].connect().whenComplete((made, failure) -> {
			this.waiting.remove(request);
			request.connected(made, failure);
		});
		return request::cancel;
	}

	/**
	 * Closes the connections; calls that wait on them end at once.
	 */
	@Override
	public void close() {
		for (ConnectionSlot slot : this.slots) {
			slot.close();
		}
		this.connections.forEach((connection) -> connection.fail("closed"));
		this.client.forget(this);
	}

	private @Nullable ClientConnection chooseOrAwait(long untilNanos) throws TransportException {
		ClientConnection connection = choose();
		return (connection != null) ? connection : this.slots[0].await(untilNanos);
	}

	/**
	 * {@return a connection for the calling thread, {@code null} if none stands}
	 */
	private @Nullable ClientConnection choose() {
		int home = (int) (Thread.currentThread().getId() % this.slots.length);
		ClientConnection first = this.slots[home].usable();
		if (first != null && first.inFlight() == 0) {
			return first;
		}
		int missing = (first == null) ? home : -1;
		for (int i = 0; i < this.slots.length; i++) {
			ClientConnection other = this.slots[i].usable();
			if (other == null) {
				missing = i;
			}
			else if (other.inFlight() == 0) {
				return other;
			}
			else if (first == null) {
				first = other;
			}
		}
		if (first != null && missing >= 0) {
			this.slots[missing].connect();
		}
		return first;
	}

	/**
	 * {@return whether something here wants a look again soon}
	 */
	boolean tick(long now) {
		boolean busy = false;
		for (ClientConnection connection : this.connections) {
			busy |= connection.tick(now);
		}
		for (ConnectionSlot slot : this.slots) {
			slot.tick(now);
		}
		this.waiting.removeIf((request) -> request.endIfOverdue(now));
		return busy || !this.waiting.isEmpty();
	}

	private void makeConnection(ConnectionSlot slot, CompletableFuture<ClientConnection> future) {
		try {
			this.client.background().execute(() -> makeConnectionNow(slot, future));
		}
		catch (RuntimeException | Error ex) {
			// No thread can be had; whoever waits for the future must not wait for ever.
			failed(slot, future, ConnectionSlot.failure(ex));
		}
	}

	private void makeConnectionNow(ConnectionSlot slot, CompletableFuture<ClientConnection> future) {
		try {
			ClientConnection made = open(slot);
			this.welcome = made.welcome();
			this.draining = false;
			this.connections.add(made);
			made.start();
			slot.connected(future, made);
			this.events.made();
		}
		catch (TransportException | RuntimeException | Error ex) {
			failed(slot, future, ConnectionSlot.failure(ex));
		}
	}

	private ClientConnection open(ConnectionSlot slot) throws TransportException {
		String mismatch = this.peer.mismatch();
		if (mismatch != null) {
			throw TransportException.notSent(Kind.ENCRYPTION, mismatch);
		}
		Handshake handshake = Handshake.with(this.peer, this.client.settings());
		boolean done = false;
		try {
			ClientConnection made = new ClientConnection(handshake, new SlotOwner(slot));
			done = true;
			return made;
		}
		catch (IOException ex) {
			throw TransportException.notSent(Kind.CONNECT, address() + ": " + ex.getMessage());
		}
		finally {
			if (!done) {
				handshake.wire().close();
			}
		}
	}

	private void failed(ConnectionSlot slot, CompletableFuture<ClientConnection> future, TransportException failure) {
		slot.failed(future, failure);
		this.events.missing(String.valueOf(failure.getMessage()));
	}

	/** A report and the bytes that it was read from. */
	private record Reported(long bytes, @Nullable LoadReport report) {
	}

	/** Ties a connection to its slot and this channel. */
	private final class SlotOwner implements ConnectionOwner {

		private final ConnectionSlot slot;

		SlotOwner(ConnectionSlot slot) {
			this.slot = slot;
		}

		@Override
		public TransportClientSettings settings() {
			return Channel.this.client.settings();
		}

		@Override
		public ThreadFactory threads() {
			return Channel.this.client.threads();
		}

		@Override
		public Executor background() {
			return Channel.this.client.background();
		}

		@Override
		public Ticker watchdog() {
			return Channel.this.client.watchdog();
		}

		@Override
		public void draining(ClientConnection connection) {
			Channel.this.draining = true;
			this.slot.drained(connection);
			Channel.this.events.draining();
		}

		@Override
		public void ended(ClientConnection connection, String reason) {
			Channel.this.connections.remove(connection);
			this.slot.lost(connection);
			Channel.this.events.missing(reason);
		}

	}

}
