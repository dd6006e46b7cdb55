package io.harpc.transport;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import io.harpc.Deadline;
import io.harpc.protocol.Hello;
import io.harpc.protocol.LoadReport;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A channel of a fixed number of connections. A call takes one that nobody uses, else the
 * one that belongs to its thread, so that one caller alone never shares and many share
 * system calls. Thread-safe.
 */
final class PooledChannel implements Channel {

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

	PooledChannel(Peer peer, TransportClient client, ChannelListener listener) {
		this.peer = peer;
		this.client = client;
		this.events = new ChannelEvents(listener, this::isConnected);
		this.slots = new ConnectionSlot[client.settings().connections()];
		for (int i = 0; i < this.slots.length; i++) {
			this.slots[i] = new ConnectionSlot(this::makeConnection, client.settings());
		}
	}

	@Override
	public boolean isConnected() {
		for (ConnectionSlot slot : this.slots) {
			if (slot.usable() != null) {
				return true;
			}
		}
		return false;
	}

	@Override
	public boolean isDraining() {
		return this.draining;
	}

	@Override
	public String serialization() {
		Hello latest = this.welcome;
		return (latest != null) ? latest.serialization() : "";
	}

	@Override
	public String incarnation() {
		Hello latest = this.welcome;
		return (latest != null) ? latest.identity() : "";
	}

	@Override
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

	@Override
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

	@Override
	public void connect() {
		this.slots[0].connect();
	}

	@Override
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

	@Override
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

	@Override
	public Runnable callAsync(long methodId, Deadline deadline, Map<String, String> headers, PayloadWriter payload,
			long patientUntil, LateAnswer late) {
		long until = (patientUntil - deadline.nanoTime() < 0) ? patientUntil : deadline.nanoTime();
		return callAsync(new OutgoingRequest(methodId, deadline, headers, payload), until, late);
	}

	private Runnable callAsync(OutgoingRequest outgoing, long patientUntil, LateAnswer late) {
		Callback told = new Callback(this.client.callbacks(), late);
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
			ClientConnection made = new ClientConnection(handshake, this.client, new SlotOwner(slot));
			done = true;
			return made;
		}
		catch (IOException ex) {
			throw TransportException.notSent(Kind.CONNECT, this.peer.address() + ": " + ex.getMessage());
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
		public void draining(ClientConnection connection) {
			PooledChannel.this.draining = true;
			this.slot.drained(connection);
			PooledChannel.this.events.draining();
		}

		@Override
		public void ended(ClientConnection connection, String reason) {
			PooledChannel.this.connections.remove(connection);
			this.slot.lost(connection);
			PooledChannel.this.events.missing(reason);
		}

	}

}
