package io.harpc.protocol;

import java.lang.ref.SoftReference;
import java.util.concurrent.ArrayBlockingQueue;

import org.jspecify.annotations.Nullable;

/**
 * Arrays of large frames, used again: to allocate and clear one takes longer than to fill
 * it, and the collector treats large arrays apart. A few are kept, while there is memory.
 * Thread-safe.
 */
final class LargeArrays {

	/** Smaller ones cost next to nothing. */
	static final int MIN = 64 * 1024;

	private static final int MAX = 4 * 1024 * 1024;

	private static final int MAX_KEPT = 4;

	private static final ArrayBlockingQueue<SoftReference<byte[]>> KEPT = new ArrayBlockingQueue<>(MAX_KEPT);

	private LargeArrays() {
	}

	/**
	 * {@return an array of that size at least, which may hold anything}
	 */
	static byte[] take(int size) {
		if (size > MIN && size <= MAX) {
			SoftReference<byte[]> reference = KEPT.poll();
			byte @Nullable [] kept = (reference != null) ? reference.get() : null;
			if (kept != null && kept.length >= size) {
				return kept;
			}
		}
		return new byte[size];
	}

	/** Takes back an array that nobody uses any more. */
	static void giveBack(byte[] array) {
		if (array.length > MIN && array.length <= MAX) {
			KEPT.offer(new SoftReference<>(array));
		}
	}

}
