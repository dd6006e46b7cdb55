package io.harpc.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.Deadline;
import io.harpc.Identity;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One request that has arrived, and its answer.
 * <p>
 * The thread that runs the handler may be interrupted at the deadline, but only while it
 * is in the handler: before it touches the socket again the call becomes uninterruptible
 * and the thread's flag is cleared.
 */
final class ServerCall implements Request, Answer, Runnable {

	private static final Logger logger = LoggerFactory.getLogger(ServerCall.class);

	private static final int WAITING = 0;

	private static final int RUNNING = 1;

	private static final int INTERRUPTING = 2;

	private static final int INTERRUPTED = 3;

	private static final int DONE = 4;

	private final ServerConnection connection;

	private final Frame frame;

	private final Map<String, String> headers;

	private final RequestHandler handler;

	private final Deadline deadline;

	private final long receivedNanos;

	/** How many calls ran when this one got its place, itself included; 0 before that. */
	private int place;

	/** When it began; 0 before that. */
	private long startNanos;

	private final AtomicInteger state = new AtomicInteger(WAITING);

	private final AtomicBoolean answered = new AtomicBoolean();

	private volatile @Nullable Thread thread;

	private volatile boolean cancelled;

	private volatile boolean interrupted;

	/**
	 * Creates a call whose handler has been entered.
	 * @param connection takes the answer
	 * @param frame the request
	 * @param headers those of the frame
	 * @param handler runs it
	 * @param receivedNanos when it came
	 */
	ServerCall(ServerConnection connection, Frame frame, Map<String, String> headers, RequestHandler handler,
			long receivedNanos) {
		this.connection = connection;
		this.frame = frame;
		this.headers = headers;
		this.handler = handler;
		this.receivedNanos = receivedNanos;
		this.deadline = Deadline.at(receivedNanos + frame.timeNanos());
	}

	long id() {
		return this.frame.callId();
	}

	boolean isSlow() {
		return this.handler.isSlow();
	}

	/**
	 * It has got one of the places.
	 * @param running how many calls run with it
	 */
	void enter(int running) {
		this.place = running;
	}

	boolean isOverdue(long now) {
		return this.deadline.nanoTime() - now <= 0;
	}

	/** How long it has waited. */
	long waited(long now) {
		return now - this.receivedNanos;
	}

	/** Keeps it within reach, until it ends, of who looks after its connection. */
	void hold() {
		this.connection.hold(this);
	}

	/** Runs the call on a thread of its own. */
	void runElsewhere() {
		this.connection.runElsewhere(this,
				() -> refuse(Status.BUSY, "no thread is free", Admission.NO_THREAD_RETRY_AFTER));
	}

	boolean isCancelled() {
		return this.cancelled;
	}

	/**
	 * Answers a call that waits, if anybody listens. Not on the calling thread, which is
	 * not to be held up by the client.
	 */
	void refuseElsewhere(Status status, String message, Duration retryAfter) {
		if (this.cancelled) {
			drop();
			return;
		}
		this.connection.runElsewhere(() -> refuse(status, message, retryAfter), this::drop);
	}

	@Override
	public void run() {
		run(System.nanoTime());
	}

	/**
	 * Runs the call on this thread.
	 * @param start the time
	 */
	void run(long start) {
		if (this.cancelled) {
			drop();
			return;
		}
		if (isOverdue(start)) {
			refuse(Status.EXPIRED, "the deadline passed before the method began", Duration.ZERO);
			return;
		}
		this.startNanos = start;
		this.thread = Thread.currentThread();
		this.state.set(RUNNING);
		try {
			this.handler.handle(this, this);
		}
		catch (RuntimeException | Error ex) {
			log(Level.ERROR, "The handler of a request from {} failed", ex);
			refuse(Status.INTERNAL, "the server failed to handle the request", Duration.ZERO);
		}
		finally {
			leaveHandler();
			// Nor does an interrupt that the handler left behind: it would close the
			// socket
			// beneath a virtual thread.
			Thread.interrupted();
			this.handler.took(System.nanoTime() - start);
		}
	}

	/**
	 * Nobody waits any more: a call that has not begun never will, one that runs is
	 * interrupted.
	 */
	void cancel() {
		abandon();
		interrupt();
	}

	/** Nobody can be told any more: a call that has not begun never will. */
	void abandon() {
		this.cancelled = true;
	}

	void interruptIfOverdue(long now) {
		if (now - this.deadline.nanoTime() > 0) {
			interrupt();
		}
	}

