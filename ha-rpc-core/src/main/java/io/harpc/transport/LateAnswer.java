package io.harpc.transport;

import org.jspecify.annotations.Nullable;

/**
 * Takes what comes of a call whose caller did not wait for its end.
 * <p>
 * Of a call that blocks for a while: first {@link #overdue} is called, on the thread of
 * the caller; after that has returned, {@link #accept} is called exactly once, on any
 * thread, which it must not block: with the answer, or with the reason why there is none,
 * the deadline and the cancellation being reasons too. If it ends in time neither is
 * called.
 * <p>
 * Of an asynchronous call: {@link #overdue} is called once if the answer is late, and
 * {@link #accept} once in any case, perhaps at the same time, on threads of the
 * transport's.
 */
@FunctionalInterface
public interface LateAnswer {

	/**
	 * The answer is not there yet, and the caller, if it blocked, waits no longer. What
	 * this throws, such a caller gets thrown, and the call is cancelled without a word
	 * more. Does nothing unless it is overridden.
	 * @param cancellation gives the call up when run; to be run at any time, on any
	 * thread
	 */
	default void overdue(Runnable cancellation) {
	}

	/**
	 * It is known what came of the call: one of the two.
	 * @param response the answer
	 * @param failure why there is none
	 */
	void accept(@Nullable Response response, @Nullable TransportException failure);

}
