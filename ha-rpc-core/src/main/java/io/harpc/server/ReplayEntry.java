package io.harpc.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.harpc.CallObserver;
import io.harpc.Deadline;
import io.harpc.protocol.Status;
import io.harpc.transport.Answer;
import io.harpc.transport.PayloadWriter;

/**
 * One call with an idempotency key, and its answer as soon as there is one. Thread-safe.
 */
final class ReplayEntry {

	private static final byte[] NOTHING = {};

	private static final Kept LOST = new Kept(Status.NOT_REPLAYABLE, NOTHING,
			"the first try ran here, but its answer is not known: it was interrupted, or its answer could not be kept");

	/** Nobody waits any more; the answer may still come. */
	private static final Kept LATE = new Kept(Status.EXPIRED, NOTHING, "");

	private final ReplayCache.Id id;

	private final long bornNanos;

	private final ReplayCache cache;

	private final AtomicBoolean begun = new AtomicBoolean();

	private final CompletableFuture<Kept> answer = new CompletableFuture<>();

	/** Guarded by the cache's lock, with what it has been added to. */
	private volatile int bytes;

	private volatile boolean abandoned;

	ReplayEntry(ReplayCache.Id id, long bornNanos, ReplayCache cache) {
		this.id = id;
		this.bornNanos = bornNanos;
		this.cache = cache;
		this.bytes = id.bytes();
	}

	/**
	 * {@return an entry that answers without anything having been run}
	 */
	static ReplayEntry refusing(ReplayCache cache, Status status, String text) {
		ReplayEntry entry = new ReplayEntry(new ReplayCache.Id(0, "", ""), 0, cache);
		entry.begun.set(true);
		entry.answer.complete(new Kept(status, NOTHING, text));
		return entry;
	}

	ReplayCache.Id id() {
		return this.id;
	}

	long bornNanos() {
		return this.bornNanos;
	}

	int bytes() {
		return this.bytes;
	}

	/** Whether nobody runs it whose answer would still be waited for. */
	boolean isForgettable() {
		return this.abandoned || this.answer.isDone();
	}

	/**
	 * {@return {@code true} for the one caller that is to run the call}
	 */
	boolean begin() {
		return this.begun.compareAndSet(false, true);
	}

	/**
	 * Answers a further try as the first one is, or will be, without holding a thread.
	 * @param to takes the answer
	 * @param deadline when nobody waits any more
	 * @param observed is told what came of it
	 */
	void replay(Answer to, Deadline deadline, CallObserver.Observed observed) {
		CompletableFuture<Kept> awaited = this.answer.copy();
		if (!awaited.isDone()) {
			awaited.completeOnTimeout(LATE, Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
		}
		awaited.thenAccept((kept) -> kept.sendTo(to, observed));
	}

	/**
	 * Keeps what the first try is answered.
	 * @param to takes the answer all the same
	 * @return what the handler is to answer
	 */
	Answer recording(Answer to) {
		return new Recorder(to);
	}

	/** It ran, perhaps in part, and there will be no answer to repeat. */
	void lost() {
		settle(LOST);
	}

	private void settle(Kept kept) {
		if (this.answer.complete(kept)) {
			this.cache.answered(this, kept.payload.length);
		}
	}

	/** Called by the cache, under its lock. */
	void add(int moreBytes) {
		this.bytes += moreBytes;
	}

	/**
	 * An answer to be repeated.
	 *
	 * @param status its status
	 * @param payload the payload, of an answer that has one
	 * @param text the text of any other
	 */
	private record Kept(Status status, byte[] payload, String text) implements PayloadWriter {

		@Override
		public void writeTo(OutputStream out) throws IOException {
			out.write(this.payload);
		}

		private void sendTo(Answer to, CallObserver.Observed observed) {
			switch (this.status) {
				case OK -> to.ok(this);
				case EXCEPTION -> to.exception(this);
				case EXPIRED -> to.giveUp();
				default -> to.refuse(this.status, this.text, Duration.ZERO);
			}
			observed.end(this.status.outcome(), null);
		}

	}

	private final class Recorder implements Answer {

		private final Answer to;

		private Recorder(Answer to) {
			this.to = to;
		}

		@Override
		public void ok(PayloadWriter result) {
			Kept kept = keep(Status.OK, result);
			this.to.ok((kept != LOST) ? kept : result);
			settle(kept);
		}

		@Override
		public void exception(PayloadWriter exception) {
			Kept kept = this.to.isInterrupted() ? LOST : keep(Status.EXCEPTION, exception);
			this.to.exception((kept != LOST) ? kept : exception);
			settle(kept);
		}

		private Kept keep(Status status, PayloadWriter writer) {
			try {
				Bounded buffer = new Bounded(ReplayEntry.this.cache.maxBytes());
				writer.writeTo(buffer);
				return new Kept(status, buffer.toByteArray(), "");
			}
			catch (IOException | RuntimeException | Error ex) {
				// Its caller is told why, when it is written for that.
				return LOST;
			}
		}

		@Override
		public void refuse(Status status, String message, Duration retryAfter) {
			ReplayEntry.this.cache.remove(ReplayEntry.this);
			settle(new Kept(status, NOTHING, message));
			this.to.refuse(status, message, retryAfter);
		}

		@Override
		public void giveUp() {
			ReplayEntry.this.abandoned = true;
			this.to.giveUp();
		}

		@Override
		public boolean isInterrupted() {
			return this.to.isInterrupted();
		}

	}

	/** Takes no more than can be kept. */
	private static final class Bounded extends OutputStream {

		private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

		private final long limit;

		private Bounded(long limit) {
			this.limit = limit;
		}

		@Override
		public void write(int b) throws IOException {
			ensure(1);
			this.bytes.write(b);
		}

		@Override
		public void write(byte[] source, int offset, int length) throws IOException {
			ensure(length);
			this.bytes.write(source, offset, length);
		}

		private void ensure(int more) throws IOException {
			if (this.bytes.size() + (long) more > this.limit) {
				throw new IOException("an answer of more than " + this.limit + " bytes is not kept");
			}
		}

		private byte[] toByteArray() {
			return this.bytes.toByteArray();
		}

	}

}
