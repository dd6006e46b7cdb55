package io.harpc.failback;

import org.jspecify.annotations.Nullable;

/**
 * A call that waits in the journal, without its arguments, which stay on disk. For the
 * journal's thread alone.
 */
final class Pending {

	private final long id;

	private final FailbackCall heading;

	private final int length;

	/** Where its first try goes or went; the journal knows it, too. */
	@Nullable FirstTry first;

	/** Whether it is not known what came of that try. */
	boolean perhapsRan;

	/** How many tries did not succeed for a reason of its own. */
	int failures;

	/** How many of these were answered, by an exception. */
	int answers;

	/** Until when others may pass, on the monotonic clock. */
	long notBefore;

	Pending(long id, FailbackCall call) {
		this.id = id;
		this.heading = call.heading();
		this.length = call.arguments().length;
	}

	long id() {
		return this.id;
	}

	FailbackCall heading() {
		return this.heading;
	}

	/**
	 * {@return the bytes of its arguments}
	 */
	int length() {
		return this.length;
	}

	@Override
	public String toString() {
		return "call " + this.id + " of " + this.heading;
	}

}
