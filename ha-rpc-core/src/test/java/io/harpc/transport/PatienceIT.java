package io.harpc.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.faults.Fault;
import io.harpc.faults.FaultProxy;
import io.harpc.faults.Moment;
import io.harpc.faults.Moment.Direction;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Callers that wait for a while only, and what becomes of their calls.
 */
@Timeout(60)
class PatienceIT {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration SHORT = Duration.ofMillis(30);

	private TransportFixture fixture;

	private Channel channel;

	private final Told told = new Told();

	@BeforeEach
	void start() throws Exception {
		this.fixture = new TransportFixture(TransportServerSettings.defaults(0).withBindAddress("127.0.0.1"),
				TransportClientSettings.defaults().withConnections(1));
		this.channel = this.fixture.channel();
		echo();
	}

	@AfterEach
	void nothingIsLeft() {
		TransportFixture.await("no call runs", () -> this.fixture.server.runningCalls() == 0);
		this.fixture.close();
	}

	@ParameterizedTest
	@EnumSource
	void answerInTimeIsReturnedAndNothingTold(Callers callers) throws Exception {
		assertThat(callers.call(() -> call(TransportFixture.ECHO, 1, LONG, LONG))).isNotNull();
		assertThat(this.told.events).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void callGoesOnWithoutItsCaller(Callers callers) throws Exception {
		long start = System.nanoTime();
		assertThat(callers.call(() -> call(TransportFixture.SLEEP, 1_000, LONG, SHORT))).isNull();
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
		assertThat(this.told.events).as("its caller was back before").containsExactly("overdue");
		assertThat(this.told.end().status()).isEqualTo(Status.OK);
		assertThat(this.told.events).containsExactly("overdue", "answer");
	}

	@ParameterizedTest
	@EnumSource
	void lateCallEndsAtItsDeadline(Callers callers) throws Exception {
		long start = System.nanoTime();
		Duration timeout = Duration.ofMillis(100);
		callers.call(() -> call(TransportFixture.STUBBORN, 1_500, timeout, SHORT));
		TransportException failure = this.told.failure();
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout.toNanos());
		assertThat(this.fixture.server.runningCalls()).as("it has not waited for the handler").isOne();
		assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
		assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
	}

