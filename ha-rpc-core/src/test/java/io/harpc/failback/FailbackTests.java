package io.harpc.failback;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.RpcNotSentException;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Failback} and its thread.
 */
@Timeout(30)
class FailbackTests {

	@TempDir
	private Path directory;

	@Test
	void whatIsAcceptedIsDelivered() throws InterruptedException {
		CountDownLatch delivered = new CountDownLatch(3);
		try (Failback failback = open(FailbackSettings.of(this.directory))) {
			failback.attach("shop", answering((result) -> {
				delivered.countDown();
				return succeeded();
			}));
			accept(failback, 3);
			delivered.await();
		}
	}

	@Test
	void whatIsNotDeliveredIsThereForTheNextRun() throws InterruptedException {
		try (Failback failback = open(FailbackSettings.of(this.directory))) {
			accept(failback, 3);
		}
		try (Failback failback = open(FailbackSettings.of(this.directory))) {
			assertThat(failback.status().pending()).containsEntry("shop", 3);
			assertThat(failback.status().bytes()).isEqualTo(30);
			assertThat(failback.status().oldest()).isNotNull();
			CountDownLatch delivered = new CountDownLatch(3);
			failback.attach("shop", answering((result) -> {
				delivered.countDown();
				return succeeded();
			}));
			delivered.await();
		}
		assertThat(open(FailbackSettings.of(this.directory)).status().pending()).isEmpty();
	}

