package io.harpc.client;

import java.util.List;
import java.util.concurrent.Callable;

import io.harpc.Address;
import org.jspecify.annotations.Nullable;

/**
 * Gives the results of each instance for a call of a reference whose mode is
 * {@link Cluster#BROADCAST}:
 * {@code List<Result<Integer>> sizes = Broadcast.call(() -> cache.size())}. Without it
 * such a call returns the result of one instance, and throws if any failed. Thread-safe.
 */
public final class Broadcast {

	private static final ThreadLocal<@Nullable Broadcast> CURRENT = new ThreadLocal<>();

	private @Nullable List<? extends Result<?>> results;

	private Broadcast() {
	}

	/**
	 * Makes a call on all instances.
	 * @param task calls, on this thread and once, a method of such a reference that is
	 * not asynchronous
	 * @param <T> the type of the result
	 * @return what came of it at each instance; an instance that failed does not make
	 * this fail
	 * @throws Exception what the task throws: an {@link io.harpc.RpcException} if there
	 * is no instance
	 */
	@SuppressWarnings("unchecked")
	public static <T extends @Nullable Object> List<Result<T>> call(Callable<T> task) throws Exception {
		Broadcast broadcast = new Broadcast();
		Broadcast former = CURRENT.get();
		CURRENT.set(broadcast);
		try {
			task.call();
		}
		finally {
			if (former == null) {
				CURRENT.remove();
			}
			else {
				CURRENT.set(former);
			}
		}
		if (broadcast.results == null) {
			throw new IllegalStateException(
					"nothing was called on all instances (expected: a call of a reference of cluster: broadcast)");
		}
		return (List<Result<T>>) broadcast.results;
	}

	/**
	 * {@return what takes the results of each instance, {@code null} if nobody asked}
	 */
	static @Nullable Broadcast current() {
		return CURRENT.get();
	}

	void take(List<? extends Result<?>> results) {
		this.results = results;
	}

	/**
	 * What came of a call at one instance.
	 *
	 * @param instance where it listens
	 * @param value what the method returned, {@code null} if it failed
	 * @param failure what a caller of this instance alone would have got thrown,
	 * {@code null} if it succeeded
	 * @param <T> the type of the result
	 */
	public record Result<T extends @Nullable Object>(Address instance, @Nullable T value, @Nullable Throwable failure) {

	}

}