	@ParameterizedTest
	@EnumSource
	void deadlineBeforeTheEndOfPatienceEndsTheCallAsEver(Callers callers) {
		assertThat(callers.failure(() -> call(TransportFixture.STUBBORN, 500, SHORT, LONG)))
			.isInstanceOfSatisfying(TransportException.class, (ex) -> assertThat(ex.kind()).isEqualTo(Kind.TIMEOUT));
		assertThat(this.told.events).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whoHasNoPatienceSendsAllTheSame(Callers callers) throws Exception {
		assertThat(callers.call(() -> call(TransportFixture.SLEEP, 50, LONG, Duration.ofSeconds(-1)))).isNull();
		assertThat(this.told.end().status()).isEqualTo(Status.OK);
	}

	@ParameterizedTest
	@EnumSource
	void lateCallIsCancelledOnceAndItsHandlerInterrupted(Callers callers) throws Exception {
		callers.call(() -> call(TransportFixture.UNTIL_INTERRUPTED, 1, LONG, SHORT));
		this.told.cancellation.run();
		this.told.cancellation.run();
		assertThat(this.told.failure().kind()).isEqualTo(Kind.CANCELLED);
		assertThat(this.told.failure().outcome()).isEqualTo(Outcome.UNKNOWN);
		TransportFixture.await("the handler is interrupted", () -> this.fixture.interrupts.get() == 1);
		echo();
		assertThat(this.told.events).containsExactly("overdue", "failure");
	}

	@ParameterizedTest
	@EnumSource
	void callCancelledAtOnceIsToldAfterwards(Callers callers) throws Exception {
		this.told.whenOverdue = () -> {
			this.told.cancellation.run();
			assertThat(this.told.events).containsExactly("overdue");
		};
		callers.call(() -> call(TransportFixture.UNTIL_INTERRUPTED, 1, LONG, SHORT));
		assertThat(this.told.failure().kind()).isEqualTo(Kind.CANCELLED);
	}

	@ParameterizedTest
	@EnumSource
	void answerThatComesWhileTheCallerIsBeingToldComesAfterwards(Callers callers) throws Exception {
		this.told.whenOverdue = () -> {
			TransportFixture.await("answered", () -> this.fixture.server.runningCalls() == 0);
			quietly(this::echo);
			assertThat(this.told.events).containsExactly("overdue");
		};
		callers.call(() -> call(TransportFixture.SLEEP, 100, LONG, SHORT));
		assertThat(this.told.end().status()).isEqualTo(Status.OK);
	}

	@ParameterizedTest
	@EnumSource
	void errorOfWhoIsToldReachesTheCallerAndCancelsTheCall(Callers callers) {
		this.told.whenOverdue = () -> {
			throw new IllegalStateException("thrown on purpose");
		};
		assertThat(callers.failure(() -> call(TransportFixture.UNTIL_INTERRUPTED, 1, LONG, SHORT)))
			.hasMessage("thrown on purpose");
		TransportFixture.await("the handler is interrupted", () -> this.fixture.interrupts.get() == 1);
		TransportFixture.await("it ends", () -> this.fixture.server.runningCalls() == 0);
		assertThat(this.told.events).containsExactly("overdue");
	}

	@ParameterizedTest
	@EnumSource
	void lostConnectionEndsALateCall(Callers callers) throws Exception {
		callers.call(() -> call(TransportFixture.STUBBORN, 300, LONG, SHORT));
		this.fixture.server.close();
		assertThat(this.told.failure().kind()).isEqualTo(Kind.LOST);
		assertThat(this.told.failure().outcome()).isEqualTo(Outcome.UNKNOWN);
	}

	@ParameterizedTest
	@EnumSource
	void connectionLostWhileTheCallerIsBeingToldEndsTheCall(Callers callers) throws Exception {
		this.told.whenOverdue = this.fixture.server::close;
		callers.call(() -> call(TransportFixture.STUBBORN, 300, LONG, SHORT));
		assertThat(this.told.failure().kind()).isEqualTo(Kind.LOST);
	}

	@ParameterizedTest
	@EnumSource
	void interruptEndsTheCallOfWhoStillWaits(Callers callers) throws Exception {
		CompletableFuture<Object> outcome = new CompletableFuture<>();
		Thread caller = callers.threads().newThread(() -> {
			TransportException failure = catchThrowableOfType(TransportException.class,
					() -> call(TransportFixture.UNTIL_INTERRUPTED, 1, LONG, LONG));
			outcome.complete(Thread.currentThread().isInterrupted() ? failure.kind() : "flag lost");
		});
		int before = this.fixture.executions.get();
		caller.start();
		TransportFixture.await("it runs", () -> this.fixture.executions.get() > before);
		caller.interrupt();
		assertThat(outcome.get(5, TimeUnit.SECONDS)).isEqualTo(Kind.CANCELLED);
		assertThat(this.told.events).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whoGoesOnPassesTheReadingOn(Callers callers) throws Exception {
		CompletableFuture<Void> goesOn = inBackground(TransportFixture.THREADS,
				() -> call(TransportFixture.SLEEP, 1_500, LONG, Duration.ofMillis(100)));
		inBackground(callers.threads(), this::sleepAndAnswer).get(10, TimeUnit.SECONDS);
		assertThat(this.told.events).as("others need not wait for its answer").containsExactly("overdue");
		goesOn.get(10, TimeUnit.SECONDS);
		assertThat(this.told.end().status()).isEqualTo(Status.OK);
	}

	@ParameterizedTest
	@EnumSource
	void whoFollowsGoesOnToo(Callers callers) throws Exception {
		CompletableFuture<Void> reader = inBackground(TransportFixture.THREADS, () -> TransportFixture
			.call(this.channel, TransportFixture.SLEEP, LONG, TransportFixture.number(1_500)));
		assertThat(callers.call(() -> call(TransportFixture.SLEEP, 300, LONG, SHORT))).isNull();
		assertThat(this.told.events).containsExactly("overdue");
		this.told.end();
		assertThat(reader).as("its answer has not waited for that of the reader").isNotDone();
		reader.get(10, TimeUnit.SECONDS);
	}

	private void sleepAndAnswer() throws TransportException {
		TransportFixture.call(this.channel, TransportFixture.SLEEP, LONG, TransportFixture.number(250));
	}

	/** Begins a call, which runs when this returns. */
	private CompletableFuture<Void> inBackground(ThreadFactory threads, Action action) {
		int before = this.fixture.executions.get();
		CompletableFuture<Void> done = new CompletableFuture<>();
		threads.newThread(() -> {
			quietly(action);
			done.complete(null);
		}).start();
		TransportFixture.await("it runs", () -> this.fixture.executions.get() > before);
		return done;
	}

	@ParameterizedTest
	@EnumSource
	void callThatWaitsForAConnectionGoesOn(Callers callers) throws Exception {
		try (FaultProxy proxy = new FaultProxy(this.fixture.address)) {
			proxy.place(new Fault.Stall(Moment.onAccept()));
			Channel stalled = this.fixture.client.channel(proxy.address(), ChannelListener.NONE);
			CompletableFuture<Thread> writer = new CompletableFuture<>();
			CompletableFuture<Thread> caller = new CompletableFuture<>();
			Response none = callers.call(() -> {
				caller.complete(Thread.currentThread());
				return stalled.call(TransportFixture.SLEEP, Deadline.after(LONG), Map.of(), (out) -> {
					writer.complete(Thread.currentThread());
					out.write(TransportFixture.number(1));
				}, System.nanoTime() + SHORT.toNanos(), this.told);
			});
			assertThat(none).isNull();
			assertThat(writer).as("arguments are the caller's, who may change them later")
				.isCompletedWithValue(caller.join());
			proxy.heal();
			assertThat(this.told.end().length()).isEqualTo(Long.BYTES);
		}
	}

	@Test
	void callThatWaitsForAConnectionCanBeCancelled() throws Exception {
		int before = this.fixture.executions.get();
		try (FaultProxy proxy = new FaultProxy(this.fixture.address)) {
			proxy.place(new Fault.Stall(Moment.onAccept()));
			Channel stalled = this.fixture.client.channel(proxy.address(), ChannelListener.NONE);
			stalled.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY,
					System.nanoTime() + SHORT.toNanos(), this.told);
			this.told.cancellation.run();
			assertThat(this.told.failure().kind()).isEqualTo(Kind.CANCELLED);
			assertThat(this.told.failure().outcome()).isEqualTo(Outcome.NOT_SENT);
		}
		assertThat(this.fixture.executions).hasValue(before);
	}

	@ParameterizedTest
	@EnumSource
	void whoFindsNoRoomToSendDoesNotWaitForItsDeadline(Callers callers) throws Exception {
		try (FaultProxy proxy = new FaultProxy(this.fixture.address)) {
			Channel stalled = this.fixture.client.channel(proxy.address(), ChannelListener.NONE);
			TransportFixture.call(stalled, TransportFixture.ECHO, LONG, new byte[1]);
			proxy.place(new Fault.Stall(Moment.next(Direction.TO_SERVER)));
			Throwable failure = null;
			for (int i = 0; i < 20 && failure == null; i++) {
				failure = callers.failure(() -> stalled.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(),
						(out) -> out.write(new byte[1_500_000]), System.nanoTime() + SHORT.toNanos(), new Told()));
			}
			assertThat(failure).isInstanceOfSatisfying(TransportException.class,
					(ex) -> assertThat(ex.outcome()).isEqualTo(Outcome.NOT_SENT));
			stalled.close();
		}
	}

