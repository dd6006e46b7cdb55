package io.harpc.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

import io.harpc.Outcome;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's end of one connection, shared by any number of callers.
 * <p>
 * <b>Writing.</b> A caller writes its frame itself, and the frames of others that have
 * come meanwhile, as long as all that the server has not answered yet fits into the
 * socket's send buffer: then the write cannot block. What does not fit is written by a
 * thread of the background executor, so that a caller always keeps its deadline, and a
 * virtual thread never blocks in a shared socket, which an interrupt would close.
 * <p>
 * <b>Reading.</b> Leader and followers: one waiting platform thread reads for all, and on
 * its own answer passes the reading on. For virtual threads and asynchronous calls the
 * connection's own reader thread does it, and also while nobody waits, so that the end of
 * the stream and a drain are seen at once. {@link #reading} says who has it; a thread
 * that gives it up wakes another that may take it, and a thread that stops waiting
 * without having taken it does so too, so that no wake-up is lost.
 */
final class ClientConnection {

	private static final Logger logger = LoggerFactory.getLogger(ClientConnection.class);

	/** How long a thread that reads may fail to see that it is interrupted. */
	private static final int READ_POLL_MILLIS = 100;

	/** A connection that nobody has used for this long goes to the reader thread. */
	private static final long IDLE_NANOS = 4_000_000;

	private static final int QUEUE_CAPACITY = 1024 * 1024;

	private static final LongConsumer NOBODY = (offset) -> {
	};

	private final Socket socket;

	private final InputStream in;

	private final String serialization;

	private final int maxFrameSize;

	private final Owner owner;

	private final FrameReader frames;

	private final CombiningWriter writer;

	/** What the server may be behind with before a caller no longer writes itself. */
	private final long window;

	private final ConcurrentHashMap<Long, PendingCall> calls = new ConcurrentHashMap<>();

	private final AtomicLong nextCallId = new AtomicLong();

	/** How many calls wait, and how many of them cannot read for themselves. */
	private final AtomicInteger inFlight = new AtomicInteger();

	private final AtomicInteger readFor = new AtomicInteger();

	/** The thread that has the reading. */
	private final AtomicReference<@Nullable Thread> reading = new AtomicReference<>();

	private final Thread readerThread;

	private volatile boolean readerWanted;

	private final PoliteSpin spin = new PoliteSpin();

	private int readTimeoutMillis;

	private boolean gaveAnswerToReader;

	private volatile long acknowledged;

	private volatile long lastReceivedNanos = System.nanoTime();

	private volatile long pingSentNanos;

	private volatile long pingEndOffset;

	private volatile boolean draining;

	private final AtomicBoolean ended = new AtomicBoolean();

	ClientConnection(Handshake handshake, Owner owner) throws IOException {
		this.socket = handshake.socket();
		this.in = this.socket.getInputStream();
		this.frames = handshake.frames();
		this.serialization = handshake.welcome().serialization();
		this.maxFrameSize = Math.min(handshake.welcome().maxFrameSize(), owner.settings().maxFrameSize());
		this.owner = owner;
		this.writer = new CombiningWriter(this.socket.getOutputStream(), Math.max(QUEUE_CAPACITY, this.maxFrameSize));
		this.window = this.socket.getSendBufferSize() / 2;
		this.readTimeoutMillis = this.socket.getSoTimeout();
		this.readerThread = owner.threads().newThread(this::readWhenWanted);
	}

	void start() {
		this.readerWanted = true;
		this.readerThread.start();
	}

	String serialization() {
		return this.serialization;
	}

	int inFlight() {
		return this.inFlight.get();
	}

	boolean isUsable() {
		return !this.draining && !this.ended.get();
	}

	boolean isEnded() {
		return this.ended.get();
	}

	int maxFrameSize() {
		return this.maxFrameSize;
	}

	long nextCallId() {
		return this.nextCallId.incrementAndGet();
	}

	/**
	 * Sends the request of a call that the calling thread is about to {@link #await
	 * await}.
	 */
	void send(PendingCall call, FrameBuffer request) throws TransportException {
		if (Thread.currentThread().isInterrupted()) {
			throw TransportException.notSent(Kind.CANCELLED, "the calling thread was interrupted before the call");
		}
		register(call);
		boolean sent = false;
		try {
			if (!this.writer.append(request, call.deadlineNanos(), call::endsAt)) {
				throw TransportException.notSent(Kind.TIMEOUT,
						"no room to send before the deadline: the server does not read");
			}
			sent = true;
		}
		finally {
			if (!sent) {
				unregister(call);
			}
		}
		flush();
		if (!call.mayRead()) {
			wantReader();
		}
	}

	/** Blocks until the answer of a call, its deadline or the end of the connection. */
	Response await(PendingCall call) throws TransportException {
		try {
			while (!call.isDone()) {
				awaitTurn(call);
			}
			return call.response();
		}
		finally {
			unregister(call);
			if (this.reading.get() == null) {
				passOnReading();
			}
		}
	}

	/** Sends a request without blocking; its callback hears what comes of it. */
	void sendAsync(PendingCall call, FrameBuffer request) throws TransportException {
		register(call);
		try {
			if (!this.writer.append(request, System.nanoTime(), call::endsAt)) {
				throw TransportException.notSent(Kind.TIMEOUT, "no room to send: the server does not read");
			}
		}
		catch (TransportException ex) {
			unregister(call);
			throw ex;
		}
		flush();
		wantReader();
	}

	/** Ends an asynchronous call that nobody waits for any more. */
	void cancel(PendingCall call) {
		if (end(call, unanswered(call, Kind.CANCELLED, "cancelled"))) {
			sendCancel(call);
		}
	}

	private void register(PendingCall call) throws TransportException {
		this.inFlight.incrementAndGet();
		if (!call.mayRead()) {
			this.readFor.incrementAndGet();
		}
		this.calls.put(call.id(), call);
		this.owner.watchdog().begins();
		if (this.ended.get()) {
			unregister(call);
			throw TransportException.notSent(Kind.LOST, "connection lost before the request left");
		}
	}

	private void unregister(PendingCall call) {
		if (this.calls.remove(call.id()) != null) {
			this.inFlight.decrementAndGet();
			if (!call.mayRead()) {
				this.readFor.decrementAndGet();
			}
		}
	}

	/** Completes a call and takes it from the table, whoever comes first. */
	private boolean end(PendingCall call, Object outcome) {
		unregister(call);
		return call.complete(outcome);
	}

	/** Writes as far as that cannot block, and leaves the rest to the background. */
	private void flush() {
		if (!this.writer.beginFlush()) {
			return;
		}
		if (this.inFlight.get() > 1) {
			// Lets the others append to what is about to be written.
			Thread.yield();
		}
		try {
			if (!this.writer.flush(this.acknowledged + this.window)) {
				this.owner.background().execute(this::flushInBackground);
			}
		}
		catch (IOException ex) {
			fail("write failed: " + ex.getMessage());
		}
	}

	private void flushInBackground() {
		try {
			this.writer.flush(Long.MAX_VALUE);
		}
		catch (IOException ex) {
			fail("write failed: " + ex.getMessage());
		}
	}

	private void awaitTurn(PendingCall call) {
		if (call.mayRead() && this.reading.get() == null && this.reading.compareAndSet(null, Thread.currentThread())) {
			try {
				readUntilDone(call);
			}
			finally {
				this.reading.set(null);
			}
		}
		else {
			LockSupport.park(this);
		}
		if (!call.isDone() && Thread.currentThread().isInterrupted()) {
			// The flag stays set for the caller's caller.
			call.complete(unanswered(call, Kind.CANCELLED, "the calling thread was interrupted"));
			sendCancel(call);
		}
	}

	private void readUntilDone(PendingCall call) {
		try {
			deliverBuffered();
			while (!call.isDone()) {
				long remaining = call.deadlineNanos() - System.nanoTime();
				if (remaining <= 0) {
					timeOut(call);
					return;
				}
				if (this.inFlight.get() > 1 || !this.spin.await(this.in)) {
					setReadTimeout((int) Math.min(READ_POLL_MILLIS, remaining / 1_000_000 + 1));
				}
				if (!fill() && Thread.currentThread().isInterrupted()) {
					return;
				}
				deliverBuffered();
			}
		}
		catch (IOException ex) {
			fail(reason(ex));
		}
	}

	/** The life of the reader thread: it reads when no caller does. */
	private void readWhenWanted() {
		while (!this.ended.get()) {
			if (this.readerWanted && this.reading.compareAndSet(null, Thread.currentThread())) {
				this.readerWanted = false;
				try {
					readForOthers();
				}
				catch (IOException ex) {
					fail(reason(ex));
				}
				finally {
					this.reading.set(null);
					passOnReading();
				}
			}
			else {
				LockSupport.park(this);
			}
		}
	}

	private void readForOthers() throws IOException {
		setReadTimeout(0);
		do {
			this.gaveAnswerToReader = false;
			deliverBuffered();
			if (this.gaveAnswerToReader && this.readFor.get() == 0) {
				return;
			}
			fill();
			deliverBuffered();
		}
		while (this.readFor.get() > 0 || !this.gaveAnswerToReader);
	}

	private void wantReader() {
		this.readerWanted = true;
		if (this.reading.get() == null) {
			LockSupport.unpark(this.readerThread);
		}
	}

	/** Wakes a thread that may read, if anybody still waits for an answer. */
	private void passOnReading() {
		if (this.readFor.get() > 0) {
			wantReader();
			return;
		}
		for (PendingCall call : this.calls.values()) {
			if (call.mayRead() && !call.isDone()) {
				call.wake();
				return;
			}
		}
	}

	private void setReadTimeout(int millis) throws IOException {
		if (millis != this.readTimeoutMillis) {
			this.socket.setSoTimeout(millis);
			this.readTimeoutMillis = millis;
		}
	}

	/**
	 * {@return whether bytes arrived, rather than the time ran out}
	 */
	private boolean fill() throws IOException {
		try {
			this.frames.fill();
			this.lastReceivedNanos = System.nanoTime();
			return true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
	}

	private void deliverBuffered() throws IOException {
		Frame frame;
		while ((frame = this.frames.next()) != null) {
			deliver(frame);
		}
	}

	private void deliver(Frame frame) throws ProtocolException {
		switch (frame.type()) {
			case RESPONSE -> {
				PendingCall call = this.calls.get(frame.callId());
				// A call that has timed out is no longer there, and its answer of no use.
				if (call != null) {
					acknowledge(call.endOffset());
					this.gaveAnswerToReader |= call.mayRead();
					end(call, frame);
				}
			}
			case PONG -> {
				acknowledge(this.pingEndOffset);
				this.pingSentNanos = 0;
			}
			case PING -> sendControl(FrameType.PONG, frame.callId(), NOBODY);
			case DRAIN -> drain();
			default -> throw new ProtocolException("frame of type " + frame.type() + " from a server");
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
			this.owner.draining(this);
			this.owner.watchdog().begins();
		}
	}

	private void timeOut(PendingCall call) {
		if (end(call, unanswered(call, Kind.TIMEOUT, "no answer before the deadline"))) {
			sendCancel(call);
		}
	}

	private static TransportException unanswered(PendingCall call, Kind kind, String message) {
		return (call.endOffset() == 0) ? TransportException.notSent(kind, message)
				: TransportException.unknown(kind, message);
	}

	private void sendCancel(PendingCall call) {
		if (call.endOffset() != 0) {
			sendControl(FrameType.CANCEL, call.id(), NOBODY);
		}
	}

	/**
	 * Sends a frame without a payload, unless the queue is full: none of them is vital.
	 */
	private void sendControl(FrameType type, long callId, LongConsumer endsAt) {
		FrameBuffer frame = FrameBuffers.take();
		try {
			frame.begin(type, callId, Hello.MAX_FRAME_SIZE).finish();
			if (this.writer.append(frame, System.nanoTime(), endsAt) && this.writer.beginFlush()) {
				this.owner.background().execute(this::flushInBackground);
			}
		}
		catch (TransportException ex) {
			logger.debug("{} not sent to {}: {}", type, this.socket.getRemoteSocketAddress(), ex.getMessage());
		}
		finally {
			FrameBuffers.giveBack(frame);
		}
	}

	/**
	 * Looks after the connection, every few milliseconds while calls wait: ends what is
	 * overdue, sees that somebody reads, and asks a silent peer for a sign of life.
	 * @param now the time
	 * @return {@code true} if it wants to be looked after again soon
	 */
	boolean tick(long now) {
		for (PendingCall call : this.calls.values()) {
			if (now - call.deadlineNanos() >= 0) {
				timeOut(call);
			}
		}
		boolean idle = this.inFlight.get() == 0;
		if (idle && this.draining) {
			fail("drained");
			return false;
		}
		boolean unread = this.reading.get() == null;
		if (unread && (this.readFor.get() > 0 || idle && now - this.lastReceivedNanos > IDLE_NANOS)) {
			wantReader();
		}
		checkAlive(now);
		return !idle || unread;
	}

	private void checkAlive(long now) {
		long timeout = this.owner.settings().heartbeatTimeout().toNanos();
		long interval = this.owner.settings().heartbeatInterval().toNanos();
		long silent = now - this.lastReceivedNanos;
		if (this.writer.writingNanos(now) > interval + timeout) {
			fail("the server has read nothing for " + (interval + timeout) / 1_000_000 + " ms");
		}
		else if (this.pingSentNanos != 0 && silent > timeout && now - this.pingSentNanos > timeout) {
			fail("no sign of life for " + silent / 1_000_000 + " ms");
		}
		else if (this.pingSentNanos == 0 && silent > interval) {
			this.pingSentNanos = now | 1;
			sendControl(FrameType.PING, 0, (offset) -> this.pingEndOffset = offset);
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
		closeQuietly(this.socket);
		long handed = this.writer.handed();
		for (PendingCall call : this.calls.values()) {
			long end = call.endOffset();
			Outcome outcome = (end == 0 || end > handed) ? Outcome.NOT_SENT : Outcome.UNKNOWN;
			end(call, new TransportException(Kind.LOST, outcome, "connection lost: " + reason));
		}
		LockSupport.unpark(this.readerThread);
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

	private static String reason(IOException ex) {
		if (ex instanceof EOFException || ex instanceof ProtocolException) {
			return String.valueOf(ex.getMessage());
		}
		return "read failed: " + ex.getMessage();
	}

	/**
	 * What a connection needs from where it belongs, and tells it.
	 */
	interface Owner {

		TransportClientSettings settings();

		ThreadFactory threads();

		Executor background();

		Ticker watchdog();

		void draining(ClientConnection connection);

		void ended(ClientConnection connection, String reason);

	}

}
