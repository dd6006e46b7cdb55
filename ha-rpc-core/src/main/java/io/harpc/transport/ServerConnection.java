package io.harpc.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import io.harpc.Identity;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.FrameTooLargeException;
import io.harpc.protocol.Hello;
import io.harpc.protocol.ProtocolException;
import io.harpc.protocol.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of one connection.
 * <p>
 * One thread has the reading, for a {@link Turn}. It runs quick handlers itself, and the
 * answers to all requests that came in one piece leave in one write. Slow ones get a
 * thread of their own. Where a handler turns out slow the server's monitor takes the turn
 * away after a millisecond, so that it delays nobody.
 */
final class ServerConnection {

	private static final Logger logger = LoggerFactory.getLogger(ServerConnection.class);

	private static final LongConsumer NOBODY = (offset) -> {
	};

	private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int QUEUE_CAPACITY = 1024 * 1024;

	/** How long a client may take to hang up whose authentication is over. */
	private static final long FAREWELL_NANOS = TimeUnit.SECONDS.toNanos(5);

	/** Answers wait no longer for those to the requests that came with theirs. */
	private static final long MAX_BATCH_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

	private final Wire wire;

	private final InputStream in;

	private final FrameReader frames;

	private final CombiningWriter writer;

	private final TransportServer server;

	private final String peer;

	private final @Nullable Identity identity;

	/** For how long after the beginning the client is who it is, zero for ever. */
	private final long validForNanos;

	private final long madeNanos = System.nanoTime();

	private final int maxAnswerSize;

	private final PoliteSpin spin = new PoliteSpin();

	/** When the first answer that has not been flushed can have come. Of the reader. */
	private long batchSinceNanos;

	/** The calls that run on threads without the reading. */
	private final ConcurrentHashMap<Long, ServerCall> running = new ConcurrentHashMap<>();

	private volatile Turn turn = new Turn();

	private volatile long lastReceivedNanos = System.nanoTime();

	private volatile int arriving;

	private volatile long arrivingSinceNanos;

	/** Of the monitor's thread. */
	private boolean saidThatItIsOver;

	private final AtomicBoolean ended = new AtomicBoolean();

	ServerConnection(Greeting greeting, Hello hello, TransportServer server) {
		this.wire = greeting.wire();
		this.in = this.wire.in();
		this.frames = greeting.frames();
		this.frames.setMaxFrameSize(server.settings().maxFrameSize());
		this.server = server;
		this.peer = greeting.peer();
		this.identity = greeting.identity();
		this.validForNanos = greeting.validForNanos();
		this.maxAnswerSize = Math.min(server.settings().maxFrameSize(), hello.maxFrameSize());
		this.writer = new CombiningWriter(this.wire.out(), Math.max(QUEUE_CAPACITY, this.maxAnswerSize));
	}

	String peer() {
		return this.peer;
	}

	/**
	 * {@return what the client proved to be before it was welcome, {@code null} if
	 * nothing}
	 */
	@Nullable Identity identity() {
		return this.identity;
	}

	int maxAnswerSize() {
		return this.maxAnswerSize;
	}

	/** What every answer says of the server. */
	long loadReport() {
		return this.server.loadReport();
	}

