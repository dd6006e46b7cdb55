package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import io.harpc.CallObserver.Observed;
import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.client.FakeChannels.Attempted;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Plays calls of all kinds over instances that do anything, at any time, in any order,
 * with callers that cancel and are interrupted, and holds each to what is promised of all
 * of them. Nothing in it depends on a real clock or thread: a seed repeats a play.
 */
class InterleavingTests {

	private static final int PLAYS = Integer.getInteger("harpc.plays", 400);

	@Test
	void whateverHappensEachCallKeepsItsPromises() {
		long first = Long.getLong("harpc.seed", System.nanoTime());
		for (long seed = first; seed < first + PLAYS; seed++) {
			try (ClientFixture fixture = new ClientFixture()) {
				new Play(fixture, new Random(seed)).run();
			}
			catch (AssertionError | RuntimeException ex) {
				throw new AssertionError("seed " + seed + " (repeat it with -Dharpc.seed=" + seed + "): " + ex, ex);
			}
			finally {
				Thread.interrupted();
			}
		}
	}

	/** How a method may be repeated. */
	private enum Kept {

		ONCE, IDEMPOTENT, KEYED

	}

	/** One play: a few instances, some calls at about the same time. */
	private static final class Play {

		private static final Duration TIMEOUT = millis(1000);

		private final ClientFixture fixture;

		private final Random random;

		private final int maxAttempts;

		private final Map<String, Call> calls = new HashMap<>();

		private final Map<Attempted, Try> tries = new IdentityHashMap<>();

		private @Nullable Call beginning;

		private Shop shop;

		Play(ClientFixture fixture, Random random) {
			this.fixture = fixture;
			this.random = random;
			this.maxAttempts = 1 + random.nextInt(4);
		}

		private Observed observed(Call call) {
			return new Observed() {

				@Override
				public Map<String, String> headers() {
					return Map.of("call", call.id);
				}

				@Override
				public void end(Outcome outcome, @Nullable Throwable error) {
					call.observed(outcome, Play.this.fixture.timing.nanoTime());
				}

			};
		}

		void run() {
			this.fixture
				.build((builder) -> builder.observer((side, service, method, headers) -> observed(this.beginning)));
			for (int i = 0; i <= this.random.nextInt(4); i++) {
				this.fixture.up("10.0.0." + i + ":1");
			}
			this.shop = this.fixture
				.shop((settings) -> settings.withSticky(this.random.nextInt(5) == 0).withCalls(this::settings));
			this.fixture.channels.arrived = this::arrived;
			for (int i = 0; i < 60; i++) {
				this.fixture.channels.next.add(behaviour());
			}
			// There is one thread: who blocks it would have the others miss their
			// deadlines
			boolean blocking = this.random.nextInt(3) == 0;
			for (int i = 0; i < 8; i++) {
				if (blocking) {
					call(this::callBlocking);
				}
				else {
					this.fixture.timing.at(this.fixture.timing.nanoTime() + duration().toNanos(),
							() -> call(this::callAsync));
				}
			}
			while (this.fixture.timing.runNext()) {
				assertThat(this.fixture.instances())
					.allSatisfy((instance) -> assertThat(instance.outstanding()).isNotNegative());
			}
			this.calls.values().forEach(Call::hasEnded);
			assertThat(this.fixture.instances()).allSatisfy((instance) -> assertThat(instance.outstanding()).isZero());
		}

		private CallSettings settings(CallSettings calls) {
			CallSettings settings = calls.withTimeout(TIMEOUT)
				.withMaxAttempts(this.maxAttempts)
				.withLoadBalancer(this.random.nextBoolean() ? "p2c" : "round-robin");
			if (this.random.nextInt(3) == 0) {
				settings = settings.withAttemptTimeout(duration().plusMillis(1));
			}
			boolean hedged = this.maxAttempts > 1 && this.random.nextInt(3) == 0;
			return settings.withCluster(hedged ? Cluster.HEDGED : Cluster.FAILOVER);
		}

		private Duration duration() {
			return Duration.ofNanos((long) (TIMEOUT.toNanos() * this.random.nextDouble() * 1.2));
		}

		private Behaviour behaviour() {
			Behaviour then = switch (this.random.nextInt(16)) {
				case 0 -> failing(Kind.LOST, Outcome.UNKNOWN);
				case 1 -> failing(Kind.LOST, Outcome.NOT_SENT);
				case 2 -> failing(Kind.CONNECT, Outcome.NOT_SENT);
				case 3 -> refusing(Status.BUSY);
				case 4 -> refusing(Status.DRAINING);
				case 5 -> refusing(Status.NO_SUCH_METHOD);
				case 6 -> refusing(Status.EXPIRED);
				case 7 -> refusing(Status.MALFORMED);
				case 8 -> told(Outcome.FAILED, Behaviour.throwing(new OutOfStock("no tea")));
				case 9 -> told(Outcome.UNKNOWN, Behaviour.returning(new byte[] { '{' }));
				case 10 -> (attempted) -> refusing(
						attempted.headers().containsKey("idempotency-key") ? Status.NOT_REPLAYABLE : Status.BUSY)
					.meet(attempted);
				default -> told(Outcome.SUCCEEDED, (attempted) -> attempted.channel().succeed(attempted));
			};
			return (this.random.nextInt(4) == 0) ? then : then.taking(duration());
		}

		private Behaviour failing(Kind kind, Outcome outcome) {
			return told(outcome, Behaviour.failing(kind, outcome));
		}

		private Behaviour refusing(Status status) {
			Outcome outcome = (status == Status.NOT_REPLAYABLE) ? Outcome.UNKNOWN : status.outcome();
			return told(outcome, Behaviour.refusing(status, millis(this.random.nextInt(300))));
		}

