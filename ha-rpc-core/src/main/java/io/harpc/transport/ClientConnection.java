package io.harpc.transport;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

import io.harpc.Outcome;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's end of one connection, shared by any number of callers. How they read is
 * told in {@link Reading}.
 * <p>
 * A caller writes its frame itself, and the frames of others that have come meanwhile, as
 * long as all that the server has not answered yet fits into the socket's send buffer:
 * then the write cannot block. What does not fit is written by a thread of the background
 * executor, so that a caller always keeps its deadline, and a virtual thread never blocks
 * in a shared socket, which an interrupt would close.
 * <p>
 * A call whose frame is not queued yet belongs to the thread that sends it: nobody else
 * gives it up, for that thread might send it all the same, and what was called unsent
 * would run. Once queued it counts as sent, unless the connection ends before its bytes
 * were handed to the socket.
 */
final class ClientConnection {

	private static final Logger logger = LoggerFactory.getLogger(ClientConnection.class);

	private static final int QUEUE_CAPACITY = 1024 * 1024;

	/** So many calls may wait for an answer at once. */
	private static final int MAX_CALLS = 64 * 1024;

	/** Who has chosen a connection that is replaced sends on it within this time. */
	private static final long REPLACED_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private static final LongConsumer NOBODY = (offset) -> {
	};

	private final Wire wire;

	private final Hello welcome;

	/** How long after its beginning it is to be replaced, zero for never. */
	private final long lifeNanos;

	private final long madeNanos = System.nanoTime();

	private final int maxFrameSize;

	private final TransportClient client;

	private final ConnectionOwner owner;

	private final CombiningWriter writer;

	/** What the server may be behind with before a caller no longer writes itself. */
	private final long window;

	private final CallTable calls = new CallTable();

	private final Reading reading;

	private final Heartbeat heartbeat;

	private final AtomicLong nextCallId = new AtomicLong();

	/** Up to where the server is known to have read. Written by the thread that reads. */
	private volatile long acknowledged;

	/** Written by the thread that reads, where it differs. */
	private volatile long loadReport;

	private volatile boolean draining;

	/** Another connection has taken its place. */
	private volatile boolean replaced;

	private volatile long replacedNanos;

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Creates the connection.
	 * @param handshake how it was made
	 * @param client has the settings and the threads
	 * @param owner hears what becomes of it
	 * @throws IOException if the socket is closed already
	 */
	ClientConnection(Handshake handshake, TransportClient client, ConnectionOwner owner) throws IOException {
		this.wire = handshake.wire();
		this.welcome = handshake.welcome();
		this.lifeNanos = handshake.lifeNanos();
		this.maxFrameSize = Math.min(this.welcome.maxFrameSize(), client.settings().maxFrameSize());
		this.client = client;
		this.owner = owner;
		this.writer = new CombiningWriter(this.wire.out(), Math.max(QUEUE_CAPACITY, this.maxFrameSize));
		this.window = this.wire.socket().getSendBufferSize() / 2;
		this.heartbeat = new Heartbeat(client.settings(), this.writer, System.nanoTime());
		this.reading = new Reading(this, handshake, this.calls, client.threads());
	}

	void start() {
		try {
			this.reading.start();
		}
		catch (RuntimeException | Error ex) {
			fail("no thread to read: " + ex);
			throw ex;
		}
	}

	Hello welcome() {
		return this.welcome;
	}

	/**
	 * {@return how the server is, as it said last, in the eight bytes of the header}
	 */
	long loadReport() {
		return this.loadReport;
	}

	long lastReceivedNanos() {
		return this.reading.lastReceivedNanos();
	}

	int inFlight() {
		return this.calls.size();
	}

	boolean isUsable() {
		return !this.draining && !this.replaced && !isEnded();
	}

	/**
	 * {@return whether the server is about to forget who this client is, so that another
	 * connection should be made in time}
	 */
	boolean isToBeReplaced(long now) {
		return this.lifeNanos > 0 && now - this.madeNanos >= this.lifeNanos;
	}

	/** Takes no further calls, and ends after those that it has. */
	void replaced() {
		this.replacedNanos = System.nanoTime();
		this.replaced = true;
		this.client.watchdog().begins();
	}

	boolean isEnded() {
		return this.ended.get();
	}

	long nextCallId() {
		return this.nextCallId.incrementAndGet();
	}

