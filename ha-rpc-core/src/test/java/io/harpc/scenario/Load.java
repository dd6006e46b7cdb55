package io.harpc.scenario;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.harpc.Outcome;
import io.harpc.RpcException;
import org.jspecify.annotations.Nullable;

/**
 * Calls that arrive at a rate, whatever becomes of those before them: as in the open,
 * slow answers keep nobody from calling. Two of three calls are idempotent; half of them
 * block a thread, half are asynchronous. All of that comes from the seed.
 */
final class Load implements AutoCloseable {

	/** How long after its deadline a call that has not ended is given up. */
	private static final Duration GIVE_UP = Duration.ofSeconds(5);

	private final List<Work> callers;

	private final Random random;

	private final long firstId;

	/** No more threads than calls may be under way: rate times timeout. */
	private final ExecutorService blocking = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "load");
		thread.setDaemon(true);
		return thread;
	});

	private final Map<Long, Call> calls = new ConcurrentHashMap<>();

	private final AtomicInteger underWay = new AtomicInteger();

	private final Thread generator = new Thread(this::generate, "load-generator");

	private volatile int callsPerSecond;

	private volatile boolean stopped;

	/**
	 * Begins to call.
	 * @param callers whose turn it is comes from the seed
	 * @param seed of everything that is not the same each time
	 * @param callsPerSecond the rate
	 * @param firstId the id of the first call
	 */
	Load(List<Work> callers, long seed, int callsPerSecond, long firstId) {
		this.callers = callers;
		this.random = new Random(seed);
		this.callsPerSecond = callsPerSecond;
		this.firstId = firstId;
		this.generator.setDaemon(true);
		this.generator.start();
	}

	void rate(int newCallsPerSecond) {
		this.callsPerSecond = newCallsPerSecond;
	}

	/** Ends the load and waits for the calls under way, though not for ever. */
	List<Call> stop() throws InterruptedException {
		close();
		this.generator.join();
		long giveUp = System.nanoTime() + Consumer.TIMEOUT.plus(GIVE_UP).toNanos();
		while (this.underWay.get() > 0 && System.nanoTime() - giveUp < 0) {
			LockSupport.parkNanos(1_000_000);
		}
		return this.calls.values().stream().sorted(Comparator.comparingLong(Call::id)).toList();
	}

	@Override
	public void close() {
		this.stopped = true;
		this.blocking.shutdown();
	}

	private void generate() {
		long next = System.nanoTime();
		for (long id = this.firstId; !this.stopped; id++) {
			next += (long) (-Math.log(1 - this.random.nextDouble()) * 1_000_000_000 / this.callsPerSecond);
			boolean idempotent = this.random.nextInt(3) > 0;
			boolean async = this.random.nextBoolean();
			Work work = this.callers.get(this.random.nextInt(this.callers.size()));
			for (long wait = next - System.nanoTime(); wait > 0 && !this.stopped; wait = next - System.nanoTime()) {
				LockSupport.parkNanos(wait);
			}
			if (!this.stopped) {
				call(work, id, idempotent, async);
			}
		}
	}

	private void call(Work work, long id, boolean idempotent, boolean async) {
		this.underWay.incrementAndGet();
		if (async) {
			Call call = begin(id, idempotent);
			CompletableFuture<String> answer = idempotent ? work.readAsync(id) : work.writeAsync(id);
			answer.whenComplete((text, thrown) -> end(call, text, thrown));
			return;
		}
		this.blocking.execute(() -> {
			Call call = begin(id, idempotent);
			try {
				end(call, idempotent ? work.read(id) : work.write(id), null);
			}
			catch (RuntimeException | Error ex) {
				end(call, null, ex);
			}
		});
	}

	private Call begin(long id, boolean idempotent) {
		Call call = Call.begun(id, idempotent, System.nanoTime(), Consumer.TIMEOUT.toNanos());
		this.calls.put(id, call);
		return call;
	}

	private void end(Call call, @Nullable String answer, @Nullable Throwable thrown) {
		long now = System.nanoTime();
		Throwable cause = (thrown instanceof CompletionException && thrown.getCause() != null) ? thrown.getCause()
				: thrown;
		if (cause == null) {
			this.calls.put(call.id(), call.ended(now, Outcome.SUCCEEDED, List.of(), String.valueOf(answer)));
		}
		else if (cause instanceof RpcException ex) {
			this.calls.put(call.id(), call.ended(now, ex.outcome(), ex.attempts(), String.valueOf(ex.getMessage())));
		}
		else {
			this.calls.put(call.id(), call.ended(now, Outcome.FAILED, List.of(), cause.toString()));
		}
		this.underWay.decrementAndGet();
	}

}
