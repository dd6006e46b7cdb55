package io.harpc;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * Gives a call its idempotency key where no parameter is marked {@link IdempotencyKey}:
 * {@code IdempotentCall.withKey("order-17", () -> orders.place(order))}. Thread-safe.
 */
public final class IdempotentCall {

	/** The longest key, in characters. */
	public static final int MAX_KEY_LENGTH = 200;

	private static final ThreadLocal<@Nullable String> KEY = new ThreadLocal<>();

	private IdempotentCall() {
	}

	/**
	 * Makes a call under a key. The key holds for what the task calls on this thread, so
	 * the task should make one call: a second one of the same method is taken for the
	 * same, and not run again.
	 * @param key the key, of 1 to {@value #MAX_KEY_LENGTH} characters
	 * @param task makes the call
	 * @param <T> the type of its result
	 * @return its result
	 * @throws Exception what the task throws
	 */
	public static <T extends @Nullable Object> T withKey(String key, Callable<T> task) throws Exception {
		String checked = check(key);
		String former = KEY.get();
		KEY.set(checked);
		try {
			return task.call();
		}
		finally {
			if (former == null) {
				KEY.remove();
			}
			else {
				KEY.set(former);
			}
		}
	}

	/**
	 * The key that holds for calls of this thread.
	 * @return the key, {@code null} if there is none
	 */
	public static @Nullable String currentKey() {
		return KEY.get();
	}

	/**
	 * Checks a key.
	 * @param key the key
	 * @return the key
	 * @throws IllegalArgumentException if it is empty or too long
	 */
	public static String check(String key) {
		if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
			throw new IllegalArgumentException(
					"idempotency key of " + key.length() + " characters (expected: 1 to " + MAX_KEY_LENGTH + ")");
		}
		return key;
	}

}
