package io.harpc.serialization;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/** What the current thread has asked of the heap. */
final class Allocated {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private Allocated() {
	}

	static long bytes() {
		return THREADS.getCurrentThreadAllocatedBytes();
	}

}