	/** Sends the request of a call that the calling thread is about to await. */
	void send(PendingCall call, OutgoingRequest request) throws TransportException {
		if (Thread.currentThread().isInterrupted()) {
			throw TransportException.notSent(Kind.CANCELLED, "the calling thread was interrupted before the call");
		}
		send(call, request, call.patientUntilNanos());
		if (!call.mayRead()) {
			this.reading.want();
		}
	}

	/**
	 * Blocks until the answer of a call, its deadline, the end of the connection, or the
	 * end of its thread's patience.
	 * @return the call that goes on without its thread, {@code null} if it is done
	 */
	@Nullable PendingCall await(PendingCall call) {
		return this.reading.await(call);
	}

	/**
	 * Sends a request without blocking; the callback hears what comes of it.
	 * @return gives the call up when run
	 */
	Runnable callAsync(OutgoingRequest request, long patientUntilNanos, Callback callback) {
		PendingCall call = PendingCall.asynchronous(nextCallId(), request.deadline(), patientUntilNanos, callback);
		try {
			send(call, request, System.nanoTime());
			this.reading.want();
		}
		catch (TransportException ex) {
			call.complete(ex);
		}
		catch (RuntimeException | Error ex) {
			call.complete(TransportException.notSent(Kind.ENCODING, "the request could not be sent: " + ex));
			throw ex;
		}
		return () -> cancel(call);
	}

	private void send(PendingCall call, OutgoingRequest request, long waitUntilNanos) throws TransportException {
		FrameBuffer frame = FrameBuffers.take();
		try {
			request.encode(frame, call.id(), this.maxFrameSize);
			append(call, frame, waitUntilNanos);
		}
		finally {
			FrameBuffers.giveBack(frame);
		}
		flush();
	}

	private void append(PendingCall call, FrameBuffer request, long waitUntilNanos) throws TransportException {
		boolean appended = false;
		this.calls.add(call);
		try {
			this.client.watchdog().begins();
			checkOpen();
			appended = this.writer.append(request, waitUntilNanos, call::endsAt);
			if (!appended) {
				throw TransportException.notSent(Kind.TIMEOUT, "no room to send in time: the server does not read");
			}
		}
		finally {
			if (!appended) {
				this.calls.remove(call);
			}
		}
	}

	/**
	 * After the call was counted, so that a drained connection does not end beneath it.
	 */
	private void checkOpen() throws TransportException {
		if (isEnded()) {
			throw TransportException.notSent(Kind.LOST, "connection lost before the request left");
		}
		if (this.draining) {
			throw TransportException.notSent(Kind.REFUSED, "the server is draining");
		}
		if (this.calls.size() > MAX_CALLS) {
			throw TransportException.notSent(Kind.OVERLOADED, MAX_CALLS + " calls wait on this connection");
		}
	}

	/** Ends an asynchronous call that nobody waits for any more. */
	void cancel(PendingCall call) {
		giveUp(call, Kind.CANCELLED, "cancelled");
	}

	/** Ends the call of an interrupted thread, whose flag stays set for its caller. */
	void interrupted(PendingCall call) {
		giveUp(call, Kind.CANCELLED, "the calling thread was interrupted");
	}

	/**
	 * {@return whether the deadline of a call has passed, which then is over}
	 */
	boolean endIfOverdue(PendingCall call, long now) {
		boolean overdue = now - call.deadlineNanos() >= 0;
		if (overdue) {
			giveUp(call, Kind.TIMEOUT, "no answer before the deadline");
		}
		return overdue;
	}

	private void giveUp(PendingCall call, Kind kind, String message) {
		if (this.calls.remove(call)) {
			call.complete(TransportException.unknown(kind, message));
			sendControl(FrameType.CANCEL, call.id(), NOBODY);
		}
	}