	@Test
	void asynchronousCallSaysOnceThatItIsLate() throws Exception {
		callAsync(this.channel, TransportFixture.SLEEP, 400, SHORT);
		assertThat(this.told.end().status()).isEqualTo(Status.OK);
		assertThat(this.told.events).containsExactly("overdue", "answer");
	}

	@Test
	void asynchronousCallInTimeSaysNothing() throws Exception {
		callAsync(this.channel, TransportFixture.ECHO, 1, LONG);
		assertThat(this.told.end().status()).isEqualTo(Status.OK);
		assertThat(this.told.events).containsExactly("answer");
	}

	@Test
	void asynchronousCallThatIsLateCanBeCancelled() throws Exception {
		this.told.whenOverdue = () -> this.told.cancellation.run();
		callAsync(this.channel, TransportFixture.UNTIL_INTERRUPTED, 1, SHORT);
		assertThat(this.told.failure().kind()).isEqualTo(Kind.CANCELLED);
		TransportFixture.await("the handler is interrupted", () -> this.fixture.interrupts.get() == 1);
	}

	@Test
	void asynchronousCallThatWaitsForAConnectionSaysThatItIsLate() throws Exception {
		try (FaultProxy proxy = new FaultProxy(this.fixture.address)) {
			proxy.place(new Fault.Stall(Moment.onAccept()));
			Channel stalled = this.fixture.client.channel(proxy.address(), ChannelListener.NONE);
			callAsync(stalled, TransportFixture.SLEEP, 300, SHORT);
			TransportFixture.await("late", () -> !this.told.events.isEmpty());
			proxy.heal();
			assertThat(this.told.end().status()).isEqualTo(Status.OK);
			assertThat(this.told.events).containsExactly("overdue", "answer");
		}
	}