		private Behaviour told(Outcome outcome, Behaviour behaviour) {
			return (attempted) -> {
				this.tries.get(attempted).told = outcome;
				return behaviour.meet(attempted);
			};
		}

		private void arrived(Attempted attempted) {
			Call call = this.calls.get(attempted.headers().get("call"));
			Try now = new Try(attempted.channel().address.toString(), attempted.headers().get("idempotency-retry"));
			call.mayBeTried(now);
			call.tries.add(now);
			this.tries.put(attempted, now);
			if (this.random.nextInt(20) == 0) {
				attempted.channel().incarnation = "run " + this.random.nextInt(3);
			}
		}

		private void call(Consumer<Call> how) {
			Kept kept = Kept.values()[this.random.nextInt(3)];
			Call call = new Call(this, Integer.toString(this.calls.size()), kept);
			this.calls.put(call.id, call);
			this.beginning = call;
			how.accept(call);
		}

		private void callBlocking(Call call) {
			this.fixture.timing.interruptNextSleep = this.random.nextInt(6) == 0;
			try {
				String result = switch (call.kept) {
					case ONCE -> this.shop.place("tea");
					case IDEMPOTENT -> this.shop.find(1);
					case KEYED -> this.shop.reserve("key");
				};
				call.ended(result, null);
			}
			catch (RuntimeException ex) {
				call.ended(null, ex);
			}
			this.fixture.timing.interruptNextSleep = false;
			Thread.interrupted();
		}

		private void callAsync(Call call) {
			BiConsumer<String, Throwable> end = call::ended;
			CompletableFuture<String> future = switch (call.kept) {
				case ONCE -> this.shop.placeAsync("tea");
				case IDEMPOTENT -> this.shop.findAsync(1);
				case KEYED -> this.shop.reserveAsync("key");
			};
			future.whenComplete(end);
			if (this.random.nextInt(5) == 0) {
				this.fixture.timing.at(this.fixture.timing.nanoTime() + duration().toNanos(),
						() -> future.cancel(true));
			}
		}

	}

	/** One attempt as the servers see it. */
	private static final class Try {

		private final String address;

		private final @Nullable String retryOf;

		/**
		 * What was told to the client, nothing if it gave up before or waited in vain.
		 */
		private @Nullable Outcome told;

		Try(String address, @Nullable String retryOf) {
			this.address = address;
			this.retryOf = retryOf;
		}

		boolean didNotRun() {
			return this.told == Outcome.NOT_SENT || this.told == Outcome.NOT_STARTED || this.told == Outcome.REJECTED;
		}

	}

	/** One call and what is promised of it. */
	private static final class Call {

		private final Play play;

		private final String id;

		private final Kept kept;

		private final long deadline;

		private final List<Try> tries = new ArrayList<>();

		private final List<Outcome> observed = new ArrayList<>();

		private int ends;

		private @Nullable String result;

		private @Nullable Throwable failure;

		Call(Play play, String id, Kept kept) {
			this.play = play;
			this.id = id;
			this.kept = kept;
			this.deadline = play.fixture.timing.nanoTime() + Play.TIMEOUT.toNanos();
		}

		/** The promise that matters most: nothing runs twice behind the caller's back. */
		void mayBeTried(Try now) {
			assertThat(this.observed).as("attempt after the end").isEmpty();
			assertThat(this.tries.size()).as("attempts").isLessThan(this.play.maxAttempts);
			if (this.kept == Kept.IDEMPOTENT) {
				assertThat(now.retryOf).isNull();
				return;
			}
			List<Try> perhapsRan = this.tries.stream().filter((earlier) -> !earlier.didNotRun()).toList();
			if (this.kept == Kept.ONCE) {
				assertThat(perhapsRan).as("what perhaps ran before").isEmpty();
			}
			else if (!perhapsRan.isEmpty()) {
				assertThat(now.address).as("where it perhaps ran").isEqualTo(perhapsRan.get(0).address);
				assertThat(now.retryOf).as("retry of").isNotNull();
			}
			else {
				assertThat(now.retryOf).isNull();
			}
		}

		void observed(Outcome outcome, long nanoTime) {
			this.observed.add(outcome);
			assertThat(this.observed).as("ends observed").hasSize(1);
			// Each attempt takes a millisecond to be sent, which nobody counts
			assertThat(nanoTime - this.deadline).as("lateness")
				.isLessThan(millis(8L * this.play.maxAttempts + 8).toNanos());
		}

		void ended(@Nullable String result, @Nullable Throwable failure) {
			this.ends++;
			this.result = result;
			this.failure = failure;
		}

		void hasEnded() {
			assertThat(this.ends).as("ends").isOne();
			assertThat(this.observed).as("ends observed").hasSize(1);
			Outcome outcome = this.observed.get(0);
			if (this.result != null) {
				assertThat(outcome).isEqualTo(Outcome.SUCCEEDED);
				assertThat(this.tries).as("who answered %s", this.result)
					.anyMatch((one) -> one.told == Outcome.SUCCEEDED && one.address.equals(this.result));
			}
			if (outcome.isUnprocessed()) {
				assertThat(this.tries).as("tries of what did not run")
					.allMatch((one) -> one.didNotRun() || one.told == Outcome.EXPIRED);
			}
			if (this.failure instanceof RpcException rpc) {
				assertThat(rpc.outcome()).isEqualTo(outcome);
				assertThat(rpc.attempts()).hasSizeLessThanOrEqualTo(this.tries.size());
				assertThat(rpc.getMessage()).contains("io.harpc.client.Shop#", "reference 'shop'");
			}
		}

	}

}
