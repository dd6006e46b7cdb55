package io.harpc.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of a client's connection: leader and followers. One waiting platform
 * thread reads for all, and on its own answer passes the reading on. For virtual threads
 * and asynchronous calls the connection's own reader thread does it, and also while
 * nobody waits, so that the end of the stream and a drain are seen at once.
 * <p>
 * {@link #reader} says who has it. A thread that gives it up wakes another that may take
 * it; a thread that stops waiting without having taken it does so too; and a thread that
 * begins to wait takes it where nobody has it. So no wake-up is lost. A thread that goes
 * on before its call ends leaves the call to the reader thread before it does any of
 * that.
 */
final class Reading {

	/** How long a thread that reads may fail to see that it is interrupted. */
	private static final int READ_POLL_MILLIS = 100;

	/** A connection that nobody has used for this long goes to the reader thread. */
	private static final long IDLE_NANOS = 4_000_000;

	private final ClientConnection connection;

	private final Socket socket;

	private final InputStream in;

	private final FrameReader frames;

	private final CallTable calls;

	private final PoliteSpin spin = new PoliteSpin();

	/** The thread that has the reading. */
	private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>();

	private final PoliteYield yield = new PoliteYield(this.reader);

	private final Thread readerThread;

	private volatile boolean readerWanted = true;

	private volatile long lastReceivedNanos = System.nanoTime();

	/** Of the thread that reads, like all that follow. */
	private int readTimeoutMillis;

	private boolean answeredReader;

	Reading(ClientConnection connection, Handshake handshake, CallTable calls, ThreadFactory threads)
			throws IOException {
		this.connection = connection;
		this.socket = handshake.wire().socket();
		this.in = handshake.wire().in();
		this.frames = handshake.frames();
		this.calls = calls;
		this.readTimeoutMillis = this.socket.getSoTimeout();
		this.readerThread = threads.newThread(this::readWhenWanted);
	}

	void start() {
		this.readerThread.start();
	}

	long lastReceivedNanos() {
		return this.lastReceivedNanos;
	}

	/**
	 * Blocks until the call is done, or its thread no longer waits, and reads for all if
	 * nobody else does.
	 * @return the call that goes on without its thread, {@code null} if it is done
	 */
	@Nullable PendingCall await(PendingCall call) {
		try {
			while (!call.isDone()) {
				PendingCall late = call.isLate() ? this.calls.makeLate(call) : null;
				if (late != null) {
					return late;
				}
				if (call.mayRead() && take()) {
					readUntilDone(call);
				}
				else if (!call.mayRead() || !this.yield.await(call)) {
					call.park(this);
				}
				if (Thread.currentThread().isInterrupted()) {
					this.connection.interrupted(call);
				}
			}
			return null;
		}
		finally {
			if (!call.isDone()) {
				this.calls.remove(call);
			}
			if (this.reader.get() == null) {
				passOn();
			}
		}
	}

	private boolean take() {
		return this.reader.get() == null && this.reader.compareAndSet(null, Thread.currentThread());
	}

	private void readUntilDone(PendingCall call) {
		try {
			deliverBuffered();
			while (!call.isDone() && !Thread.currentThread().isInterrupted()) {
				long now = System.nanoTime();
				long remaining = call.patientUntilNanos() - now;
				if (remaining <= 0) {
					this.connection.endIfOverdue(call, now);
					return;
				}
				if (this.calls.size() > 1 || !this.spin.await(this.in)) {
					setReadTimeout((int) Math.min(READ_POLL_MILLIS, remaining / 1_000_000 + 1));
				}
				fill();
				deliverBuffered();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			failed(ex);
		}
		finally {
			this.reader.set(null);
		}
	}

	/** The life of the reader thread: it reads when no caller does. */
	private void readWhenWanted() {
		while (!this.connection.isEnded()) {
			if (this.readerWanted && take()) {
				this.readerWanted = false;
				readForOthers();
				passOn();
			}
			else {
				LockSupport.park(this);
			}
		}
	}

	/**
	 * Reads until it has answered a thread that can read for itself, and nobody else
	 * waits.
	 */
	private void readForOthers() {
		try {
			setReadTimeout(0);
			this.answeredReader = false;
			deliverBuffered();
			while (!this.answeredReader || this.calls.needReader()) {
				this.answeredReader = false;
				fill();
				deliverBuffered();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			failed(ex);
		}
		finally {
			this.reader.set(null);
		}
	}

	/** Asks the reader thread to read, for somebody who cannot. */
	void want() {
		this.readerWanted = true;
		if (this.reader.get() == null) {
			LockSupport.unpark(this.readerThread);
		}
	}

	/** Wakes a thread that may read, if anybody still waits for an answer. */
	private void passOn() {
		if (this.calls.needReader()) {
			want();
			return;
		}
		PendingCall next = this.calls.possibleReader();
		if (next != null) {
			next.wake();
		}
	}

	/**
	 * Has the reader thread read where nobody does.
	 * @param now the time
	 * @return whether somebody reads
	 */
	boolean tick(long now) {
		if (this.reader.get() != null) {
			return true;
		}
		if (this.calls.needReader() || this.calls.size() == 0 && now - this.lastReceivedNanos > IDLE_NANOS) {
			want();
		}
		return false;
	}

	/** The connection has ended: the reader thread may go. */
	void end() {
		LockSupport.unpark(this.readerThread);
	}

	private void setReadTimeout(int millis) throws IOException {
		if (millis != this.readTimeoutMillis) {
			this.socket.setSoTimeout(millis);
			this.readTimeoutMillis = millis;
		}
	}

	private void fill() throws IOException {
		try {
			this.frames.fill();
			this.lastReceivedNanos = System.nanoTime();
		}
		catch (SocketTimeoutException ex) {
			// Time to look at the deadline and the interrupt again.
		}
	}

	private void deliverBuffered() throws IOException {
		Frame frame;
		while ((frame = this.frames.next()) != null) {
			this.answeredReader |= this.connection.deliver(frame);
		}
	}

	/** No thread can know where the next frame begins: the connection cannot go on. */
	private void failed(Throwable ex) {
		boolean says = ex instanceof EOFException || ex instanceof ProtocolException;
		this.connection.fail(says ? String.valueOf(ex.getMessage()) : "read failed: " + ex);
	}

}
