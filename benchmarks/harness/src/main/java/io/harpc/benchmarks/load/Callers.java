package io.harpc.benchmarks.load;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

import org.jspecify.annotations.Nullable;

/**
 * How many threads call at once, and of which kind.
 *
 * @param count how many
 * @param virtual whether they are virtual threads, for which a JDK of 21 or later is
 * needed
 */
public record Callers(int count, boolean virtual) {

	private static final @Nullable MethodHandle START_VIRTUAL = find();

	public Callers {
		if (count < 1) {
			throw new IllegalArgumentException("callers: " + count + " (expected: 1 or more)");
		}
	}

	/**
	 * Reads callers as {@link #toString} writes them.
	 * @param text a number of platform threads, or a number of virtual ones with a v in
	 * front
	 * @return the callers
	 */
	public static Callers of(String text) {
		boolean virtual = text.startsWith("v");
		return new Callers(Integer.parseInt(virtual ? text.substring(1) : text), virtual);
	}

	/**
	 * Starts one of the threads.
	 * @param task what it does
	 * @throws IllegalStateException if the thread cannot be had
	 */
	@SuppressWarnings("checkstyle:IllegalCatch")
	void start(Runnable task) {
		if (!this.virtual) {
			Thread thread = new Thread(task, "caller");
			thread.setDaemon(true);
			thread.start();
			return;
		}
		if (START_VIRTUAL == null) {
			throw new IllegalStateException(
					"virtual threads on JDK " + Runtime.version().feature() + " (expected: 21 or later)");
		}
		try {
			Object started = START_VIRTUAL.invoke(task);
			if (started == null) {
				throw new IllegalStateException("no virtual thread");
			}
		}
		catch (Throwable ex) { // invoke declares it
			throw new IllegalStateException("virtual thread", ex);
		}
	}

	/** The caller's own threads are started by reflection: the bytecode is that of 17. */
	private static @Nullable MethodHandle find() {
		try {
			return MethodHandles.publicLookup()
				.findStatic(Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class));
		}
		catch (ReflectiveOperationException ex) {
			return null; // before JDK 21
		}
	}

	@Override
	public String toString() {
		return (this.virtual ? "v" : "") + this.count;
	}

}
