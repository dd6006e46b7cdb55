package io.harpc.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Client and server of the transport over loopback.
 */
@Timeout(60)
class TransportIT {

	private static final Duration LONG = Duration.ofSeconds(10);

	private static final LoadReport SERVING = new LoadReport(ServerState.SERVING, 42, 50, 1, 250, 20, 3);

	private static final LoadReport NOT_READY = new LoadReport(ServerState.NOT_READY, 0, 50, 0, 0, 0, 0);

	private TransportFixture fixture;

	@BeforeEach
	void start() throws IOException {
		this.fixture = new TransportFixture(server(0), TransportClientSettings.defaults());
	}

	TransportServerSettings server(int port) {
		return TransportServerSettings.defaults(port).withBindAddress("127.0.0.1");
	}

	@AfterEach
	void stop() {
		this.fixture.close();
	}

	@Test
	void answersOfAnySizeReachTheirOwnCallers() throws Exception {
		Channel channel = this.fixture.channel();
		ExecutorService callers = Executors.newCachedThreadPool(TransportFixture.daemons("caller"));
		List<Future<?>> done = new ArrayList<>();
		for (int caller = 0; caller < 24; caller++) {
			Random random = new Random(caller);
			done.add(callers.submit(() -> {
				for (int i = 0; i < 200; i++) {
					int size = (random.nextInt(20) == 0) ? random.nextInt(500_000) : random.nextInt(2_000);
					byte[] payload = new byte[size];
					random.nextBytes(payload);
					assertThat(TransportFixture.call(channel, TransportFixture.ECHO, LONG, payload)).isEqualTo(payload);
				}
				return null;
			}));
		}
		for (Future<?> future : done) {
			future.get();
		}
		assertThat(this.fixture.executions).hasValue(24 * 200);
		callers.shutdown();
	}

