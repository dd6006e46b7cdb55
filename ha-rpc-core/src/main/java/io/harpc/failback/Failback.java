package io.harpc.failback;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.RpcNotSentException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.failback.FailbackTarget.Try;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes calls that are delivered later: a call that {@link #accept} returned for is on
 * disk, and is tried until it succeeds or expires, by this run of the program or the
 * next. One thread writes the journal and begins the tries. Thread-safe.
 */
public final class Failback implements AutoCloseable {

	private static final Logger LOG = LoggerFactory.getLogger(Failback.class);

	/** For tries under way when it is closed; what they come to is asked again else. */
	private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** What one turn takes over at most, so that nobody waits long for the others. */
	private static final int MAX_BATCH = 1000;

	private final Journal journal;

	private final Capacity capacity;

	private final Deliveries deliveries;

	/**
	 * What the thread has to do. Bounded: by the capacity, and by one answer for each
	 * reference.
	 */
	private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

	private final CountDownLatch ended = new CountDownLatch(1);

	private volatile FailbackStatus status;

	private volatile boolean closed;

	private Failback(FailbackSettings settings, Journal journal) throws IOException {
		this.journal = journal;
		this.capacity = new Capacity(settings.maxEntries(), settings.maxBytes());
		Backoff backoff = new Backoff(settings.minBackoff(), settings.maxBackoff(),
				(bound) -> ThreadLocalRandom.current().nextInt(bound));
		this.deliveries = new Deliveries(settings, journal, this.capacity, backoff, Clock.systemUTC());
		this.deliveries.recover();
		this.status = this.deliveries.status();
	}

	/**
	 * Opens the journal and starts to deliver.
	 * @param settings where it is, and its limits
	 * @param threads makes the thread
	 * @return to be closed
	 * @throws JournalUnavailableException if the journal cannot be opened
	 */
	public static Failback open(FailbackSettings settings, ThreadFactory threads) {
		Failback failback;
		try {
			Journal journal = new Journal(settings.directory());
			try {
				failback = new Failback(settings, journal);
			}
			catch (IOException ex) {
				journal.close();
				throw new JournalUnavailableException(String.valueOf(ex.getMessage()), ex);
			}
		}
		catch (NoClassDefFoundError ex) {
			throw new JournalUnavailableException(
					"cluster: failback keeps calls in a file by a library that is not"
							+ " there (expected on the class path: com.h2database:h2-mvstore, or com.h2database:h2)",
					ex);
		}
		threads.newThread(failback::run).start();
		return failback;
	}

	/**
	 * Accepts a call: returns when it is on disk. A thread that is interrupted meanwhile
	 * keeps its flag.
	 * @param call the call
	 * @param deadline until when the disk may take
	 * @throws RpcNotSentException if it was not accepted, and will not be delivered
	 * @throws RpcUnknownOutcomeException if it is not known whether it will be
	 */
	public void accept(FailbackCall call, Deadline deadline) {
		String full = this.closed ? "it is closed" : this.capacity.tryTake(call.arguments().length);
		if (full != null) {
			throw refused(call, full, null);
		}
		Acceptance acceptance = new Acceptance(call);
		this.tasks.add(() -> this.deliveries.accept(acceptance));
		try {
			acceptance.get(Math.max(1, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw unfinished(acceptance, "the calling thread was interrupted while it was written");
		}
		catch (TimeoutException ex) {
			throw unfinished(acceptance, "the disk took longer than the deadline of the call");
		}
		catch (ExecutionException ex) {
			Throwable cause = ex.getCause();
			throw refused(call, (cause != null) ? String.valueOf(cause.getMessage()) : ex.toString(), cause);
		}
	}

	/**
	 * Begins to deliver the calls of a reference, those of earlier runs included.
	 * @param reference the name of the reference
	 * @param target makes the calls
	 */
	public void attach(String reference, FailbackTarget target) {
		this.tasks.add(() -> this.deliveries.attach(reference, target));
	}

	/**
	 * How the journal stands.
	 * @return a snapshot
	 */
	public FailbackStatus status() {
		return this.status;
	}

	/**
	 * Begins no further try, gives those under way a second, and closes the file. What
	 * was not delivered stays in it for the next run.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.tasks.add(() -> {
		});
		try {
			this.ended.await(2 * CLOSE_NANOS, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		try {
			long wait = 0;
			while (!this.closed) {
				runTasks(wait);
				wait = this.deliveries.turn(System.nanoTime(), this::send);
				this.status = this.deliveries.status();
			}
			finish();
		}
		catch (InterruptedException ex) {
			LOG.warn("The thread of the failback journal was interrupted: nothing is delivered any more");
			Thread.currentThread().interrupt();
		}
		finally {
			this.closed = true;
			this.journal.close();
			this.ended.countDown();
		}
	}

	private void finish() throws InterruptedException {
		this.deliveries.stop();
		long end = System.nanoTime() + CLOSE_NANOS;
		do {
			runTasks(this.deliveries.isUnderWay() ? end - System.nanoTime() : 0);
			this.deliveries.turn(System.nanoTime(), this::send);
		}
		while (this.deliveries.isUnderWay() && end - System.nanoTime() > 0);
		this.status = this.deliveries.status();
	}

	private void runTasks(long wait) throws InterruptedException {
		Runnable task = this.tasks.poll(wait, TimeUnit.NANOSECONDS);
		for (int i = 0; task != null; i++) {
			task.run();
			task = (i < MAX_BATCH) ? this.tasks.poll() : null;
		}
	}

	private void send(Pending call, Try attempt) {
		attempt.send((result) -> this.tasks.add(() -> this.deliveries.answered(call, result, System.nanoTime())));
	}

	private RpcException unfinished(Acceptance acceptance, String why) {
		if (acceptance.withdraw()) {
			return refused(acceptance.call(), why, null);
		}
		return new RpcUnknownOutcomeException(acceptance.call() + " ended " + Outcome.UNKNOWN + ": " + why
				+ ". It is perhaps in " + this.journal + ", and is delivered then.", List.of(), null);
	}

	private RpcException refused(FailbackCall call, String why, @Nullable Throwable cause) {
		return new RpcNotSentException(call + " ended " + Outcome.NOT_SENT + ": " + this.journal
				+ " did not take it for later delivery: " + why + ". The method did not run, and will not.", List.of(),
				cause);
	}

}
