package io.harpc.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.faults.Fault;
import io.harpc.faults.FaultProxy;
import io.harpc.faults.Moment;
import io.harpc.faults.Moment.Direction;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Calls through a network that delays, stalls, resets, drips, truncates and corrupts.
 */
@Timeout(60)
class NetworkFaultsIT {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final Duration HOUR = Duration.ofHours(1);

	/** The first frame to the client, in bytes. */
	private static final int WELCOME_SIZE = 70;

	private TransportFixture fixture;

	FaultProxy proxy;

	private TransportClient client = new TransportClient(TransportClientSettings.defaults(), TransportFixture.THREADS);

	@BeforeEach
	void start() throws IOException {
		this.fixture = new TransportFixture(server(), TransportClientSettings.defaults());
		this.proxy = new FaultProxy(this.fixture.address);
	}

	TransportServerSettings server() {
		return TransportServerSettings.defaults(0)
			.withBindAddress("127.0.0.1")
			.withTimeouts(LONG, LONG, Duration.ofMillis(300));
	}

	@AfterEach
	void stop() throws IOException {
		this.client.close();
		this.proxy.close();
		this.fixture.close();
	}

	@Test
	void heartbeatFindsAPeerThatFellSilent() throws Exception {
		Channel channel = channel(Duration.ofMillis(100), Duration.ofMillis(200));
		assertThat(echo(channel, 10)).hasSize(10);
		this.proxy.place(new Fault.Stall(Moment.next(Direction.TO_CLIENT)));
		TransportException failure = failure(channel, LONG, 10);
		assertThat(failure.kind()).isEqualTo(Kind.LOST);
		assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(failure).hasMessageContaining("no sign of life for");
		this.proxy.heal();
		TransportFixture.await("connected again", channel::isConnected);
		assertThat(echo(channel, 10)).hasSize(10);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 100, 200_000 })
	void peerThatHangsIsFoundAsFastWhateverIsSentToItMeanwhile(int size) throws Exception {
		Channel channel = channel(Duration.ofMillis(400), Duration.ofMillis(400));
		assertThat(echo(channel, 10)).hasSize(10);
		for (Direction direction : Direction.values()) {
			this.proxy.place(new Fault.Stall(Moment.next(direction)));
		}
		long start = System.nanoTime();
		AtomicInteger open = new AtomicInteger();
		while (channel.isConnected()) {
			if (size > 0 && open.get() < 40) {
				open.incrementAndGet();
				Answers.callAsync(channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(),
						(out) -> out.write(new byte[size]), (response, failure) -> open.decrementAndGet());
			}
			LockSupport.parkNanos(1_000_000);
			assertThat(System.nanoTime() - start).isLessThan(LONG.toNanos());
		}
		// Interval and timeout, and room for a machine that has other things to do.
		assertThat(System.nanoTime() - start).isBetween(TimeUnit.MILLISECONDS.toNanos(700),
				TimeUnit.MILLISECONDS.toNanos(2_500));
		TransportFixture.await("every call is decided", () -> open.get() == 0);
	}

	@Test
	void heartbeatLeavesAPeerAloneThatIsOnlySlow() throws Exception {
		Channel channel = channel(Duration.ofMillis(50), Duration.ofMillis(100));
		byte[] answer = TransportFixture.call(channel, TransportFixture.SLEEP, LONG, TransportFixture.number(700));
		assertThat(answer).hasSize(8);
		assertThat(this.fixture.server.connections()).isEqualTo(1);
	}

	@Test
	void platformCallersKeepTheirDeadlineWithAPeerThatNeverReads() throws Exception {
		callersKeepTheirDeadline(TransportFixture.THREADS);
	}

	@Test
	void virtualCallersKeepTheirDeadlineWithAPeerThatNeverReads() throws Exception {
		callersKeepTheirDeadline(TransportFixture.virtualThreads());
	}

	private void callersKeepTheirDeadline(ThreadFactory threads) throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Stall(Moment.next(Direction.TO_SERVER)));
		AtomicInteger unsent = new AtomicInteger();
		List<CompletableFuture<Long>> late = new ArrayList<>();
		int callers = 100;
		for (int i = 0; i < callers; i++) {
			CompletableFuture<Long> done = new CompletableFuture<>();
			late.add(done);
			threads.newThread(() -> {
				long start = System.nanoTime();
				TransportException failure = failure(channel, Duration.ofMillis(400), 150_000);
				if (failure.outcome() == Outcome.NOT_SENT) {
					unsent.incrementAndGet();
				}
				done.complete(System.nanoTime() - start - TimeUnit.MILLISECONDS.toNanos(400));
			}).start();
		}
		for (CompletableFuture<Long> done : late) {
			assertThat(done.get()).isBetween(0L, TimeUnit.MILLISECONDS.toNanos(600));
		}
		// 15 MB, of which the queues of two connections take 8, and sockets some.
		assertThat(unsent).as("what found no room").hasPositiveValue();
		this.proxy.heal();
		TransportFixture.await("calls go through again",
				() -> catchThrowableOfType(TransportException.class, () -> echo(channel, 10)) == null);
	}

	@Test
	void asynchronousCallsKeepTheirDeadlineWithAPeerThatNeverReads() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Stall(Moment.next(Direction.TO_SERVER)));
		long start = System.nanoTime();
		List<CompletableFuture<TransportException>> done = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			CompletableFuture<TransportException> outcome = new CompletableFuture<>();
			done.add(outcome);
			Answers.callAsync(channel, TransportFixture.ECHO, Deadline.after(Duration.ofMillis(300)), Map.of(),
					(out) -> out.write(new byte[150_000]), (response, failure) -> outcome.complete(failure));
		}
		for (CompletableFuture<TransportException> outcome : done) {
			assertThat(outcome.get().outcome()).isIn(Outcome.NOT_SENT, Outcome.UNKNOWN);
		}
		assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(1_500));
	}

	@Test
	void asynchronousCallKeepsItsDeadlineWhileTheConnectionIsBeingMade() throws Exception {
		this.proxy.place(new Fault.Stall(Moment.onAccept()));
		Channel channel = channel(HOUR, HOUR);
		CompletableFuture<TransportException> outcome = new CompletableFuture<>();
		long start = System.nanoTime();
		Answers.callAsync(channel, TransportFixture.ECHO, Deadline.after(Duration.ofMillis(100)), Map.of(),
				PayloadWriter.EMPTY, (response, failure) -> outcome.complete(failure));
		CompletableFuture<TransportException> cancelled = new CompletableFuture<>();
		Answers
			.callAsync(channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY,
					(response, failure) -> cancelled.complete(failure))
			.run();
		assertThat(cancelled.get().kind()).isEqualTo(Kind.CANCELLED);
		assertThat(cancelled.get().outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(outcome.get().kind()).isEqualTo(Kind.TIMEOUT);
		assertThat(outcome.get().outcome()).isEqualTo(Outcome.NOT_SENT);
		assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(900));
		this.proxy.heal();
		assertThat(echo(channel, 10)).hasSize(10);
		assertThat(this.fixture.executions).as("only the last call was sent").hasValue(1);
	}

	@Test
	void closingTheChannelEndsCallsThatWaitForAConnection() throws Exception {
		this.proxy.place(new Fault.Stall(Moment.onAccept()));
		Channel channel = channel(HOUR, HOUR);
		CompletableFuture<TransportException> outcome = new CompletableFuture<>();
		Answers.callAsync(channel, TransportFixture.ECHO, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY,
				(response, failure) -> outcome.complete(failure));
		long start = System.nanoTime();
		channel.close();
		assertThat(outcome.get().kind()).isEqualTo(Kind.CLOSED);
		assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(500));
	}

	@Test
	void resetFailsWaitingCallsAtOnce() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Reset(Moment.next(Direction.TO_CLIENT)));
		TransportException failure = failure(channel, LONG, 10);
		assertThat(failure.kind()).isEqualTo(Kind.LOST);
		assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
		this.proxy.heal();
		TransportFixture.await("connected again", channel::isConnected);
		assertThat(echo(channel, 10)).hasSize(10);
	}

	@Test
	void answerThatIsCutOffIsNoAnswer() throws Exception {
		// Past the welcome, in the middle of the answer.
		this.proxy.place(new Fault.Truncate(Moment.after(WELCOME_SIZE + 500, Direction.TO_CLIENT)));
		Channel channel = channel(HOUR, HOUR);
		TransportException failure = failure(channel, LONG, 1_000);
		assertThat(failure.kind()).isEqualTo(Kind.LOST);
		assertThat(failure).hasMessageContaining("closed by the peer within a frame");
		this.proxy.heal();
		assertThat(echo(channel, 10)).hasSize(10);
	}

	@Test
	void corruptHeaderEndsTheConnection() throws Exception {
		this.proxy.place(new Fault.Corrupt(Moment.after(WELCOME_SIZE, Direction.TO_CLIENT)));
		Channel channel = channel(HOUR, HOUR);
		TransportException failure = failure(channel, LONG, 10);
		assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(failure).hasMessageContaining("not an ha-rpc frame");
		assertThat(echo(channel, 10)).hasSize(10);
	}

	@Test
	void bytesThatDripArriveWhole() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		for (Direction direction : Direction.values()) {
			this.proxy.place(new Fault.Drip(Moment.next(direction), Duration.ofNanos(50_000)));
			byte[] payload = new byte[300];
			new Random(3).nextBytes(payload);
			assertThat(TransportFixture.call(channel, TransportFixture.ECHO, LONG, payload)).isEqualTo(payload);
		}
	}

	@Test
	void lateAnswerReachesNobodyElse() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Delay(Moment.next(Direction.TO_CLIENT), Duration.ofMillis(300)));
		assertThat(failure(channel, Duration.ofMillis(100), 11).outcome()).isEqualTo(Outcome.UNKNOWN);
		this.proxy.heal();
		for (int i = 0; i < 20; i++) {
			assertThat(echo(channel, 20 + i)).hasSize(20 + i);
		}
	}

	@Test
	void clientThatDoesNotReadItsAnswersIsGivenUpAndKeepsNoThread() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Stall(Moment.next(Direction.TO_CLIENT)));
		List<CompletableFuture<TransportException>> lost = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			CompletableFuture<TransportException> outcome = new CompletableFuture<>();
			lost.add(outcome);
			Answers.callAsync(channel, TransportFixture.PRODUCE, Deadline.after(LONG), Map.of(),
					(out) -> out.write(TransportFixture.number(1_000_000)),
					(response, failure) -> outcome.complete(failure));
		}
		TransportFixture.await("the server gives up", () -> this.fixture.server.connections() == 0);
		TransportFixture.await("no call is left", () -> this.fixture.server.runningCalls() == 0);
		this.proxy.resetAll();
		for (CompletableFuture<TransportException> outcome : lost) {
			assertThat(outcome.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Kind.LOST);
		}
		assertThat(this.fixture.executions.get()).as("it did not bring forth what nobody takes").isLessThan(40);
	}

	Channel channel(Duration heartbeat, Duration timeout) {
		this.client.close();
		this.client = new TransportClient(TransportClientSettings.defaults()
			.withHeartbeat(heartbeat, timeout)
			.withBackoff(Duration.ofMillis(10), Duration.ofMillis(20)), TransportFixture.THREADS);
		return this.fixture.channel(this.client, this.proxy.address(), ChannelListener.NONE);
	}

	static byte[] echo(Channel channel, int size) throws TransportException {
		byte[] payload = new byte[size];
		Arrays.fill(payload, (byte) size);
		byte[] answer = TransportFixture.call(channel, TransportFixture.ECHO, LONG, payload);
		assertThat(answer).isEqualTo(payload);
		return answer;
	}

	static TransportException failure(Channel channel, Duration timeout, int size) {
		return catchThrowableOfType(TransportException.class,
				() -> TransportFixture.call(channel, TransportFixture.ECHO, timeout, new byte[size]));
	}

}
