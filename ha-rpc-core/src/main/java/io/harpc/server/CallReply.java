package io.harpc.server;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.protocol.Status;
import io.harpc.transport.Answer;
import io.harpc.transport.PayloadWriter;
import org.jspecify.annotations.Nullable;

/**
 * Answers one call, then tells the observer what came of it.
 */
final class CallReply {

	private final Answer answer;

	private final CallObserver.Observed observed;

	CallReply(Answer answer, CallObserver.Observed observed) {
		this.answer = answer;
		this.observed = observed;
	}

	CallObserver.Observed observed() {
		return this.observed;
	}

	void ok(PayloadWriter result) {
		Guarded guarded = new Guarded(result);
		this.answer.ok(guarded);
		this.observed.end((guarded.failure == null) ? Outcome.SUCCEEDED : Outcome.FAILED, guarded.failure);
	}

	void exception(Throwable thrown, PayloadWriter exception) {
		this.answer.exception(new Guarded(exception));
		this.observed.end(Outcome.FAILED, thrown);
	}

	void refuse(Status status, String text, @Nullable Throwable cause) {
		this.answer.refuse(status, text, Duration.ZERO);
		this.observed.end(status.outcome(), cause);
	}

	/** The method will not have answered in time. */
	void giveUp(Throwable late) {
		this.answer.giveUp();
		this.observed.end(Outcome.FAILED, late);
	}

	/** Takes what comes after it was given up, of which the observer has been told. */
	CallReply afterwards() {
		return new CallReply(this.answer, CallObserver.Observed.NOTHING);
	}

	/**
	 * Turns whatever goes wrong while a payload is written into what the transport
	 * answers as an internal error, and remembers it for the observer. A bean's getters
	 * run here, so anything may be thrown.
	 */
	private static final class Guarded implements PayloadWriter {

		private final PayloadWriter writer;

		private @Nullable Throwable failure;

		private Guarded(PayloadWriter writer) {
			this.writer = writer;
		}

		@Override
		public void writeTo(OutputStream out) throws IOException {
			try {
				this.writer.writeTo(out);
			}
			catch (IOException ex) {
				this.failure = ex;
				throw ex;
			}
			catch (RuntimeException | StackOverflowError ex) {
				this.failure = ex;
				throw new IOException("the answer cannot be written, because of " + ex.getClass(), ex);
			}
		}

	}

}
