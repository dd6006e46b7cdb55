package io.harpc.scenario;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * Notices when this JVM does not run at all, because of a collection or because others
 * have the processors: what is late then is nobody's fault.
 */
final class Stalls implements AutoCloseable {

	private static final long LOOK_NANOS = 5_000_000;

	private static final long WORTH_NOTING_NANOS = 50_000_000;

	private final List<Stall> seen = new CopyOnWriteArrayList<>();

	private volatile boolean stopped;

	Stalls() {
		Thread thread = new Thread(this::look, "stalls");
		thread.setDaemon(true);
		thread.start();
	}

	List<Stall> seen() {
		return this.seen;
	}

	@Override
	public void close() {
		this.stopped = true;
	}

	private void look() {
		long last = System.nanoTime();
		while (!this.stopped) {
			LockSupport.parkNanos(LOOK_NANOS);
			long now = System.nanoTime();
			if (now - last > WORTH_NOTING_NANOS) {
				this.seen.add(new Stall(last, now));
			}
			last = now;
		}
	}

	/**
	 * Nothing ran.
	 *
	 * @param from on the clock of {@link Call}
	 * @param to on the same clock
	 */
	record Stall(long from, long to) {

		/** How much of it lies between two times. */
		long within(long start, long end) {
			return Math.max(0, Math.min(this.to, end) - Math.max(this.from, start));
		}

	}

}
