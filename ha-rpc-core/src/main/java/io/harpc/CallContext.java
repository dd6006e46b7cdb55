package io.harpc;

import java.util.Map;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * What a handler may know of the call it is serving: who calls what, and until when.
 * Bound to the thread that runs the handler; a call made from there inherits what is left
 * of the deadline. Immutable.
 *
 * @param service the service called
 * @param method the method called, as {@code name(types)}
 * @param peer the caller's address, for a person to read
 * @param deadline when the caller stops waiting
 * @param headers what the caller sent along, trace context for example
 * @param identity who calls, {@code null} if the caller has not proven who it is
 * @param onBehalfOf for whom the caller calls, by the word of a caller that is trusted in
 * this; {@code null} for itself
 */
public record CallContext(ServiceKey service, String method, String peer, Deadline deadline,
		Map<String, String> headers, @Nullable Identity identity, @Nullable Identity onBehalfOf) {

	private static final ThreadLocal<@Nullable CallContext> CURRENT = new ThreadLocal<>();

	public CallContext {
		headers = Map.copyOf(headers);
	}

	/**
	 * Creates the context of a call by somebody who has not proven who it is.
	 * @param service the service called
	 * @param method the method called, as {@code name(types)}
	 * @param peer the caller's address, for a person to read
	 * @param deadline when the caller stops waiting
	 * @param headers what the caller sent along
	 */
	public CallContext(ServiceKey service, String method, String peer, Deadline deadline, Map<String, String> headers) {
		this(service, method, peer, deadline, headers, null, null);
	}

	/**
	 * For whom the call is made in the end.
	 * @return the one on whose behalf the caller calls, else the caller; {@code null} if
	 * the caller has not proven who it is
	 */
	public @Nullable Identity effectiveIdentity() {
		return (this.onBehalfOf != null) ? this.onBehalfOf : this.identity;
	}

	/**
	 * The context of the call that this thread is serving.
	 * @return the context, or {@code null} outside a handler
	 */
	public static @Nullable CallContext current() {
		return CURRENT.get();
	}

	/**
	 * Has a task that another thread runs inherit the context of the thread that calls
	 * this, and so the deadline. Done for every task of the executors that Spring Boot
	 * builds.
	 * @param task the task
	 * @return the task with the context, or the task itself outside a handler
	 */
	public static Runnable propagating(Runnable task) {
		CallContext context = CURRENT.get();
		return (context != null) ? () -> run(context, task) : task;
	}

	/**
	 * Has a task inherit no context: work that is begun by a call and may outlive it,
	 * whose own calls have their own time.
	 * @param task the task
	 * @return the task without a context, on whichever thread it runs
	 */
	public static Runnable detached(Runnable task) {
		return () -> run(null, task);
	}

	/**
	 * Runs a task with this context bound to the thread, and restores the former one.
	 * @param task the task
	 * @param <T> the type of its result
	 * @return its result
	 * @throws Exception what the task throws
	 */
	public <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
		CallContext former = CURRENT.get();
		CURRENT.set(this);
		try {
			return task.call();
		}
		finally {
			CURRENT.set(former);
		}
	}

	private static void run(@Nullable CallContext context, Runnable task) {
		CallContext former = CURRENT.get();
		CURRENT.set(context);
		try {
			task.run();
		}
		finally {
			CURRENT.set(former);
		}
	}

}
