package io.harpc.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import io.harpc.Deadline;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a call ends: once, and told once.
 */
class PendingCallTests {

	private static final TransportException FIRST = TransportException.unknown(Kind.TIMEOUT, "first");

	private static final TransportException SECOND = TransportException.unknown(Kind.LOST, "second");

	private final Deadline deadline = Deadline.after(Duration.ofHours(1));

	private final List<TransportException> told = new ArrayList<>();

	private final Callback callback = new Callback(Runnable::run, (response, failure) -> this.told.add(failure));

	@Test
	void endsAsItEndsFirst() {
		PendingCall call = PendingCall.asynchronous(1, this.deadline, this.deadline.nanoTime(), this.callback);
		assertThat(call.isDone()).isFalse();
		call.complete(FIRST);
		call.complete(SECOND);
		assertThat(call.isDone()).isTrue();
		assertThat(this.told).containsExactly(FIRST);
	}

	@Test
	void lateCallIsToldWhatComesOfIt() {
		PendingCall late = PendingCall.blocking(1, this.deadline).late();
		late.listen(this.callback);
		assertThat(late.isDone()).isFalse();
		assertThat(this.told).isEmpty();
		late.complete(FIRST);
		assertThat(this.told).containsExactly(FIRST);
	}

	@Test
	void lateCallIsToldWhatCameOfItMeanwhile() {
		PendingCall late = PendingCall.blocking(1, this.deadline).late();
		late.complete(FIRST);
		late.listen(this.callback);
		late.complete(SECOND);
		assertThat(this.told).containsExactly(FIRST);
	}

	@Test
	void lateCallIsTheSameCallForTheConnection() {
		PendingCall call = PendingCall.blocking(7, this.deadline, this.deadline.nanoTime() - 1_000_000);
		call.endsAt(500);
		PendingCall late = call.late();
		assertThat(late.id()).isEqualTo(7);
		assertThat(late.endOffset()).isEqualTo(500);
		assertThat(late.deadlineNanos()).isEqualTo(this.deadline.nanoTime()).isEqualTo(late.patientUntilNanos());
		assertThat(late.mayRead()).isFalse();
	}

	@Test
	void isLateOnceItsPatienceIsOverButNotAtItsDeadline() {
		Deadline past = Deadline.afterNanos(-1);
		assertThat(PendingCall.blocking(1, past).isLate()).isFalse();
		assertThat(PendingCall.blocking(1, this.deadline).isLate()).isFalse();
		assertThat(PendingCall.blocking(1, this.deadline, past.nanoTime()).isLate()).isTrue();
	}

	@Test
	void isToldOnceHoweverManyEndItWhileItBeginsToListen() throws Exception {
		int rounds = 3_000;
		AtomicInteger count = new AtomicInteger();
		Callback counting = new Callback(Runnable::run, (response, failure) -> count.incrementAndGet());
		PendingCall[] calls = new PendingCall[rounds];
		for (int i = 0; i < rounds; i++) {
			calls[i] = PendingCall.blocking(i, this.deadline).late();
		}
		CyclicBarrier barrier = new CyclicBarrier(3);
		Thread ends = start(barrier, calls, (call) -> call.complete(FIRST));
		Thread endsToo = start(barrier, calls, (call) -> call.complete(SECOND));
		Thread listens = start(barrier, calls, (call) -> call.listen(counting));
		for (Thread thread : List.of(ends, endsToo, listens)) {
			thread.join();
		}
		assertThat(count).hasValue(rounds);
	}

	private static Thread start(CyclicBarrier barrier, PendingCall[] calls, Consumer<PendingCall> action) {
		Thread thread = TransportFixture.THREADS.newThread(() -> {
			try {
				for (int i = 0; i < calls.length; i++) {
					if (i % 10 == 0) {
						barrier.await();
					}
					action.accept(calls[i]);
				}
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		});
		thread.start();
		return thread;
	}

}