	@Test
	void slowHandlersDelayNobodyElse() throws Exception {
		Channel channel = this.fixture.channel();
		TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[8]);
		ExecutorService callers = Executors.newCachedThreadPool(TransportFixture.daemons("slow"));
		CountDownLatch slowDone = new CountDownLatch(4);
		for (int i = 0; i < 4; i++) {
			callers.execute(() -> {
				try {
					TransportFixture.call(channel, TransportFixture.SLEEP, LONG, TransportFixture.number(500));
				}
				catch (TransportException ex) {
					throw new IllegalStateException(ex);
				}
				slowDone.countDown();
			});
		}
		int quick = 0;
		while (slowDone.getCount() > 0) {
			TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[8]);
			quick++;
		}
		// Half a second of calls, where one behind the sleepers would have been one call.
		assertThat(quick).isGreaterThan(100);
		callers.shutdown();
	}

	@Test
	void callEndsAtItsDeadlineAndMayHaveRun() {
		Channel channel = this.fixture.channel();
		long start = System.nanoTime();
		TransportException failure = catchThrowableOfType(TransportException.class, () -> TransportFixture.call(channel,
				TransportFixture.STUBBORN, Duration.ofMillis(200), TransportFixture.number(1_000)));
		long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
		assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(tookMillis).isBetween(199L, 700L);
	}

	@Test
	void lostConnectionFailsWaitingCallsAtOnceAndIsMadeAgain() throws Exception {
		Channel channel = this.fixture.channel();
		CompletableFuture<TransportException> failure = new CompletableFuture<>();
		Thread caller = TransportFixture.THREADS.newThread(() -> failure.complete(catchThrowableOfType(
				TransportException.class,
				() -> TransportFixture.call(channel, TransportFixture.SLEEP, LONG, TransportFixture.number(5_000)))));
		caller.start();
		while (this.fixture.executions.get() == 0) {
			Thread.onSpinWait();
		}
		assertThat(channel.incarnation()).isEqualTo("first");
		this.fixture.server.close();
		TransportException lost = failure.get(5, TimeUnit.SECONDS);
		assertThat(lost.kind()).isEqualTo(Kind.LOST);
		assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN);

		TransportException refused = catchThrowableOfType(TransportException.class,
				() -> TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]));
		assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);

		this.fixture.server = new TransportServer(server(this.fixture.address.port()), this.fixture::route,
				() -> LoadReport.NONE, TransportFixture.THREADS, this.fixture.workers);
		this.fixture.server.start("second");
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
		while (!channel.isConnected() && System.nanoTime() < deadline) {
			Thread.onSpinWait();
		}
		assertThat(channel.incarnation()).isEqualTo("second");
		assertThat(TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1])).hasSize(1);
	}

	@Test
	void answersSayHowTheServerIs() throws Exception {
		Channel channel = this.fixture.channel();
		assertThat(channel.loadReport()).isNull();
		TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]);
		assertThat(channel.loadReport()).as("of a server that makes no reports").isNull();
		this.fixture.loadReport = SERVING.encode();
		long before = System.nanoTime();
		TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]);
		assertThat(channel.loadReport()).isEqualTo(SERVING).isSameAs(channel.loadReport());
		assertThat(channel.loadReportAt()).isBetween(before, System.nanoTime());
		this.fixture.loadReport = NOT_READY.encode();
		channel.call(404, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY);
		assertThat(channel.loadReport()).as("with a refusal").isEqualTo(NOT_READY);
	}

	@Test
	void heartbeatsSayHowTheServerIsWhileNobodyCalls() throws Exception {
		this.fixture.loadReport = NOT_READY.encode();
		try (TransportClient client = new TransportClient(
				TransportClientSettings.defaults().withHeartbeat(Duration.ofMillis(20), LONG),
				TransportFixture.THREADS)) {
			Channel channel = this.fixture.channel(client, this.fixture.address, ChannelListener.NONE);
			channel.connect();
			TransportFixture.await("the first report", () -> NOT_READY.equals(channel.loadReport()));
			this.fixture.loadReport = SERVING.encode();
			TransportFixture.await("the next report", () -> SERVING.equals(channel.loadReport()));
		}
	}

	@Test
	void requestBeyondTheLimitIsRefusedBeforeItIsSent() {
		Channel channel = this.fixture.channel();
		TransportException failure = catchThrowableOfType(TransportException.class,
				() -> TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[4 * 1024 * 1024]));
		assertThat(failure.kind()).isEqualTo(Kind.TOO_LARGE);
		assertThat(failure.outcome()).isEqualTo(Outcome.REJECTED);
		assertThat(failure).hasMessageContaining("max-frame-size").hasMessageContaining("4194304");
		assertThat(this.fixture.executions).hasValue(0);
	}

	@Test
	void answerBeyondTheLimitIsSaidToBeSo() throws Exception {
		Response response = this.fixture.channel()
			.call(TransportFixture.PRODUCE, Deadline.after(LONG), Map.of(),
					(out) -> out.write(TransportFixture.number(4 * 1024 * 1024)));
		assertThat(response.status()).isEqualTo(Status.INTERNAL);
		assertThat(response.text()).contains("max-frame-size").contains("4194304");
	}

	@Test
	void drainRefusesNewCallsAndFinishesThoseThatRun() throws Exception {
		Channel channel = this.fixture.channel();
		CompletableFuture<Response> running = new CompletableFuture<>();
		Answers.callAsync(channel, TransportFixture.SLEEP, Deadline.after(LONG), Map.of(),
				(out) -> out.write(TransportFixture.number(300)), (response, failure) -> {
					if (response != null) {
						running.complete(response);
					}
					else {
						running.completeExceptionally(failure);
					}
				});
		// Not as soon as it is counted: until it runs, draining refuses it.
		while (this.fixture.executions.get() == 0) {
			Thread.onSpinWait();
		}
		this.fixture.server.drain();
		assertThat(this.fixture.server.isListening()).isFalse();
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
		while (!channel.isDraining() && System.nanoTime() < deadline) {
			Thread.onSpinWait();
		}
		TransportException refused = catchThrowableOfType(TransportException.class,
				() -> TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]));
		assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(this.fixture.server.awaitIdle(LONG)).isTrue();
		assertThat(running.get(5, TimeUnit.SECONDS).status()).isEqualTo(Status.OK);
	}

	@Test
	void handlerBeyondItsDeadlineIsInterrupted() {
		Channel channel = this.fixture.channel();
		catchThrowableOfType(TransportException.class, () -> TransportFixture.call(channel,
				TransportFixture.UNTIL_INTERRUPTED, Duration.ofMillis(100), new byte[0]));
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
		while (this.fixture.interrupts.get() == 0 && System.nanoTime() < deadline) {
			Thread.onSpinWait();
		}
		assertThat(this.fixture.interrupts).hasValue(1);
	}

	/**
	 * The two sides reach the deadline at about the same time: in either order, again and
	 * again. Where the request has come too late for the method to begin, the server may
	 * say so in time.
	 */
	@Test
	void exceptionFromAnInterruptAtTheDeadlineIsNotWhatCameOfTheCall() {
		Channel channel = this.fixture.channel();
		for (int i = 0; i < 40; i++) {
			AtomicReference<Response> response = new AtomicReference<>();
			TransportException failure = catchThrowableOfType(TransportException.class,
					() -> response.set(channel.call(TransportFixture.INTERRUPTIBLE,
							Deadline.after(Duration.ofMillis(30)), Map.of(), PayloadWriter.EMPTY)));
			if (failure != null) {
				assertThat(failure.kind()).isEqualTo(Kind.TIMEOUT);
			}
			else {
				assertThat(response.get().status()).isEqualTo(Status.EXPIRED);
			}
		}
		assertThat(this.fixture.server.awaitIdle(LONG)).isTrue();
	}

	@Test
	void handlerThatThrowsIsAnsweredAsAnInternalError() throws Exception {
		Response response = this.fixture.channel()
			.call(TransportFixture.BROKEN, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY);
		assertThat(response.status()).isEqualTo(Status.INTERNAL);
	}

	@Test
	void whatKeepsAServerFromTakingAConnectionIsNotToldToItsClient() throws Exception {
		Starving full = new Starving();
		full.shutdown();
		try (TransportFixture refusing = new TransportFixture(
				TransportServerSettings.defaults(0).withBindAddress("127.0.0.1"), TransportClientSettings.defaults(),
				full)) {
			TransportException refused = catchThrowableOfType(TransportException.class,
					() -> TransportFixture.call(refusing.channel(), TransportFixture.ECHO, LONG, new byte[3]));
			assertThat(refused).hasMessageContaining("cannot take the connection now")
				.hasMessageNotContaining(Starving.class.getSimpleName());
		}
	}

	@Test
	void interruptedCallerGivesUpAndHarmsNobody() throws Exception {
		Channel channel = this.fixture.channel();
		TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]);
		CompletableFuture<TransportException> failure = new CompletableFuture<>();
		Thread caller = TransportFixture.THREADS.newThread(() -> failure.complete(catchThrowableOfType(
				TransportException.class,
				() -> TransportFixture.call(channel, TransportFixture.SLEEP, LONG, TransportFixture.number(5_000)))));
		caller.start();
		while (this.fixture.executions.get() < 2) {
			Thread.onSpinWait();
		}
		caller.interrupt();
		assertThat(failure.get(5, TimeUnit.SECONDS).kind()).isEqualTo(Kind.CANCELLED);
		assertThat(TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1])).hasSize(1);
		assertThat(this.fixture.server.connections()).isEqualTo(1);
	}

}
