package io.harpc.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What callers may do to each other, and must not.
 */
@Timeout(60)
class CallersIT {

	private static final Duration LONG = Duration.ofSeconds(20);

	private TransportFixture fixture;

	private Channel channel;

	@BeforeEach
	void start() throws Exception {
		this.fixture = new TransportFixture(server(), TransportClientSettings.defaults().withConnections(1));
		this.channel = this.fixture.channel();
		echo();
	}

	TransportServerSettings server() {
		return TransportServerSettings.defaults(0).withBindAddress("127.0.0.1");
	}

	@AfterEach
	void nothingIsLeft() {
		TransportFixture.await("no call runs", () -> this.fixture.server.runningCalls() == 0);
		this.fixture.close();
	}

	@Test
	void interruptedReaderGivesUpThoughAnswersForOthersKeepComing() throws Exception {
		AtomicBoolean stop = new AtomicBoolean();
		Interrupted reader = new Interrupted(TransportFixture.THREADS);
		for (int i = 0; i < 3; i++) {
			TransportFixture.THREADS.newThread(() -> {
				while (!stop.get()) {
					quietly(this::echo);
				}
			}).start();
		}
		reader.interruptAndCheck();
		stop.set(true);
		echo();
	}

	@Test
	void interruptedFollowersGiveUpAndTheirReaderGoesOn() throws Exception {
		gaveUpWithoutHarm(TransportFixture.THREADS);
	}

	@Test
	void interruptedVirtualThreadsGiveUpAndTheConnectionGoesOn() throws Exception {
		gaveUpWithoutHarm(TransportFixture.virtualThreads());
	}