	/** Reads until the end of the connection, or until the turn is lost. */
	void read() {
		Turn mine = new Turn();
		this.turn = mine;
		try {
			while (readBatch(mine)) {
				fill();
			}
		}
		catch (FrameTooLargeException ex) {
			refuse(0, Status.TOO_LARGE, String.valueOf(ex.getMessage()), Duration.ZERO);
			flush();
			end(String.valueOf(ex.getMessage()));
		}
		catch (EOFException | ProtocolException ex) {
			end(String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			end("read failed: " + ex.getMessage());
		}
		catch (RuntimeException | Error ex) {
			logger.error("Reading from {} failed", this.peer, ex);
			end("read failed: " + ex);
		}
	}

	private void fill() throws IOException {
		int taken = this.frames.held();
		if (taken != this.arriving) {
			arrives(taken);
		}
		this.frames.fill();
		this.lastReceivedNanos = System.nanoTime();
	}

	/** More of a large frame is here, or the last of it was. */
	private void arrives(int taken) {
		int before = this.arriving;
		this.arriving = taken;
		if (before == 0) {
			this.arrivingSinceNanos = this.lastReceivedNanos;
		}
		if (taken > before) {
			this.server.boundArrivals();
		}
	}

	/**
	 * {@return how much memory a frame takes that has not arrived completely}
	 */
	int arriving() {
		return this.arriving;
	}

	long arrivingSinceNanos() {
		return this.arrivingSinceNanos;
	}

	/**
	 * {@return whether this thread still has the turn, all frames that have arrived being
	 * dealt with}
	 */
	private boolean readBatch(Turn mine) throws IOException {
		int count = 0;
		this.batchSinceNanos = System.nanoTime();
		Frame frame;
		while (!this.ended.get() && (frame = this.frames.next()) != null) {
			count++;
			if (!receive(frame, mine)) {
				flush();
				return false;
			}
		}
		flush();
		if (count == 1 && this.running.isEmpty()) {
			this.spin.await(this.in);
		}
		return true;
	}

	private boolean receive(Frame frame, Turn mine) throws IOException {
		switch (frame.type()) {
			case REQUEST -> {
				return begin(frame, mine);
			}
			case CANCEL -> {
				ServerCall call = this.running.get(frame.callId());
				if (call != null) {
					call.cancel();
				}
			}
			case PING -> sendControl((buffer) -> buffer.beginPong(frame.callId(), loadReport()));
			case PONG -> logger.trace("Pong from {}", this.peer);
			default -> throw new ProtocolException("frame of type " + frame.type() + " from a client");
		}
		return true;
	}

	/**
	 * {@return whether this thread still has the turn}
	 */
	private boolean begin(Frame frame, Turn mine) throws IOException {
		awaitReadyToAnswer();
		if (isForgotten(this.lastReceivedNanos)) {
			// Safe to try again, as it will be on the connection that takes this one's
			// place
			refuse(frame.callId(), Status.DRAINING, "what proved who the client is has expired; it has to connect anew",
					Duration.ZERO);
			return true;
		}
		ServerCall call = enter(frame);
		long now = System.nanoTime();
		if (call == null || !this.server.admit(call, now)) {
			return true;
		}
		if (call.isSlow()) {
			call.hold();
			call.runElsewhere();
			return true;
		}
		if (now - this.batchSinceNanos > MAX_BATCH_NANOS) {
			flush();
			this.batchSinceNanos = now;
		}
		mine.enter(call, now);
		this.server.monitor().begins();
		call.run(now);
		return mine.leave();
	}

	/** Takes nothing more from a client that does not take its answers. */
	private void awaitReadyToAnswer() throws IOException {
		try {
			if (!this.writer.hasRoom()) {
				flush();
				if (!this.writer.awaitRoom(System.nanoTime() + this.server.settings().writeTimeout().toNanos())) {
					throw new IOException("the client does not read its answers");
				}
			}
		}
		catch (TransportException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private @Nullable ServerCall enter(Frame frame) throws ProtocolException {
		Map<String, String> headers = frame.headers();
		RequestHandler handler = null;
		try {
			handler = this.server.route(frame.methodId());
			handler.authorize(this.identity, this.peer, headers);
			handler.enter();
			return new ServerCall(this, frame, headers, handler, this.lastReceivedNanos);
		}
		catch (RefusedException ex) {
			if (handler != null) {
				handler.refused(ex.status(), headers);
			}
			refuse(frame.callId(), ex.status(), String.valueOf(ex.getMessage()), ex.retryAfter());
			return null;
		}
	}

	/** Keeps a call within reach that will not run on the thread that reads. */
	void hold(ServerCall call) {
		this.running.put(call.id(), call);
	}

	/**
	 * Has another thread do something.
	 * @param task what
	 * @param otherwise what this thread does if there is none
	 */
	void runElsewhere(Runnable task, Runnable otherwise) {
		try {
			this.server.workers().execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// There is no thread to be had, be it by the pool or by the system.
			otherwise.run();
		}
	}

	Admission admission() {
		return this.server.admission();
	}

	/** Called once for each call, when it is answered or dropped. */
	void ended(ServerCall call) {
		this.running.remove(call.id(), call);
	}

	/**
	 * Looks after the connection, every millisecond while calls run.
	 * @param now the time
	 * @return whether anything is going on
	 */
	boolean tick(long now) {
		Turn current = this.turn;
		ServerCall slow = current.takeFromLongRunning(now, LONG_NANOS);
		if (slow != null) {
			this.running.put(slow.id(), slow);
			if (slow.isAnswered()) {
				// It may have ended before it was put there, and nobody would remove it.
				this.running.remove(slow.id(), slow);
			}
			readElsewhere();
		}
		for (ServerCall call : this.running.values()) {
			call.interruptIfOverdue(now);
		}
		TransportServerSettings settings = this.server.settings();
		if (isForgotten(now)) {
			sayThatItIsOver(now);
		}
		if (this.writer.writingNanos(now) > settings.writeTimeout().toNanos()) {
			end("the client has read nothing for " + settings.writeTimeout().toMillis() + " ms");
		}
		else if (now - this.lastReceivedNanos > settings.idleTimeout().toNanos()) {
			end("no sign of life for idle-timeout, " + settings.idleTimeout().toMillis() + " ms");
		}
		return current.isHandling() || !this.running.isEmpty();
	}

	/**
	 * {@return whether it is no longer known who the client is}
	 */
	private boolean isForgotten(long now) {
		return this.validForNanos > 0 && now - this.madeNanos >= this.validForNanos;
	}

	/** A client that means well hangs up when it has its answers. */
	private void sayThatItIsOver(long now) {
		if (!this.saidThatItIsOver) {
			this.saidThatItIsOver = true;
			runElsewhere(this::drain, () -> end("no thread is free to say that it is over"));
		}
		else if (isQuiet() && now - this.madeNanos - this.validForNanos > FAREWELL_NANOS) {
			end("what proved who the client is has expired");
		}
	}

	private void readElsewhere() {
		runElsewhere(this::read, () -> end("no thread is free to read"));
	}

	/** Tells the client to send nothing new; blocks where it does not read. */
	void drain() {
		sendControl((buffer) -> buffer.begin(FrameType.DRAIN, 0, Hello.MAX_FRAME_SIZE));
		flush();
	}

	private void sendControl(Consumer<FrameBuffer> begin) {
		FrameBuffer buffer = FrameBuffers.take();
		try {
			begin.accept(buffer);
			buffer.finish();
			send(buffer);
		}
		finally {
			FrameBuffers.giveBack(buffer);
		}
	}

	/** Answers a call with a text, cut to what a person reads. */
	void refuse(long callId, Status status, String message, Duration retryAfter) {
		FrameBuffer buffer = FrameBuffers.take();
		try {
			long retryAfterNanos = TimeUnit.NANOSECONDS.convert(retryAfter); // saturates
			buffer.beginResponse(callId, status, retryAfterNanos, this.maxAnswerSize, loadReport());
			buffer.writeText(message);
			buffer.finish();
			send(buffer);
		}
		finally {
			FrameBuffers.giveBack(buffer);
		}
	}

	/** Sends a finished frame; the reading thread does so at the end of its batch. */
	void send(FrameBuffer frame) {
		// Whoever answers may be interrupted, and must not close the socket by it.
		boolean interrupted = Thread.interrupted();
		try {
			long deadline = System.nanoTime() + this.server.settings().writeTimeout().toNanos();
			if (!this.writer.append(frame, deadline, NOBODY)) {
				end("the client does not read its answers");
			}
			else if (!this.turn.isMine()) {
				flush(this.running.size() > 1);
			}
		}
		catch (TransportException ex) {
			logger.debug("No answer to {}: {}", this.peer, ex.getMessage());
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private void flush() {
		flush(false);
	}

	/**
	 * Writes what is queued, unless another thread does.
	 * @param shared whether the answers of others may come meanwhile
	 */
	private void flush(boolean shared) {
		try {
			if (this.writer.beginFlush()) {
				if (shared) {
					this.writer.awaitCompany();
				}
				this.writer.flush(Long.MAX_VALUE);
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			end("write failed: " + ex);
		}
	}

	/**
	 * {@return whether every call that left its place has its answer on the way} In this
	 * order: a call goes from the turn to those held, and from there to the writer.
	 */
	boolean isQuiet() {
		return this.ended.get() || this.turn.isQuiet() && this.running.isEmpty() && this.writer.isQuiet();
	}

	void end(String reason) {
		if (this.ended.compareAndSet(false, true)) {
			logger.debug("Connection of {} ends: {}", this.peer, reason);
			this.writer.close();
			this.wire.close();
			this.running.values().forEach(ServerCall::abandon);
			this.server.forget(this);
		}
	}

}