	/**
	 * Nobody's deadline comes near: a wake-up that is lost, or a call that nobody ends,
	 * is a failure or never comes.
	 */
	@ParameterizedTest
	@EnumSource
	void eachCallEndsOnceHoweverManyAreImpatient(Callers callers) throws Exception {
		int threads = 64;
		int calls = 200;
		AtomicInteger returned = new AtomicInteger();
		AtomicInteger late = new AtomicInteger();
		AtomicInteger answered = new AtomicInteger();
		Queue<String> wrong = new ConcurrentLinkedQueue<>();
		List<CompletableFuture<Void>> done = new ArrayList<>();
		for (int i = 0; i < threads; i++) {
			Random random = new Random(i);
			CompletableFuture<Void> ended = new CompletableFuture<>();
			done.add(ended);
			((i % 2 == 0) ? callers.threads() : TransportFixture.THREADS).newThread(() -> {
				for (int n = 0; n < calls; n++) {
					Counting counting = new Counting(late, answered, wrong);
					try {
						Response response = this.channel.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(),
								(out) -> out.write(new byte[20]), System.nanoTime() + random.nextInt(500_000) - 1_000,
								counting);
						if (response != null) {
							returned.incrementAndGet();
						}
						if (counting.overdue == (response != null)) {
							wrong.add("overdue and returned, or neither");
						}
					}
					catch (TransportException ex) {
						wrong.add(String.valueOf(ex.getMessage()));
					}
				}
				ended.complete(null);
			}).start();
		}
		for (CompletableFuture<Void> ended : done) {
			ended.get(30, TimeUnit.SECONDS);
		}
		TransportFixture.await("all are told", () -> late.get() == answered.get());
		assertThat(wrong).isEmpty();
		assertThat(returned.get() + late.get()).isEqualTo(threads * calls);
		assertThat(returned).hasPositiveValue();
		assertThat(late).hasPositiveValue();
	}

	private void callAsync(Channel channel, long method, long number, Duration patience) {
		channel.callAsync(method, Deadline.after(LONG), Map.of(), (out) -> out.write(TransportFixture.number(number)),
				System.nanoTime() + patience.toNanos(), this.told);
	}

	private Response call(long method, long number, Duration timeout, Duration patience) throws TransportException {
		return this.channel.call(method, Deadline.after(timeout), Map.of(),
				(out) -> out.write(TransportFixture.number(number)), System.nanoTime() + patience.toNanos(), this.told);
	}

	private void echo() throws TransportException {
		assertThat(TransportFixture.call(this.channel, TransportFixture.ECHO, LONG, new byte[5])).hasSize(5);
	}

	private static void quietly(Action action) {
		try {
			action.run();
		}
		catch (TransportException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface Action {

		void run() throws TransportException;

	}

	/** Threads of each kind, which wait in different ways. */
	enum Callers {

		PLATFORM, VIRTUAL;

		ThreadFactory threads() {
			return (this == PLATFORM) ? TransportFixture.THREADS : TransportFixture.virtualThreads();
		}

		Throwable failure(Callable<?> callable) {
			ThreadFactory threads = threads();
			return catchThrowable(() -> call(threads, callable));
		}

		<T> T call(Callable<T> callable) throws Exception {
			return call(threads(), callable);
		}

		private static <T> T call(ThreadFactory threads, Callable<T> callable) throws Exception {
			CompletableFuture<T> result = new CompletableFuture<>();
			threads.newThread(() -> {
				try {
					result.complete(callable.call());
				}
				catch (Exception ex) {
					result.completeExceptionally(ex);
				}
			}).start();
			try {
				return result.get(20, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw (Exception) ex.getCause();
			}
		}

	}

	/** Counts what the callers are told. */
	private static final class Counting implements LateAnswer {

		private final AtomicInteger late;

		private final AtomicInteger answered;

		private final Queue<String> wrong;

		private final AtomicBoolean told = new AtomicBoolean();

		private volatile boolean overdue;

		Counting(AtomicInteger late, AtomicInteger answered, Queue<String> wrong) {
			this.late = late;
			this.answered = answered;
			this.wrong = wrong;
		}

		@Override
		public void overdue(Runnable cancellation) {
			this.overdue = true;
			this.late.incrementAndGet();
		}

		@Override
		public void accept(Response response, TransportException failure) {
			if (!this.overdue || failure != null || this.told.getAndSet(true)) {
				this.wrong.add("told " + failure + ", overdue " + this.overdue);
			}
			this.answered.incrementAndGet();
		}

	}

	/** What a caller is told, in order. */
	private static final class Told implements LateAnswer {

		final List<String> events = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Response> answer = new CompletableFuture<>();

		private final CompletableFuture<TransportException> failure = new CompletableFuture<>();

		volatile Runnable cancellation;

		volatile Runnable whenOverdue = () -> {
		};

		@Override
		public void overdue(Runnable cancellation) {
			this.cancellation = cancellation;
			this.events.add("overdue");
			this.whenOverdue.run();
		}

		@Override
		public void accept(Response response, TransportException failure) {
			this.events.add((response != null) ? "answer" : "failure");
			if (response != null) {
				this.answer.complete(response);
			}
			else {
				this.failure.complete(failure);
			}
		}

		Response end() throws Exception {
			return this.answer.get(10, TimeUnit.SECONDS);
		}

		TransportException failure() throws Exception {
			return this.failure.get(10, TimeUnit.SECONDS);
		}

	}

}