	private void interrupt() {
		Thread runner = this.thread;
		if (runner != null && this.state.compareAndSet(RUNNING, INTERRUPTING)) {
			this.interrupted = true;
			runner.interrupt();
			this.state.set(INTERRUPTED);
		}
	}

	/** From here on the thread is not interrupted for the sake of this call. */
	private void leaveHandler() {
		if (this.thread != Thread.currentThread() || this.state.compareAndSet(RUNNING, DONE)
				|| this.state.get() == DONE) {
			return;
		}
		while (this.state.get() == INTERRUPTING) {
			Thread.onSpinWait();
		}
		this.state.set(DONE);
		// The interrupt was meant for the handler, not for what this thread does next.
		Thread.interrupted();
	}

	boolean isAnswered() {
		return this.answered.get();
	}

	private void drop() {
		if (this.answered.compareAndSet(false, true)) {
			leave();
			this.connection.ended(this);
		}
	}

	/**
	 * Leaves its place, and what else it has entered, to others. Before the answer is
	 * sent: whoever has it may call again at once, and must find the place free.
	 */
	private void leave() {
		this.handler.leave();
		if (this.place == 0) {
			return;
		}
		Admission admission = this.connection.admission();
		if (this.startNanos == 0) {
			admission.leave();
		}
		else {
			long now = System.nanoTime();
			long nanos = now - this.startNanos;
			admission.leave(nanos, this.handler.usualTime().learn(nanos, this.place), now);
		}
	}

	@Override
	public void ok(PayloadWriter result) {
		answer(Status.OK, result);
	}

	@Override
	public void exception(PayloadWriter exception) {
		if (this.interrupted) {
			// What the handler threw came of our interrupt, not of the call, whose caller
			// has
			// given up: it is never to be taken for what the method does.
			leaveHandler();
			drop();
			return;
		}
		answer(Status.EXCEPTION, exception);
	}

	@Override
	public void giveUp() {
		drop();
	}

	@Override
	public boolean isInterrupted() {
		return this.interrupted;
	}

	@Override
	public void refuse(Status status, String message, Duration retryAfter) {
		if (!begin()) {
			return;
		}
		try {
			leave();
			if (this.startNanos == 0) {
				this.handler.refused(status, this.headers);
			}
			this.connection.refuse(id(), status, message, retryAfter);
		}
		finally {
			this.connection.ended(this);
		}
	}

	private boolean begin() {
		leaveHandler();
		return this.answered.compareAndSet(false, true);
	}

	private void answer(Status status, PayloadWriter payload) {
		if (!begin()) {
			return;
		}
		FrameBuffer buffer = FrameBuffers.take();
		try {
			String problem = write(buffer, status, payload);
			leave();
			if (problem == null) {
				this.connection.send(buffer);
			}
			else {
				this.connection.refuse(id(), Status.INTERNAL, problem, Duration.ZERO);
			}
		}
		finally {
			FrameBuffers.giveBack(buffer);
			this.connection.ended(this);
		}
	}

	/**
	 * {@return what kept the answer from being written, {@code null} if nothing did}
	 */
	private @Nullable String write(FrameBuffer buffer, Status status, PayloadWriter payload) {
		int maxFrameSize = this.connection.maxAnswerSize();
		buffer.beginResponse(id(), status, 0, maxFrameSize, this.connection.loadReport());
		try {
			payload.writeTo(buffer);
			buffer.finish();
			return null;
		}
		catch (IOException | RuntimeException | Error ex) {
			if (buffer.isTooLarge()) {
				return "the method ran, but its answer takes more than max-frame-size, " + maxFrameSize + " bytes";
			}
			log(Level.WARN, "The answer to a request from {} cannot be written", ex);
			return "the method ran, but its answer cannot be written; the server's log says why";
		}
	}

	/** What the application threw may throw again when it is asked what it is. */
	private void log(Level level, String message, Throwable thrown) {
		try {
			logger.atLevel(level).log(message, peer(), thrown);
		}
		catch (RuntimeException | Error ex) {
			logger.atLevel(level)
				.log(message + ": {}, which cannot be logged because of {}", peer(), thrown.getClass(), ex.getClass());
		}
	}

	@Override
	public byte[] payload() {
		return this.frame.body();
	}

	@Override
	public int offset() {
		return this.frame.payloadOffset();
	}

	@Override
	public int length() {
		return this.frame.payloadLength();
	}

	@Override
	public Map<String, String> headers() {
		return this.headers;
	}

	@Override
	public Deadline deadline() {
		return this.deadline;
	}

	@Override
	public String peer() {
		return this.connection.peer();
	}

	@Override
	public @Nullable Identity identity() {
		return this.connection.identity();
	}

}