	private void gaveUpWithoutHarm(ThreadFactory threads) throws Exception {
		CompletableFuture<byte[]> unharmed = new CompletableFuture<>();
		TransportFixture.THREADS
			.newThread(() -> quietly(() -> unharmed.complete(
					TransportFixture.call(this.channel, TransportFixture.SLEEP, LONG, TransportFixture.number(800)))))
			.start();
		List<Interrupted> callers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			callers.add(new Interrupted(threads));
		}
		for (Interrupted caller : callers) {
			caller.interruptAndCheck();
		}
		assertThat(unharmed.get(10, TimeUnit.SECONDS)).hasSize(8);
		assertThat(this.fixture.server.connections()).isEqualTo(1);
		TransportFixture.await("their handlers are interrupted", () -> this.fixture.interrupts.get() == 10);
	}

	@Test
	void interruptedThreadSendsNothing() {
		int before = this.fixture.executions.get();
		Thread.currentThread().interrupt();
		TransportException failure = catchThrowableOfType(TransportException.class, this::echo);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(failure.kind()).isEqualTo(Kind.CANCELLED);
		assertThat(this.fixture.executions).hasValue(before);
	}

	@Test
	void deadlineThatHasPassedSendsNothing() {
		int before = this.fixture.executions.get();
		TransportException failure = catchThrowableOfType(TransportException.class,
				() -> TransportFixture.call(this.channel, TransportFixture.ECHO, Duration.ofNanos(-1), new byte[1]));
		assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
		assertThat(this.fixture.executions).hasValue(before);
	}

	@Test
	void cancelledCallEndsAtOnceAndItsHandlerIsInterrupted() throws Exception {
		CompletableFuture<TransportException> outcome = new CompletableFuture<>();
		AtomicInteger times = new AtomicInteger();
		int before = this.fixture.executions.get();
		Runnable cancel = Answers.callAsync(this.channel, TransportFixture.UNTIL_INTERRUPTED, Deadline.after(LONG),
				Map.of(), PayloadWriter.EMPTY, (response, failure) -> {
					times.incrementAndGet();
					outcome.complete(failure);
				});
		TransportFixture.await("it runs", () -> this.fixture.executions.get() > before);
		cancel.run();
		cancel.run();
		assertThat(outcome.get(5, TimeUnit.SECONDS).kind()).isEqualTo(Kind.CANCELLED);
		assertThat(outcome.get().outcome()).isEqualTo(Outcome.UNKNOWN);
		TransportFixture.await("the handler is interrupted", () -> this.fixture.interrupts.get() == 1);
		TransportFixture.await("it ends", () -> this.fixture.server.runningCalls() == 0);
		echo();
		assertThat(times).hasValue(1);
	}

	@Test
	void callbackThatThrowsHarmsNobody() throws Exception {
		CountDownLatch called = new CountDownLatch(20);
		for (int i = 0; i < 20; i++) {
			Answers.callAsync(this.channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY,
					(response, failure) -> {
						called.countDown();
						throw new IllegalStateException("callback that throws on purpose");
					});
		}
		assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
		echo();
	}

	@Test
	void payloadThatCannotBeWrittenIsRejectedWithItsCause() throws Exception {
		RuntimeException cause = new IllegalStateException("cannot be written on purpose");
		PayloadWriter failing = (out) -> {
			out.write(1);
			throw cause;
		};
		TransportException failure = catchThrowableOfType(TransportException.class,
				() -> this.channel.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(), failing));
		assertThat(failure.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(failure.kind()).isEqualTo(Kind.ENCODING);
		assertThat(failure).hasCause(cause);
		CompletableFuture<TransportException> async = new CompletableFuture<>();
		Answers.callAsync(this.channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(), failing,
				(response, ex) -> async.complete(ex));
		assertThat(async.get().outcome()).isEqualTo(Outcome.REJECTED);
		echo();
	}

	@Test
	void errorOfAPayloadReachesTheCallerAndLeavesNothingBehind() throws Exception {
		PayloadWriter failing = (out) -> {
			throw new LinkageError("broken on purpose");
		};
		assertThatThrownBy(() -> this.channel.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(), failing))
			.isInstanceOf(LinkageError.class);
		AtomicInteger times = new AtomicInteger();
		assertThatThrownBy(() -> Answers.callAsync(this.channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(),
				failing, (response, ex) -> times.incrementAndGet()))
			.isInstanceOf(LinkageError.class);
		TransportFixture.await("the callback is called all the same", () -> times.get() == 1);
		echo();
	}

	@Test
	void answerThatCannotBeWrittenIsAnInternalError() throws Exception {
		Response response = this.channel.call(TransportFixture.UNWRITABLE, Deadline.after(LONG), Map.of(),
				PayloadWriter.EMPTY);
		assertThat(response.status()).isEqualTo(Status.INTERNAL);
		echo();
	}

	@Test
	void interruptThatAHandlerLeavesBehindHarmsNobody() throws Exception {
		for (int i = 0; i < 20; i++) {
			assertThat(TransportFixture.call(this.channel, TransportFixture.LEAVES_INTERRUPT, LONG, new byte[3]))
				.hasSize(3);
		}
		assertThat(this.fixture.server.connections()).isEqualTo(1);
	}

	@Test
	void interruptThatAHandlerLeavesBehindDoesNotCloseTheSocketOfAVirtualThread() throws Exception {
		ThreadFactory virtual = TransportFixture.virtualThreads();
		ThreadPoolExecutor workers = new ThreadPoolExecutor(0, 100, 1, TimeUnit.SECONDS, new SynchronousQueue<>(),
				virtual);
		try (TransportFixture other = new TransportFixture(server(),
				TransportClientSettings.defaults().withConnections(1), workers)) {
			Channel calls = other.channel();
			for (int i = 0; i < 20; i++) {
				assertThat(TransportFixture.call(calls, TransportFixture.LEAVES_INTERRUPT, LONG, new byte[3]))
					.hasSize(3);
			}
			catchThrowableOfType(TransportException.class, () -> TransportFixture.call(calls,
					TransportFixture.UNTIL_INTERRUPTED, Duration.ofMillis(50), new byte[3]));
			assertThat(TransportFixture.call(calls, TransportFixture.ECHO, LONG, new byte[3])).hasSize(3);
			assertThat(other.server.connections()).isEqualTo(1);
		}
	}

	@Test
	void handlerThatGoesOnAfterItsAnswerHoldsNobodyUp() throws Exception {
		for (int i = 0; i < 5; i++) {
			long start = System.nanoTime();
			assertThat(
					TransportFixture.call(this.channel, TransportFixture.GOES_ON, LONG, TransportFixture.number(500)))
				.hasSize(8);
			echo();
			assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(450));
		}
		assertThat(this.fixture.server.awaitIdle(LONG)).as("none of them is taken for running").isTrue();
	}

	@Test
	void listenerThatThrowsHarmsNobody() throws Exception {
		ChannelListener throwing = new ChannelListener() {

			@Override
			public void connected() {
				throw new IllegalStateException("listener that throws on purpose");
			}

			@Override
			public void disconnected(String reason) {
				throw new IllegalStateException("listener that throws on purpose");
			}

		};
		Channel listened = this.fixture.channel(this.fixture.client, this.fixture.address, throwing);
		TransportFixture.call(listened, TransportFixture.ECHO, LONG, new byte[1]);
		this.fixture.server.drain();
		TransportFixture.await("drained", listened::isDraining);
		TransportException failure = catchThrowableOfType(TransportException.class,
				() -> TransportFixture.call(listened, TransportFixture.ECHO, LONG, new byte[1]));
		assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
	}

	private void echo() throws TransportException {
		assertThat(TransportFixture.call(this.channel, TransportFixture.ECHO, LONG, new byte[5])).hasSize(5);
	}

	private static void quietly(Action action) {
		try {
			action.run();
		}
		catch (TransportException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private interface Action {

		void run() throws TransportException, IOException;

	}

	/** A caller of a method that runs until it is interrupted. */
	private final class Interrupted {

		private final CompletableFuture<TransportException> failure = new CompletableFuture<>();

		private final AtomicBoolean flagKept = new AtomicBoolean();

		private final Thread thread;

		Interrupted(ThreadFactory threads) {
			int before = CallersIT.this.fixture.executions.get();
			this.thread = threads.newThread(() -> {
				TransportException ex = catchThrowableOfType(TransportException.class, () -> TransportFixture
					.call(CallersIT.this.channel, TransportFixture.UNTIL_INTERRUPTED, LONG, new byte[1]));
				this.flagKept.set(Thread.currentThread().isInterrupted());
				this.failure.complete(ex);
			});
			this.thread.start();
			TransportFixture.await("it runs", () -> CallersIT.this.fixture.executions.get() > before);
		}

		void interruptAndCheck() throws Exception {
			this.thread.interrupt();
			TransportException ex = this.failure.get(2, TimeUnit.SECONDS);
			assertThat(ex.kind()).isEqualTo(Kind.CANCELLED);
			assertThat(ex.outcome()).isEqualTo(Outcome.UNKNOWN);
			assertThat(this.flagKept).isTrue();
		}

	}

}
