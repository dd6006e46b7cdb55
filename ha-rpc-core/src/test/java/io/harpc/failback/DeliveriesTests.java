package io.harpc.failback;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

import io.harpc.Outcome;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Deliveries}, with a journal on disk and time under control.
 */
class DeliveriesTests {

	private static final Duration EXPIRY = Duration.ofHours(24);

	@TempDir
	private Path directory;

	private final FakeTarget target = new FakeTarget();

	private final Deque<Runnable> answers = new ArrayDeque<>();

	private long nanos = 1_000_000;

	private Instant time = Instant.parse("2026-01-01T00:00:00Z");

	private Capacity capacity;

	private Journal journal;

	private Deliveries deliveries;

	@BeforeEach
	void open() throws IOException {
		this.journal = new Journal(this.directory);
		this.capacity = new Capacity(100, 10_000);
		FailbackSettings settings = FailbackSettings.of(this.directory);
		this.deliveries = new Deliveries(settings, this.journal, this.capacity,
				new Backoff(settings.minBackoff(), settings.maxBackoff(), (bound) -> bound / 2), () -> this.time);
		this.deliveries.recover();
		this.deliveries.attach("shop", this.target);
	}

	@AfterEach
	void close() {
		this.journal.close();
	}

	@Test
	void deliversInOrderAndForgets() throws IOException {
		accept("a", "b", "c");
		run();
		assertThat(this.target.sent).containsExactly("a", "b", "c");
		assertThat(this.journal.ids()).isEmpty();
		FailbackStatus status = this.deliveries.status();
		assertThat(status.delivered()).isEqualTo(3);
		assertThat(status.pending()).containsExactly(Map.entry("shop", 0));
		assertThat(status.bytes()).isZero();
		assertThat(status.oldest()).isNull();
	}

	@Test
	void isAcceptedOnlyWhenOnDisk() {
		Acceptance acceptance = new Acceptance(call("a"));
		this.deliveries.accept(acceptance);
		assertThat(acceptance).isNotDone();
		turn();
		assertThat(acceptance).isCompleted();
	}

	@Test
	void whatTheDiskDoesNotTakeIsRefusedAndTheRestGoesOn() {
		accept("a");
		this.target.held = new ArrayDeque<>();
		turn();
		Acceptance refused = new Acceptance(call("refused"));
		this.deliveries.accept(refused);
		Thread.currentThread().interrupt();
		turn();
		assertThat(Thread.interrupted()).isTrue();
		assertThatExceptionOfType(CompletionException.class).isThrownBy(refused::join)
			.withMessageContaining("cannot be written");
		assertThat(this.deliveries.status().lastError()).contains("cannot be written");
		this.target.release();
		accept("b");
		run();
		assertThat(this.target.sent).containsExactly("a", "b");
	}

