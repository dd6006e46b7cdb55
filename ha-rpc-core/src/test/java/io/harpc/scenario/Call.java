package io.harpc.scenario;

import java.util.List;

import io.harpc.Attempt;
import io.harpc.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * One call as its caller saw it. Times are of the monotonic clock, which on Linux all
 * processes share.
 *
 * @param id of this call alone
 * @param idempotent whether its method may run twice
 * @param start just before the call
 * @param deadline when it had to end
 * @param end when it ended, or when it was given up
 * @param outcome what came of it, {@code null} if it never ended
 * @param attempts what was tried, as the exception says; empty for a call that succeeded
 * @param text the answer, or the exception
 */
record Call(long id, boolean idempotent, long start, long deadline, long end, @Nullable Outcome outcome,
		List<Attempt> attempts, String text) {

	static Call begun(long id, boolean idempotent, long start, long timeoutNanos) {
		return new Call(id, idempotent, start, start + timeoutNanos, 0, null, List.of(), "no end");
	}

	Call ended(long at, Outcome how, List<Attempt> tried, String what) {
		return new Call(this.id, this.idempotent, this.start, this.deadline, at, how, tried, what);
	}

	boolean succeeded() {
		return this.outcome == Outcome.SUCCEEDED;
	}

	/** For a file to look into. */
	String line() {
		return this.id + " " + this.start + " " + this.end + " " + this.outcome + " " + this.text;
	}

	/** For a message: enough to find it in the logs. */
	@Override
	public String toString() {
		return (this.idempotent ? "read " : "write ") + this.id + " (" + this.outcome + " after "
				+ (this.end - this.start) / 1_000_000 + " ms" + (succeeded() ? "" : ": " + this.text) + ")";
	}

}