	/** Writes as far as that cannot block, and leaves the rest to the background. */
	private void flush() {
		if (!this.writer.beginFlush()) {
			return;
		}
		if (this.calls.size() > 1) {
			this.writer.awaitCompany();
		}
		try {
			if (!this.writer.flush(this.acknowledged + this.window)) {
				this.client.background().execute(this::flushInBackground);
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Also where no thread can be had: nobody else may flush any more.
			fail("write failed: " + ex);
		}
	}

	private void flushInBackground() {
		try {
			this.writer.flush(Long.MAX_VALUE);
		}
		catch (IOException | RuntimeException | Error ex) {
			fail("write failed: " + ex);
		}
	}

	/**
	 * Takes in a frame.
	 * @return whether it answered a thread that can read for itself
	 */
	boolean deliver(Frame frame) throws ProtocolException {
		switch (frame.type()) {
			case RESPONSE -> {
				return answer(frame);
			}
			case PONG -> {
				reported(frame);
				acknowledge(this.heartbeat.answered());
			}
			case PING -> sendControl(FrameType.PONG, frame.callId(), NOBODY);
			case DRAIN -> drain();
			default -> throw new ProtocolException("frame of type " + frame.type() + " from a server");
		}
		return false;
	}

	private boolean answer(Frame frame) {
		reported(frame);
		PendingCall call = this.calls.take(frame.callId());
		if (call == null) {
			// It has timed out, and its answer is of no use.
			return false;
		}
		acknowledge(call.endOffset());
		call.complete(frame);
		return call.mayRead();
	}

	private void reported(Frame frame) {
		if (frame.loadReport() != this.loadReport) {
			this.loadReport = frame.loadReport();
		}
	}

	/** An answer, or a pong, proves that the server has read all that was sent before. */
	private void acknowledge(long offset) {
		if (offset > this.acknowledged) {
			this.acknowledged = offset;
		}
	}

	private void drain() {
		if (!this.draining) {
			this.draining = true;
			if (!this.replaced) {
				this.owner.draining(this);
			}
			this.client.watchdog().begins();
		}
	}

	/**
	 * Sends a frame without a payload, unless the queue is full: none of them is vital.
	 */
	private boolean sendControl(FrameType type, long callId, LongConsumer endsAt) {
		FrameBuffer frame = FrameBuffers.take();
		try {
			frame.begin(type, callId, Hello.MAX_FRAME_SIZE).finish();
			if (!this.writer.append(frame, System.nanoTime(), endsAt)) {
				return false;
			}
			if (this.writer.beginFlush()) {
				this.client.background().execute(this::flushInBackground);
			}
			return true;
		}
		catch (TransportException ex) {
			logger.debug("{} not sent to {}: {}", type, this.wire.socket().getRemoteSocketAddress(), ex.getMessage());
			return false;
		}
		catch (RuntimeException | Error ex) {
			fail("write failed: " + ex);
			return false;
		}
		finally {
			FrameBuffers.giveBack(frame);
		}
	}

	/**
	 * Looks after the connection, every few milliseconds while calls wait: ends what is
	 * overdue, wakes who need not wait any longer, sees that somebody reads, and asks a
	 * silent peer for a sign of life.
	 * @param now the time
	 * @return {@code true} if it wants to be looked after again soon
	 */
	boolean tick(long now) {
		for (PendingCall call : this.calls.all()) {
			if (now - call.patientUntilNanos() >= 0 && call.isAppended() && !endIfOverdue(call, now)) {
				call.outOfPatience(() -> cancel(call));
			}
		}
		boolean idle = this.calls.size() == 0;
		if (idle && (this.draining || this.replaced && now - this.replacedNanos > REPLACED_NANOS)) {
			fail(this.draining ? "drained" : "replaced");
			return false;
		}
		boolean read = this.reading.tick(now);
		checkAlive(now);
		return !idle || !read;
	}

	private void checkAlive(long now) {
		long lastReceived = this.reading.lastReceivedNanos();
		String problem = this.heartbeat.problem(now, lastReceived);
		if (problem != null) {
			fail(problem);
		}
		else if (this.heartbeat.isDue(now, lastReceived)) {
			this.heartbeat.sending(now);
			if (!sendControl(FrameType.PING, 0, this.heartbeat::endsAt)) {
				this.heartbeat.notSent();
			}
		}
	}

	/**
	 * Ends the connection: closes the socket and decides every waiting call.
	 * @param reason why, for a person to read
	 */
	void fail(String reason) {
		if (!this.ended.compareAndSet(false, true)) {
			return;
		}
		this.writer.close();
		this.wire.close();
		long handed = this.writer.handed();
		for (PendingCall seen : this.calls.all()) {
			// By its id, for it may have become late meanwhile.
			PendingCall call = this.calls.take(seen.id());
			if (call != null) {
				long end = call.endOffset();
				Outcome outcome = (end == 0 || end > handed) ? Outcome.NOT_SENT : Outcome.UNKNOWN;
				call.complete(new TransportException(Kind.LOST, outcome, "connection lost: " + reason));
			}
		}
		this.reading.end();
		this.owner.ended(this, reason);
	}

	static void closeQuietly(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// Nothing is lost: the connection has ended, and the descriptor is released.
		}
	}

}