	@Test
	void manyCallersShareWritesAndEachIsOnDiskWhenItReturns() throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(16);
		try (Failback failback = open(FailbackSettings.of(this.directory))) {
			List<Future<?>> accepted = new ArrayList<>();
			for (int i = 0; i < 500; i++) {
				accepted.add(callers.submit(() -> accept(failback, 1)));
			}
			for (Future<?> one : accepted) {
				one.get();
			}
			Path copy = Files.createDirectory(this.directory.resolve("copy"));
			Files.copy(this.directory.resolve("failback.journal"), copy.resolve("failback.journal"));
			assertThat(JournalTests.idsIn(copy)).hasSize(500);
		}
		finally {
			callers.shutdownNow();
		}
	}

	@Test
	void aFullJournalRefuses() {
		FailbackSettings settings = new FailbackSettings(this.directory, Duration.ofHours(1), 2, 1000,
				Duration.ofSeconds(1), Duration.ofSeconds(1));
		try (Failback failback = open(settings)) {
			accept(failback, 2);
			assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> accept(failback, 1))
				.withMessageContaining("java.lang.Runnable#run() by reference 'shop'")
				.withMessageContaining("2 calls wait in it (max-entries: 2)")
				.withMessageContaining("The method did not run, and will not.");
		}
	}

	@Test
	void aCallThatIsTooLargeIsRefused() {
		FailbackSettings settings = new FailbackSettings(this.directory, Duration.ofHours(1), 2, 9,
				Duration.ofSeconds(1), Duration.ofSeconds(1));
		try (Failback failback = open(settings)) {
			assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> accept(failback, 1))
				.withMessageContaining("it holds 0 bytes, and this call has 10 (max-size: 9)");
		}
	}

	@Test
	void deliveringMakesRoom() throws InterruptedException {
		FailbackSettings settings = new FailbackSettings(this.directory, Duration.ofHours(1), 1, 1000,
				Duration.ofSeconds(1), Duration.ofSeconds(1));
		try (Failback failback = open(settings)) {
			failback.attach("shop", answering((result) -> succeeded()));
			for (int i = 0; i < 5; i++) {
				accept(failback, 1);
				while (failback.status().delivered() <= i) {
					Thread.onSpinWait();
				}
			}
		}
	}

	@Test
	void anInterruptedCallerKnowsWhereItsCallIs() {
		try (Failback failback = open(FailbackSettings.of(this.directory))) {
			CountDownLatch entered = new CountDownLatch(1);
			CountDownLatch busy = new CountDownLatch(1);
			failback.attach("shop", (call, first) -> {
				entered.countDown();
				awaitUninterruptibly(busy);
				return null;
			});
			accept(failback, 1);
			// From here on the journal's thread takes nothing
			awaitUninterruptibly(entered);
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> accept(failback, 1))
				.withMessageContaining("interrupted");
			assertThat(Thread.interrupted()).isTrue();
			assertThatExceptionOfType(RpcNotSentException.class)
				.isThrownBy(() -> failback.accept(call(), Deadline.afterNanos(1_000_000)))
				.withMessageContaining("the disk took longer than the deadline");
			busy.countDown();
		}
		assertThat(open(FailbackSettings.of(this.directory)).status().pending()).containsEntry("shop", 1);
	}

	@Test
	void closingWaitsForTheAnswerOfATryUnderWay() throws Exception {
		CompletableFuture<Consumer<FailbackTarget.Result>> underWay = new CompletableFuture<>();
		Failback failback = open(FailbackSettings.of(this.directory));
		failback.attach("shop", (call, first) -> new FakeTry(underWay::complete));
		accept(failback, 1);
		Consumer<FailbackTarget.Result> answer = underWay.get();
		Thread closing = new Thread(failback::close);
		closing.start();
		answer.accept(succeeded());
		closing.join();
		assertThat(failback.status().delivered()).isEqualTo(1);
		assertThat(JournalTests.idsIn(this.directory)).isEmpty();
	}

	@Test
	void afterCloseItRefusesAndTheFileIsFree() throws IOException {
		Failback failback = open(FailbackSettings.of(this.directory));
		failback.close();
		failback.close();
		assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> accept(failback, 1))
			.withMessageContaining("it is closed");
		assertThat(JournalTests.idsIn(this.directory)).isEmpty();
	}

	@Test
	void settingsThatCannotWorkAreRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FailbackSettings(this.directory, Duration.ZERO, 1, 1, Duration.ofSeconds(1),
					Duration.ofSeconds(1)))
			.withMessage("expiry: PT0S (expected: more than zero, at most PT8760H)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FailbackSettings(this.directory, Duration.ofHours(1), 0, 1, Duration.ofSeconds(1),
					Duration.ofSeconds(1)))
			.withMessage("max-entries: 0 (expected: at least 1)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FailbackSettings(this.directory, Duration.ofHours(1), 1, 0, Duration.ofSeconds(1),
					Duration.ofSeconds(1)))
			.withMessage("max-size: 0 (expected: at least 1)");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new FailbackSettings(this.directory, Duration.ofHours(1), 1, 1, Duration.ofSeconds(2),
					Duration.ofSeconds(1)))
			.withMessage("min-backoff: PT2S (expected: more than zero, at most PT1S)");
	}

	private static Failback open(FailbackSettings settings) {
		return Failback.open(settings, Thread::new);
	}

	private static void accept(Failback failback, int calls) {
		for (int i = 0; i < calls; i++) {
			failback.accept(call(), Deadline.after(Duration.ofSeconds(20)));
		}
	}

	private static FailbackCall call() {
		return new FailbackCall("shop", ServiceKey.of(Runnable.class), "run()", "key", System.currentTimeMillis(),
				new byte[10]);
	}

	private static FailbackTarget.Result succeeded() {
		return new FailbackTarget.Result(Outcome.SUCCEEDED, false, "");
	}

	private static FailbackTarget answering(Function<FailbackCall, FailbackTarget.Result> answer) {
		return (call, first) -> new FakeTry((told) -> told.accept(answer.apply(call)));
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await(20, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Sent to whoever is to answer. */
	private record FakeTry(Consumer<Consumer<FailbackTarget.Result>> server) implements FailbackTarget.Try {

		@Override
		public @Nullable String incarnation() {
			return "run-1";
		}

		@Override
		public void send(Consumer<FailbackTarget.Result> answer) {
			this.server.accept(answer);
		}

	}

}
