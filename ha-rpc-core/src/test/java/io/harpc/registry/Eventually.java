package io.harpc.registry;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Waits for what another thread is about to do.
 */
public final class Eventually {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private Eventually() {
	}

	/**
	 * Runs an assertion again and again until it neither fails nor throws.
	 * @param assertion the assertion
	 */
	public static void eventually(ThrowingCallable assertion) {
		long end = System.nanoTime() + LIMIT.toNanos();
		while (true) {
			try {
				assertion.call();
				return;
			}
			catch (Throwable failure) {
				if (System.nanoTime() - end > 0) {
					throw new AssertionError("Not so within " + LIMIT, failure);
				}
			}
			LockSupport.parkNanos(10_000_000);
		}
	}

}
