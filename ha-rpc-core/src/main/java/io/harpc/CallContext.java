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
 */
public record CallContext(ServiceKey service, String method, String peer, Deadline deadline,
		Map<String, String> headers) {

	private static final ThreadLocal<@Nullable CallContext> CURRENT = new ThreadLocal<>();

	public CallContext {
		headers = Map.copyOf(headers);
	}

	/**
	 * The context of the call that this thread is serving.
	 * @return the context, or {@code null} outside a handler
	 */
	public static @Nullable CallContext current() {
		return CURRENT.get();
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
			if (former == null) {
				CURRENT.remove();
			}
			else {
				CURRENT.set(former);
			}
		}
	}

}