	@Test
	void aTryThatMayRunIsNotSentBeforeTheDiskKnows() {
		accept("a");
		Thread.currentThread().interrupt();
		turn();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.target.sent).isEmpty();
		pass(Duration.ofSeconds(1));
		assertThat(this.target.sent).containsExactly("a");
	}

	@Test
	void aTryThatMayRunTwiceIsSentThoughTheDiskFails() {
		this.target.incarnation = null;
		accept("a");
		Thread.currentThread().interrupt();
		turn();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.target.sent).containsExactly("a");
	}

	@Test
	void oneCallOfAReferenceIsUnderWayAtATime() {
		this.target.held = new ArrayDeque<>();
		accept("a", "b");
		turn();
		turn();
		assertThat(this.target.sent).containsExactly("a");
		this.target.release();
		turn();
		assertThat(this.target.sent).containsExactly("a", "b");
	}

	@ParameterizedTest
	@EnumSource(names = { "NOT_SENT", "NOT_STARTED", "EXPIRED" })
	void keepsTheOrderWhileNoServerTakesCalls(Outcome outcome) {
		this.target.results.add(again(outcome));
		this.target.results.add(again(outcome));
		accept("a", "b");
		run();
		assertThat(this.target.sent).containsExactly("a");
		pass(Duration.ofMillis(999));
		assertThat(this.target.sent).containsExactly("a");
		pass(Duration.ofMillis(1));
		assertThat(this.target.sent).containsExactly("a", "a");
		pass(Duration.ofMillis(1999));
		assertThat(this.target.sent).hasSize(2);
		pass(Duration.ofMillis(1));
		assertThat(this.target.sent).containsExactly("a", "a", "a", "b");
	}

	@ParameterizedTest
	@EnumSource(names = { "UNKNOWN", "REJECTED", "FAILED" })
	void aCallThatFailsStepsAside(Outcome outcome) {
		this.target.failing = "bad";
		this.target.failure = again(outcome);
		accept("bad", "b", "c");
		run();
		pass(Duration.ofSeconds(1));
		assertThat(this.target.sent).containsExactly("bad", "b", "bad");
		pass(Duration.ofSeconds(1));
		assertThat(this.target.sent).containsExactly("bad", "b", "bad", "c");
	}

	@Test
	void severalCallsThatNeverSucceedDoNotBlockTheirMethod() {
		this.target.failing = "bad";
		this.target.failure = again(Outcome.UNKNOWN);
		accept("bad", "bad", "bad");
		run();
		pass(Duration.ofMinutes(30));
		accept("b");
		pass(Duration.ofMinutes(1));
		assertThat(this.target.sent).contains("b");
	}

	@Test
	void aMethodInTroubleDoesNotHoldBackAnother() {
		this.target.failing = "hangs";
		this.target.failure = again(Outcome.UNKNOWN);
		for (int i = 0; i < 20; i++) {
			accept(call("hangs", "first()"), call("fine" + i, "second()"));
		}
		run();
		assertThat(this.target.sent).filteredOn((sent) -> sent.startsWith("fine")).hasSize(20);
		assertThat(this.target.sent).filteredOn("hangs"::equals).hasSize(1);
	}

	@Test
	void referencesDoNotWaitForEachOther() {
		FakeTarget other = new FakeTarget();
		this.deliveries.attach("other", other);
		this.target.held = new ArrayDeque<>();
		accept("a");
		Acceptance second = new Acceptance(new FailbackCall("other", ServiceKey.of(Runnable.class), "run()", "k",
				this.time.toEpochMilli(), bytes("b")));
		this.deliveries.accept(second);
		run();
		assertThat(other.sent).containsExactly("b");
	}

	@Test
	void backsOffToAMaximum() {
		this.target.failing = "a";
		this.target.failure = again(Outcome.NOT_SENT);
		accept("a");
		run();
		pass(Duration.ofMinutes(10));
		int tries = this.target.sent.size();
		pass(Duration.ofMinutes(10));
		assertThat(this.target.sent.size() - tries).isEqualTo(10);
	}

	@Test
	void afterACrashOnlyTheSameRunOfTheServerIsAskedAgain() throws IOException {
		this.target.held = new ArrayDeque<>();
		accept("a", "b");
		turn();
		Instant sent = this.time;
		crash();
		this.time = this.time.plusSeconds(60);
		run();
		assertThat(this.target.firstTries).containsExactly(null, new FirstTry("run-1", sent.toEpochMilli()), null);
		assertThat(this.target.sent).containsExactly("a", "a", "b");
		assertThat(this.target.keys.get(0)).isEqualTo(this.target.keys.get(1));
	}

	@Test
	void whatPerhapsRanWaitsForItsServerAndHoldsNobodyBack() throws IOException {
		this.target.held = new ArrayDeque<>();
		accept("a");
		turn();
		crash();
		this.target.gone = true;
		accept("b");
		run();
		assertThat(this.target.sent).containsExactly("a", "b");
		assertThat(this.deliveries.status().lastError()).contains("perhaps ran on a server that cannot be reached");
		this.target.gone = false;
		pass(Duration.ofSeconds(2));
		assertThat(this.target.sent).containsExactly("a", "b", "a");
	}

	@Test
	void whatDidNotRunMayGoAnywhereAlsoAfterACrash() throws IOException {
		this.target.results.add(again(Outcome.NOT_STARTED));
		accept("a");
		run();
		crash();
		run();
		assertThat(this.target.firstTries).containsExactly(null, null);
	}

	@Test
	void anUnknownOutcomeIsAskedOfTheSameServer() {
		this.target.results.add(again(Outcome.UNKNOWN));
		accept("a");
		Instant sent = this.time;
		run();
		pass(Duration.ofSeconds(1));
		assertThat(this.target.firstTries).containsExactly(null, new FirstTry("run-1", sent.toEpochMilli()));
		assertThat(this.target.keys.get(0)).isEqualTo(this.target.keys.get(1));
	}

	@Test
	void aSecondTryThatIsNotTakenLeavesTheFirstInDoubt() throws IOException {
		this.target.results.add(again(Outcome.UNKNOWN));
		this.target.results.add(again(Outcome.NOT_SENT));
		accept("a");
		Instant sent = this.time;
		run();
		pass(Duration.ofSeconds(1));
		crash();
		run();
		FirstTry first = new FirstTry("run-1", sent.toEpochMilli());
		assertThat(this.target.firstTries).containsExactly(null, first, first);
	}

	@Test
	void anAnswerOfAnExceptionIsAskedForAnewUnderAnotherKey() {
		this.target.results.add(again(Outcome.FAILED));
		accept("a");
		run();
		pass(Duration.ofSeconds(1));
		assertThat(this.target.keys).containsExactly("key-a", "key-a.1");
	}

	@Test
	void whatCannotEndOtherwiseIsGivenUpAndCounted() throws IOException {
		this.target.results.add(new FailbackTarget.Result(Outcome.FAILED, false, "threw OutOfStock"));
		accept("a");
		run();
		assertThat(this.target.sent).containsExactly("a");
		assertThat(this.journal.ids()).isEmpty();
		assertThat(this.deliveries.status().lost()).isEqualTo(1);
		assertThat(this.deliveries.status().lastError()).contains("FAILED: threw OutOfStock");
	}

	@Test
	void expiresAlsoAfterARestart() throws IOException {
		this.target.failing = "a";
		this.target.failure = again(Outcome.NOT_SENT);
		accept("a");
		run();
		crash();
		pass(EXPIRY.minusSeconds(1));
		assertThat(this.journal.ids()).isNotEmpty();
		pass(Duration.ofSeconds(1));
		assertThat(this.journal.ids()).isEmpty();
		assertThat(this.deliveries.status().lost()).isEqualTo(1);
		assertThat(this.deliveries.status().lastError()).contains("was not delivered within PT24H");
	}

	@Test
	void whatThisVersionCannotMakeIsKeptAndDoesNotBlock() throws IOException {
		this.target.unknown = "renamed";
		accept("renamed", "b");
		run();
		pass(Duration.ofHours(1));
		assertThat(this.target.sent).containsExactly("b");
		assertThat(this.target.refusals).isEqualTo(1);
		assertThat(this.journal.ids()).hasSize(1);
		pass(EXPIRY);
		assertThat(this.journal.ids()).isEmpty();
	}

	@Test
	void whatNoReferenceAsksForIsKept() throws IOException {
		Acceptance orphan = new Acceptance(new FailbackCall("gone", ServiceKey.of(Runnable.class), "run()", "k",
				this.time.toEpochMilli(), bytes("x")));
		this.deliveries.accept(orphan);
		run();
		crash();
		assertThat(this.deliveries.status().pending()).containsEntry("gone", 1);
		FakeTarget later = new FakeTarget();
		this.deliveries.attach("gone", later);
		run();
		assertThat(later.sent).containsExactly("x");
	}

	@Test
	void aBalancerThatThrowsHoldsUpNothingElse() {
		this.target.bug = true;
		accept("a");
		run();
		this.target.bug = false;
		pass(Duration.ofSeconds(1));
		assertThat(this.target.sent).containsExactly("a");
	}

	@Test
	void aWithdrawnCallIsNotWritten() throws IOException {
		Acceptance acceptance = new Acceptance(call("a"));
		assertThat(acceptance.withdraw()).isTrue();
		this.deliveries.accept(acceptance);
		run();
		assertThat(this.target.sent).isEmpty();
		Acceptance taken = new Acceptance(call("b"));
		this.deliveries.accept(taken);
		assertThat(taken.withdraw()).isFalse();
	}

	private void crash() throws IOException {
		this.target.held = null;
		this.journal.close();
		open();
	}

	private void accept(String... arguments) {
		for (String argument : arguments) {
			accept(call(argument));
		}
	}

	/** Accepting takes one turn; delivery begins with the next. */
	private void accept(FailbackCall... calls) {
		for (FailbackCall call : calls) {
			assertThat(this.capacity.tryTake(call.arguments().length)).isNull();
			this.deliveries.accept(new Acceptance(call));
		}
		turn();
	}

	private FailbackCall call(String argument) {
		return call(argument, "run()");
	}

	private FailbackCall call(String argument, String signature) {
		return new FailbackCall("shop", ServiceKey.of(Runnable.class), signature, "key-" + argument,
				this.time.toEpochMilli(), bytes(argument));
	}

	private long turn() {
		for (Runnable answer = this.answers.poll(); answer != null; answer = this.answers.poll()) {
			answer.run();
		}
		long wait = this.deliveries.turn(this.nanos, (call, attempt) -> attempt
			.send((result) -> this.answers.add(() -> this.deliveries.answered(call, result, this.nanos))));
		return this.answers.isEmpty() ? wait : 0;
	}

	/** Does what can be done now. */
	private void run() {
		for (int i = 0; i < 1000 && turn() <= 0; i++) {
			// There was something to do
		}
	}

	private void pass(Duration duration) {
		long end = this.nanos + duration.toNanos();
		for (long wait = turn(); wait <= end - this.nanos; wait = turn()) {
			this.nanos += wait;
			this.time = this.time.plusNanos(wait);
		}
		this.time = this.time.plusNanos(end - this.nanos);
		this.nanos = end;
		run();
	}

	private static FailbackTarget.Result again(Outcome outcome) {
		return new FailbackTarget.Result(outcome, true, "it was " + outcome);
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	/** A server that answers as it is told. */
	private static final class FakeTarget implements FailbackTarget {

		final List<String> sent = new ArrayList<>();

		final List<String> keys = new ArrayList<>();

		final List<@Nullable FirstTry> firstTries = new ArrayList<>();

		/** What the next tries come to. */
		final Deque<Result> results = new ArrayDeque<>();

		/** The argument whose tries all come to the failure. */
		@Nullable String failing;

		Result failure = new Result(Outcome.NOT_SENT, true, "fails");

		@Nullable String incarnation = "run-1";

		@Nullable String unknown;

		int refusals;

		boolean bug;

		/** The run of the server that perhaps ran something. */
		boolean gone;

		/** Tries that are not answered yet. */
		@Nullable Deque<Runnable> held;

		@Override
		public @Nullable Try prepare(FailbackCall call, @Nullable FirstTry first) throws IOException {
			String argument = new String(call.arguments(), StandardCharsets.UTF_8);
			if (argument.equals(this.unknown)) {
				this.refusals++;
				throw new IOException("no method run()");
			}
			if (this.bug) {
				throw new IllegalStateException("bug");
			}
			return (first != null && this.gone) ? null : new FakeTry(call, argument, first);
		}

		void release() {
			Deque<Runnable> released = this.held;
			this.held = null;
			if (released != null) {
				released.forEach(Runnable::run);
			}
		}

		private final class FakeTry implements Try {

			private final FailbackCall call;

			private final String argument;

			private final @Nullable FirstTry first;

			FakeTry(FailbackCall call, String argument, @Nullable FirstTry first) {
				this.call = call;
				this.argument = argument;
				this.first = first;
			}

			@Override
			public @Nullable String incarnation() {
				return FakeTarget.this.incarnation;
			}

			@Override
			public void send(Consumer<Result> answer) {
				FakeTarget.this.sent.add(this.argument);
				FakeTarget.this.keys.add(this.call.key());
				FakeTarget.this.firstTries.add(this.first);
				Result next = FakeTarget.this.results.poll();
				Result result = (next != null) ? next : this.argument.equals(FakeTarget.this.failing)
						? FakeTarget.this.failure : new Result(Outcome.SUCCEEDED, false, "");
				if (FakeTarget.this.held != null) {
					FakeTarget.this.held.add(() -> answer.accept(result));
				}
				else {
					answer.accept(result);
				}
			}

		}

	}

}
