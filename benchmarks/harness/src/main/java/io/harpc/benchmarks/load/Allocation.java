package io.harpc.benchmarks.load;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

import com.sun.management.ThreadMXBean;
import org.jspecify.annotations.Nullable;

/**
 * How much this process has allocated. Before JDK 21, which counts it, this is what the
 * threads that live now have: those that have ended are missing.
 */
public final class Allocation {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final @Nullable Method TOTAL = find();

	private Allocation() {
	}

	/**
	 * Counts.
	 * @return bytes since the start, the dead included
	 */
	public static long bytesSoFar() {
		if (TOTAL != null) {
			try {
				return (long) TOTAL.invoke(THREADS);
			}
			catch (IllegalAccessException | InvocationTargetException ex) {
				throw new IllegalStateException(TOTAL.getName(), ex);
			}
		}
		long[] allocated = THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds());
		return Arrays.stream(allocated).filter((bytes) -> bytes > 0).sum();
	}

	private static @Nullable Method find() {
		try {
			return ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes");
		}
		catch (NoSuchMethodException ex) {
			return null; // before JDK 21
		}
	}

}
