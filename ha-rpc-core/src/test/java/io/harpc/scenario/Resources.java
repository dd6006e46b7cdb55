package io.harpc.scenario;

import java.io.File;
import java.util.Objects;

/**
 * What this process holds.
 *
 * @param threads live threads
 * @param descriptors open files and sockets, zero where the system does not tell
 * @param heapBytes used after a collection
 */
record Resources(int threads, int descriptors, long heapBytes) {

	static final int SLACK_THREADS = 5;

	static final int SLACK_DESCRIPTORS = 5;

	static final long SLACK_HEAP_BYTES = 10_000_000;

	static Resources now() {
		System.gc();
		String[] open = new File("/proc/self/fd").list();
		return new Resources(Thread.activeCount(), (open != null) ? Objects.requireNonNull(open).length : 0,
				Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
	}

}
