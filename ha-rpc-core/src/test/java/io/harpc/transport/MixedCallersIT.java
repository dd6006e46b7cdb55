package io.harpc.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.concurrent.locks.LockSupport;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.faults.FaultProxy;
import io.harpc.protocol.LoadReport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Callers of every kind at once, with deadlines of microseconds to seconds, interrupts,
 * cancellations and lost connections: whatever a call is told came of it is true, every
 * call ends in time, and nothing is left behind.
 */
@Timeout(60)
class MixedCallersIT {

	private static final long RUN_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

	/** A machine that runs other builds meanwhile stops everything for that long. */
	private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

	private final Set<Long> executed = ConcurrentHashMap.newKeySet();

	private final Set<Long> executedTwice = ConcurrentHashMap.newKeySet();

	private final Queue<Long> notRun = new ConcurrentLinkedQueue<>();

	private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

	private final AtomicLong ids = new AtomicLong();

	private final AtomicLong late = new AtomicLong();

	private final AtomicBoolean stop = new AtomicBoolean();

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6 })
	void platformThreads(long seed) throws Exception {
		ThreadFactory threads = TransportFixture.daemons("mixed-caller");
		run(seed, threads, threads);
	}

	@ParameterizedTest
	@ValueSource(longs = { 11, 12, 13, 14, 15, 16 })
	void virtualAndPlatformThreads(long seed) throws Exception {
		run(seed, TransportFixture.virtualThreads(), TransportFixture.daemons("mixed-caller"));
	}

	@Test
	void virtualThreadsOnly() throws Exception {
		ThreadFactory threads = TransportFixture.virtualThreads();
		run(21, threads, threads);
	}

	TransportServerSettings server() {
		return TransportServerSettings.defaults(0).withBindAddress("127.0.0.1");
	}

	@Nullable Supplier<Encryption> encryption() {
		return null;
	}

	private void run(long seed, ThreadFactory even, ThreadFactory odd) throws Exception {
		Random random = new Random(seed);
		ExecutorService workers = Executors.newCachedThreadPool(TransportFixture.daemons("mixed-worker"));
		RequestHandler handler = handler();
		TransportServer server = new TransportServer(server(), (methodId) -> handler, () -> LoadReport.NONE,
				TransportFixture.THREADS, workers);
		Address address = new Address("127.0.0.1", server.start(""));
		boolean kills = seed % 2 == 0;
		try (TransportClient client = new TransportClient(
				TransportClientSettings.defaults().withBackoff(Duration.ofMillis(1), Duration.ofMillis(5)),
				TransportFixture.THREADS); FaultProxy proxy = new FaultProxy(address)) {
			Channel channel = client.channel(new Peer(kills ? proxy.address() : address, encryption(), null),
					ChannelListener.NONE);
			List<Caller> callers = new ArrayList<>();
			int count = 1 + random.nextInt(48);
			for (int i = 0; i < count; i++) {
				callers.add(new Caller(channel, random.nextLong(), (i % 2 == 0) ? even : odd, Way.values()[i % 5 / 2]));
			}
			disturb(callers, kills ? proxy : null, random);
			this.stop.set(true);
			for (Caller caller : callers) {
				caller.ended.get(10, TimeUnit.SECONDS);
			}
			assertThat(server.awaitIdle(Duration.ofSeconds(10))).as("no call is left running, seed %d", seed).isTrue();
		}
		finally {
			server.close();
			workers.shutdown();
		}
		assertThat(this.wrong).as("seed %d", seed).isEmpty();
		assertThat(this.executedTwice).as("seed %d", seed).isEmpty();
		assertThat(this.late).as("calls that their callers did not wait for").hasPositiveValue();
		assertThat(this.notRun).as("seed %d: called unsent or not started, and ran", seed)
			.noneMatch(this.executed::contains);
	}

	private void disturb(List<Caller> callers, FaultProxy proxy, Random random) {
		long end = System.nanoTime() + RUN_NANOS;
		while (System.nanoTime() - end < 0) {
			LockSupport.parkNanos(1_000_000 + random.nextInt(3_000_000));
			callers.get(random.nextInt(callers.size())).thread.interrupt();
			if (proxy != null && random.nextInt(10) == 0) {
				proxy.resetAll();
			}
		}
	}

	private RequestHandler handler() {
		return new RequestHandler() {

			@Override
			protected void handle(Request request, Answer answer) {
				long id = ByteBuffer.wrap(request.payload(), request.offset(), request.length()).getLong();
				if (!MixedCallersIT.this.executed.add(id)) {
					MixedCallersIT.this.executedTwice.add(id);
				}
				if (id % 50 == 0) {
					LockSupport.parkNanos(3_000_000);
				}
				answer.ok((out) -> out.write(request.payload(), request.offset(), request.length()));
				if (id % 50 == 25) {
					// Beyond the time after which the reading is taken from it.
					LockSupport.parkNanos(2_000_000);
				}
			}

		};
	}

	/** How a caller waits. */
	private enum Way {

		BLOCKING, PATIENT_FOR_A_WHILE, ASYNCHRONOUS

	}

	/** One thread that calls until it is told to stop. */
	private final class Caller {

		private final Channel channel;

		private final Random random;

		private final Way way;

		private final CompletableFuture<Void> ended = new CompletableFuture<>();

		private final Thread thread;

		Caller(Channel channel, long seed, ThreadFactory threads, Way way) {
			this.channel = channel;
			this.random = new Random(seed);
			this.way = way;
			this.thread = threads.newThread(this::run);
			this.thread.start();
		}

		private void run() {
			try {
				while (!MixedCallersIT.this.stop.get()) {
					long id = MixedCallersIT.this.ids.incrementAndGet();
					byte[] payload = new byte[8 + this.random.nextInt(this.random.nextInt(20) == 0 ? 150_000 : 300)];
					ByteBuffer.wrap(payload).putLong(id);
					long timeout = (this.random.nextInt(3) == 0) ? 5_000_000_000L
							: 1_000 + this.random.nextInt(5_000_000);
					long start = System.nanoTime();
					call(id, payload, Deadline.afterNanos(timeout));
					long late = System.nanoTime() - start - timeout;
					if (late > LATE_NANOS) {
						MixedCallersIT.this.wrong.add("late by " + late / 1_000_000 + " ms");
					}
					Thread.interrupted();
				}
				this.ended.complete(null);
			}
			catch (RuntimeException | ExecutionException ex) {
				this.ended.completeExceptionally(ex);
			}
		}

		private void call(long id, byte[] payload, Deadline deadline) throws ExecutionException {
			try {
				switch (this.way) {
					case BLOCKING ->
						judge(id, payload, this.channel.call(1, deadline, Map.of(), (out) -> out.write(payload)), null);
					case PATIENT_FOR_A_WHILE -> callWithPatience(id, payload, deadline);
					case ASYNCHRONOUS -> callAsync(id, payload, deadline);
				}
			}
			catch (TransportException ex) {
				judge(id, payload, null, ex);
			}
		}

		private void callWithPatience(long id, byte[] payload, Deadline deadline)
				throws TransportException, ExecutionException {
			long patience = this.random.nextInt(this.random.nextInt(10) == 0 ? 6_000_000 : 300_000) - 1_000;
			Late late = new Late(id, payload);
			Response response = this.channel.call(1, deadline, Map.of(), (out) -> out.write(payload),
					System.nanoTime() + patience, late);
			if (response != null) {
				judge(id, payload, response, null);
				return;
			}
			MixedCallersIT.this.late.incrementAndGet();
			Runnable cancellation = late.overdue.getNow(null);
			if (cancellation == null) {
				MixedCallersIT.this.wrong.add("late without a word");
			}
			else if (this.random.nextInt(10) == 0) {
				cancellation.run();
			}
			await(late.told);
		}

		private void await(CompletableFuture<Void> told) throws ExecutionException {
			try {
				told.get();
			}
			catch (InterruptedException ex) {
				told.join();
			}
		}

		private void callAsync(long id, byte[] payload, Deadline deadline) throws ExecutionException {
			CompletableFuture<Void> told = new CompletableFuture<>();
			Runnable cancel = Answers.callAsync(this.channel, 1, deadline, Map.of(), (out) -> out.write(payload),
					(response, failure) -> {
						if (told.isDone()) {
							MixedCallersIT.this.wrong.add("told twice");
						}
						judge(id, payload, response, failure);
						told.complete(null);
					});
			if (this.random.nextInt(10) == 0) {
				cancel.run();
			}
			await(told);
		}

		/** Takes what comes of a call, once, and after it was said to be overdue. */
		private final class Late implements LateAnswer {

			private final long id;

			private final byte[] payload;

			private final CompletableFuture<Runnable> overdue = new CompletableFuture<>();

			private final CompletableFuture<Void> told = new CompletableFuture<>();

			Late(long id, byte[] payload) {
				this.id = id;
				this.payload = payload;
			}

			@Override
			public void overdue(Runnable cancellation) {
				if (!this.overdue.complete(cancellation)) {
					MixedCallersIT.this.wrong.add("overdue twice");
				}
			}

			@Override
			public void accept(Response response, TransportException failure) {
				if (!this.overdue.isDone()) {
					MixedCallersIT.this.wrong.add("told before it was overdue");
				}
				judge(this.id, this.payload, response, failure);
				if (!this.told.complete(null)) {
					MixedCallersIT.this.wrong.add("told twice");
				}
			}

		}

		private void judge(long id, byte[] payload, Response response, TransportException failure) {
			Outcome outcome = (response != null) ? response.status().outcome() : failure.outcome();
			switch (outcome) {
				case SUCCEEDED -> {
					if (!MixedCallersIT.this.executed.contains(id)) {
						MixedCallersIT.this.wrong.add("answered and not run");
					}
					if (!Arrays.equals(payload, 0, payload.length, response.payload(), response.offset(),
							response.offset() + response.length())) {
						MixedCallersIT.this.wrong.add("answer of another call");
					}
				}
				case NOT_SENT, NOT_STARTED, EXPIRED -> MixedCallersIT.this.notRun.add(id);
				case UNKNOWN -> {
				}
				default -> MixedCallersIT.this.wrong.add("outcome " + outcome);
			}
		}

	}

}
