package io.harpc.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What a server takes on, what it drops, and how it goes.
 */
@Timeout(60)
class LimitsIT {

	private static final Duration LONG = Duration.ofSeconds(20);

	@Test
	void largeFramesThatNeverEndTakeABoundedPartOfTheHeap() throws Exception {
		int frameSize = 4 * 1024 * 1024;
		long bound = Runtime.getRuntime().maxMemory() / 4;
		List<RawClient> attackers = new ArrayList<>();
		try (TransportFixture fixture = new TransportFixture()) {
			long before = Resources.usedHeap();
			int count = (int) (2 * bound / frameSize);
			for (int i = 0; i < count; i++) {
				attackers.add(new RawClient(fixture.address));
				attackers.get(i).requestWithoutItsEnd(frameSize);
			}
			TransportFixture.await("the oldest are ended", () -> fixture.server.connections() < count);
			assertThat(Resources.usedHeap() - before).isLessThan(bound + bound / 4);
			echo(fixture.channel());
		}
		finally {
			for (RawClient attacker : attackers) {
				attacker.close();
			}
		}
	}

	@Test
	void refusesConnectionsBeyondTheLimitAndSaysSo() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(2, 100),
				TransportClientSettings.defaults().withConnections(1))) {
			List<Channel> channels = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				channels.add(fixture.channel());
				echo(channels.get(i));
			}
			TransportException refused = catchThrowableOfType(TransportException.class, () -> echo(fixture.channel()));
			assertThat(refused.outcome()).isEqualTo(Outcome.NOT_SENT);
			assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
			assertThat(refused).hasMessageContaining("max-connections, 2, are open");
			channels.get(0).close();
			TransportFixture.await("one has gone", () -> fixture.server.connections() == 1);
			echo(fixture.channel());
			echo(channels.get(1));
		}
	}

	@Test
	void answersBusyBeyondTheLimitOfCallsAndCountsDownAgain() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 2).withMaxQueuedCalls(0),
				TransportClientSettings.defaults())) {
			Channel channel = fixture.channel();
			List<CompletableFuture<Response>> running = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				running.add(start(channel, TransportFixture.SLEEP, LONG, TransportFixture.number(300)));
			}
			TransportFixture.await("both run", () -> fixture.executions.get() == 2);
			Response busy = channel.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY);
			assertThat(busy.status()).isEqualTo(Status.BUSY);
			assertThat(busy.text()).isEqualTo("2 calls are running, and no more can wait");
			assertThat(busy.retryAfterNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
			for (CompletableFuture<Response> response : running) {
				assertThat(response.get().status()).isEqualTo(Status.OK);
			}
			TransportFixture.await("both have ended", () -> fixture.server.runningCalls() == 0);
			echo(channel);
			assertThat(fixture.executions).hasValue(3);
		}
	}

	@Test
	void aCallForWhichThereIsNoThreadKeepsNoPlace() throws Exception {
		Starving workers = new Starving();
		try (TransportFixture fixture = new TransportFixture(settings(10, 1).withMaxQueuedCalls(0),
				TransportClientSettings.defaults(), workers); RawClient client = new RawClient(fixture.address)) {
			int id = 0;
			// The method is slow after some of them, and gets threads of its own.
			for (; id < 10; id++) {
				assertThat(sleep(id, client)).isEqualTo(Status.OK);
				TransportFixture.await("it has left", () -> fixture.server.runningCalls() == 0);
			}
			workers.missing.set(1);
			assertThat(sleep(id++, client)).isEqualTo(Status.BUSY);
			assertThat(sleep(id, client)).isEqualTo(Status.OK);
		}
	}

	private static Status sleep(int id, RawClient client) throws IOException {
		client.request(id, TransportFixture.SLEEP, LONG.toNanos(), TransportFixture.number(2));
		return client.next().status();
	}

	@Test
	void aCallThatFindsNoPlaceWaitsForOne() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 1), TransportClientSettings.defaults())) {
			Channel channel = fixture.channel();
			CompletableFuture<Response> first = start(channel, TransportFixture.SLEEP, LONG,
					TransportFixture.number(30));
			TransportFixture.await("it runs", () -> fixture.executions.get() == 1);
			echo(channel);
			assertThat(first.get().status()).isEqualTo(Status.OK);
			TransportFixture.await("none is left", () -> fixture.server.runningCalls() == 0);
		}
	}

	@Test
	void aCallWaitsNoLongerThanABurstLasts() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 1), TransportClientSettings.defaults())) {
			Channel channel = fixture.channel();
			start(channel, TransportFixture.UNTIL_INTERRUPTED, LONG, new byte[0]);
			TransportFixture.await("it runs", () -> fixture.executions.get() == 1);
			Response busy = channel.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(), PayloadWriter.EMPTY);
			assertThat(busy.status()).isEqualTo(Status.BUSY);
			assertThat(busy.retryAfterNanos()).isPositive();
			assertThat(fixture.executions).hasValue(1);
		}
	}

	@Test
	void asManyCallsWaitAsMayAndTheNextIsBusyAtOnce() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 1).withMaxQueuedCalls(3),
				TransportClientSettings.defaults()); RawClient client = new RawClient(fixture.address)) {
			client.request(1, TransportFixture.UNTIL_INTERRUPTED, LONG.toNanos(), new byte[0]);
			for (int i = 2; i <= 5; i++) {
				client.request(i, TransportFixture.ECHO, LONG.toNanos(), new byte[0]);
			}
			Frame first = client.next();
			assertThat(first.callId()).isEqualTo(5);
			assertThat(first.status()).isEqualTo(Status.BUSY);
			assertThat(first.text()).contains("no more can wait");
			assertThat(List.of(client.next(), client.next(), client.next()))
				.allMatch((frame) -> frame.status() == Status.BUSY)
				.extracting(Frame::callId)
				.containsExactlyInAnyOrder(2L, 3L, 4L);
			TransportFixture.await("the others have ended", () -> fixture.server.runningCalls() == 1);
		}
	}

	@Test
	void aCallWhoseDeadlinePassesInTheQueueExpiresWithoutBeingRun() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 1), TransportClientSettings.defaults());
				RawClient client = new RawClient(fixture.address)) {
			client.request(1, TransportFixture.UNTIL_INTERRUPTED, LONG.toNanos(), new byte[0]);
			client.request(2, TransportFixture.ECHO, TimeUnit.MILLISECONDS.toNanos(20), new byte[0]);
			Frame expired = client.next();
			assertThat(expired.callId()).isEqualTo(2);
			assertThat(expired.status()).isEqualTo(Status.EXPIRED);
			assertThat(fixture.executions).hasValue(1);
		}
	}

	@Test
	void whatWaitsWhenTheServerDrainsIsNotBegun() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 1), TransportClientSettings.defaults());
				RawClient client = new RawClient(fixture.address)) {
			client.request(1, TransportFixture.SLEEP, LONG.toNanos(), TransportFixture.number(500));
			TransportFixture.await("it runs", () -> fixture.executions.get() == 1);
			client.request(2, TransportFixture.ECHO, LONG.toNanos(), new byte[0]);
			fixture.server.drain();
			Map<Long, Frame> frames = new HashMap<>();
			for (int i = 0; i < 3; i++) {
				Frame frame = client.next();
				frames.put(frame.callId(), frame);
			}
			assertThat(frames.get(0L).type()).isEqualTo(FrameType.DRAIN);
			assertThat(frames.get(1L).status()).isEqualTo(Status.OK);
			assertThat(frames.get(2L).status()).isIn(Status.DRAINING, Status.BUSY);
			assertThat(fixture.executions).hasValue(1);
			TransportFixture.await("none is left", () -> fixture.server.runningCalls() == 0);
		}
	}

	/** No place is lost, and no call is forgotten in the queue. */
	@Test
	void everyCallIsAnsweredWhereManyCompeteForFewPlaces() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 3).withMaxQueuedCalls(8),
				TransportClientSettings.defaults())) {
			Channel channel = fixture.channel();
			ExecutorService callers = Executors.newCachedThreadPool(TransportFixture.daemons("competitor"));
			Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();
			for (int i = 0; i < 16; i++) {
				long method = (i % 2 == 0) ? TransportFixture.ECHO : TransportFixture.SLEEP;
				callers.execute(() -> {
					for (int call = 0; call < 300; call++) {
						answers.computeIfAbsent(status(channel, method), (any) -> new AtomicInteger())
							.incrementAndGet();
					}
				});
			}
			callers.shutdown();
			assertThat(callers.awaitTermination(40, TimeUnit.SECONDS)).isTrue();
			assertThat(answers.values().stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(16 * 300);
			assertThat(answers).containsOnlyKeys("OK", "BUSY");
			TransportFixture.await("none is left", () -> fixture.server.runningCalls() == 0);
			echo(channel);
		}
	}

	private static String status(Channel channel, long method) {
		try {
			return channel.call(method, Deadline.after(LONG), Map.of(), (out) -> out.write(TransportFixture.number(1)))
				.status()
				.name();
		}
		catch (TransportException ex) {
			return ex.toString();
		}
	}

	@Test
	void refusedCallsAreSeenByTheirHandler() throws Exception {
		try (TransportFixture fixture = new TransportFixture(settings(10, 1).withMaxQueuedCalls(0),
				TransportClientSettings.defaults()); RawClient client = new RawClient(fixture.address)) {
			client.request(1, TransportFixture.UNTIL_INTERRUPTED, LONG.toNanos(), new byte[0]);
			client.request(2, TransportFixture.ECHO, LONG.toNanos(), new byte[0]);
			assertThat(client.next().status()).isEqualTo(Status.BUSY);
			assertThat(fixture.refusals).containsExactly(Status.BUSY);
		}
	}

	@Test
	void dropsInTheQueueWhatNobodyWaitsFor() throws Exception {
		Held workers = new Held();
		try (TransportFixture fixture = new TransportFixture(settings(10, 100), TransportClientSettings.defaults(),
				workers)) {
			for (int i = 0; i < 10; i++) {
				fixture.route(TransportFixture.SLEEP).took(1_000_000);
			}
			Channel channel = fixture.channel();
			echo(channel);
			CompletableFuture<Response> overdue = start(channel, TransportFixture.SLEEP, Duration.ofMillis(50),
					TransportFixture.number(0));
			CompletableFuture<Response> cancelled = new CompletableFuture<>();
			Runnable cancel = Answers.callAsync(channel, TransportFixture.SLEEP, Deadline.after(LONG), Map.of(),
					(out) -> out.write(TransportFixture.number(0)),
					(response, failure) -> cancelled.complete(response));
			CompletableFuture<Response> waited = start(channel, TransportFixture.SLEEP, LONG,
					TransportFixture.number(0));
			TransportFixture.await("all are queued", () -> workers.held.size() == 3);
			cancel.run();
			assertThat(catchThrowableOfType(Exception.class, overdue::get))
				.hasCauseInstanceOf(TransportException.class);
			echo(channel);
			workers.release();
			assertThat(waited.get().status()).isEqualTo(Status.OK);
			assertThat(cancelled.get()).isNull();
			TransportFixture.await("none is left", () -> fixture.server.runningCalls() == 0);
			assertThat(fixture.executions).as("two echoes and the one that was waited for").hasValue(3);
		}
	}

	@Test
	void answersExpiredToWhoStillListens() throws Exception {
		Held workers = new Held();
		try (TransportFixture fixture = new TransportFixture(settings(10, 100), TransportClientSettings.defaults(),
				workers)) {
			for (int i = 0; i < 10; i++) {
				fixture.route(TransportFixture.SLEEP).took(1_000_000);
			}
			// A client whose clock the server does not share: it says less than it waits.
			try (RawClient client = new RawClient(fixture.address)) {
				client.request(1, TransportFixture.SLEEP, TimeUnit.MILLISECONDS.toNanos(1), TransportFixture.number(0));
				TransportFixture.await("it is queued", () -> workers.held.size() == 1);
				long past = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
				TransportFixture.await("its time passes", () -> System.nanoTime() - past > 0);
				workers.release();
				assertThat(client.next().status()).isEqualTo(Status.EXPIRED);
			}
			TransportFixture.await("none is left", () -> fixture.server.runningCalls() == 0);
			assertThat(fixture.executions).hasValue(0);
		}
	}

	@Test
	void callsOfALostClientThatHaveNotBegunNeverDo() throws Exception {
		Held workers = new Held();
		try (TransportFixture fixture = new TransportFixture(settings(10, 100), TransportClientSettings.defaults(),
				workers)) {
			for (int i = 0; i < 10; i++) {
				fixture.route(TransportFixture.SLEEP).took(1_000_000);
			}
			try (RawClient client = new RawClient(fixture.address)) {
				for (int i = 0; i < 50; i++) {
					client.request(i, TransportFixture.SLEEP, LONG.toNanos(), TransportFixture.number(0));
				}
				TransportFixture.await("all are queued", () -> workers.held.size() == 50);
			}
			TransportFixture.await("it has gone", () -> fixture.server.connections() == 0);
			workers.release();
			TransportFixture.await("none is left", () -> fixture.server.runningCalls() == 0);
			assertThat(fixture.executions).hasValue(0);
		}
	}

	@Test
	void noCallIsInDoubtWhenServersAreReplacedByDraining() throws Exception {
		ExecutorService callers = Executors.newCachedThreadPool(TransportFixture.daemons("drain-caller"));
		AtomicInteger answered = new AtomicInteger();
		Queue<String> inDoubt = new ConcurrentLinkedQueue<>();
		for (int round = 0; round < 15; round++) {
			try (TransportFixture fixture = new TransportFixture(settings(10, 100),
					TransportClientSettings.defaults().withBackoff(Duration.ofMillis(1), Duration.ofMillis(2)))) {
				AtomicBoolean stop = new AtomicBoolean();
				Channel channel = fixture.channel();
				echo(channel);
				for (int i = 0; i < 6; i++) {
					callers.execute(() -> callUntil(stop, channel, answered, inDoubt));
				}
				int before = answered.get();
				TransportFixture.await("calls run", () -> answered.get() > before + 20);
				fixture.server.drain();
				assertThat(fixture.server.awaitIdle(LONG)).isTrue();
				fixture.server.close();
				stop.set(true);
			}
		}
		callers.shutdown();
		assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
		assertThat(inDoubt).isEmpty();
	}

	private static void callUntil(AtomicBoolean stop, Channel channel, AtomicInteger answered, Queue<String> inDoubt) {
		while (!stop.get()) {
			try {
				Response response = channel.call(TransportFixture.ECHO, Deadline.after(LONG), Map.of(),
						PayloadWriter.EMPTY);
				if (response.status() == Status.OK) {
					answered.incrementAndGet();
				}
				else if (response.status() != Status.DRAINING) {
					inDoubt.add(response.status() + " " + response.text());
				}
			}
			catch (TransportException ex) {
				if (ex.outcome() != Outcome.NOT_SENT) {
					inDoubt.add(ex.outcome() + " " + ex.kind() + " " + ex.getMessage());
				}
			}
		}
	}

	private static TransportServerSettings settings(int connections, int calls) {
		return TransportServerSettings.defaults(0)
			.withBindAddress("127.0.0.1")
			.withLimits(connections, calls, 4 * 1024 * 1024);
	}

	private static void echo(Channel channel) throws TransportException {
		assertThat(TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[4])).hasSize(4);
	}

	private static CompletableFuture<Response> start(Channel channel, long method, Duration timeout, byte[] payload) {
		CompletableFuture<Response> outcome = new CompletableFuture<>();
		Answers.callAsync(channel, method, Deadline.after(timeout), Map.of(), (out) -> out.write(payload),
				(response, failure) -> {
					if (response != null) {
						outcome.complete(response);
					}
					else {
						outcome.completeExceptionally(failure);
					}
				});
		return outcome;
	}

	/** Runs everything at once, apart from calls, which it holds back until released. */
	private static final class Held extends AbstractExecutorService {

		private final ExecutorService threads = Executors.newCachedThreadPool(TransportFixture.daemons("held-worker"));

		private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();

		@Override
		public void execute(Runnable task) {
			if (task instanceof ServerCall) {
				this.held.add(task);
			}
			else {
				this.threads.execute(task);
			}
		}

		void release() {
			for (Runnable task = this.held.poll(); task != null; task = this.held.poll()) {
				this.threads.execute(task);
			}
		}

		@Override
		public void shutdown() {
			this.threads.shutdown();
		}

		@Override
		public List<Runnable> shutdownNow() {
			return this.threads.shutdownNow();
		}

		@Override
		public boolean isShutdown() {
			return this.threads.isShutdown();
		}

		@Override
		public boolean isTerminated() {
			return this.threads.isTerminated();
		}

		@Override
		public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
			return this.threads.awaitTermination(timeout, unit);
		}

	}

}
