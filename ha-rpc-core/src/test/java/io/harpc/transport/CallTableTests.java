package io.harpc.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.harpc.Deadline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CallTableTests {

	private static final Callback NOBODY = new Callback(Runnable::run, (response, failure) -> {
	});

	private final Deadline deadline = Deadline.after(Duration.ofSeconds(1));

	private final CallTable calls = new CallTable();

	private final ExecutorService threads = Executors.newFixedThreadPool(3, TransportFixture.THREADS);

	private final PendingCall blocking = PendingCall.blocking(1, this.deadline);

	private final PendingCall asynchronous = PendingCall.asynchronous(2, this.deadline, this.deadline.nanoTime(),
			NOBODY);

	@AfterEach
	void endThreads() {
		this.threads.shutdown();
	}

	@Test
	void countsEachCallOnceHoweverOftenItIsRemoved() {
		this.calls.add(this.blocking);
		this.calls.add(this.asynchronous);
		assertThat(this.calls.size()).isEqualTo(2);
		this.calls.remove(this.asynchronous);
		this.calls.remove(this.asynchronous);
		assertThat(this.calls.size()).isEqualTo(1);
		assertThat(this.calls.needReader()).isFalse();
	}

	@Test
	void needsAReaderForWhoCannotRead() {
		this.calls.add(this.blocking);
		assertThat(this.calls.needReader()).isFalse();
		this.calls.add(this.asynchronous);
		assertThat(this.calls.needReader()).isTrue();
	}

	@Test
	void doesNotHandTheReadingToAThreadThatMayStillWaitForRoomToSend() {
		this.calls.add(this.blocking);
		assertThat(this.calls.possibleReader()).isNull();
		this.blocking.endsAt(100);
		assertThat(this.calls.possibleReader()).isSameAs(this.blocking);
	}

	@Test
	void doesNotHandTheReadingToWhoHasItsAnswerOrCannotRead() {
		this.blocking.endsAt(100);
		this.asynchronous.endsAt(200);
		this.calls.add(this.blocking);
		this.calls.add(this.asynchronous);
		this.blocking.complete(TransportException.unknown(TransportException.Kind.TIMEOUT, "late"));
		assertThat(this.calls.possibleReader()).isNull();
	}

	@Test
	void keepsCallsApartWhoseIdsWantTheSameSlot() {
		List<PendingCall> all = Stream.iterate(1L, (id) -> id + 64)
			.limit(5)
			.map((id) -> PendingCall.blocking(id, this.deadline))
			.toList();
		all.forEach(this.calls::add);
		assertThat(this.calls.all()).containsExactlyInAnyOrderElementsOf(all);
		assertThat(this.calls.take(2)).isNull();
		assertThat(this.calls.take(65 + 64 * 4)).isNull();
		PendingCall late = this.calls.makeLate(all.get(3));
		assertThat(late).isNotNull();
		assertThat(this.calls.take(all.get(3).id())).isSameAs(late);
		for (int i : new int[] { 2, 0, 4, 1 }) {
			assertThat(this.calls.take(all.get(i).id())).isSameAs(all.get(i));
			assertThat(this.calls.remove(all.get(i))).isFalse();
		}
		assertThat(this.calls.all()).isEmpty();
		assertThat(this.calls.size()).isZero();
	}

	@Test
	void findsAThreadThatCanReadWhereverItsCallIs() {
		PendingCall second = PendingCall.blocking(65, this.deadline);
		second.endsAt(100);
		this.calls.add(this.blocking);
		this.calls.add(second);
		assertThat(this.calls.possibleReader()).isSameAs(second);
	}

	@Test
	void callThatGoesOnWithoutItsThreadNeedsAReader() {
		this.calls.add(this.blocking);
		PendingCall late = this.calls.makeLate(this.blocking);
		assertThat(this.calls.needReader()).isTrue();
		assertThat(this.calls.size()).isOne();
		assertThat(this.calls.remove(this.blocking)).as("nobody ends it any more").isFalse();
		assertThat(this.calls.take(1)).isSameAs(late);
		assertThat(this.calls.needReader()).isFalse();
		assertThat(this.calls.size()).isZero();
	}

	@Test
	void callThatIsBeingEndedDoesNotGoOn() {
		this.calls.add(this.blocking);
		assertThat(this.calls.take(1)).isSameAs(this.blocking);
		assertThat(this.calls.makeLate(this.blocking)).isNull();
		assertThat(this.calls.needReader()).isFalse();
		assertThat(this.calls.size()).isZero();
	}

	@Test
	void endsEachCallOnceWhoeverComesFirst() throws Exception {
		for (int round = 0; round < 2_000; round++) {
			PendingCall call = PendingCall.blocking(round, this.deadline);
			this.calls.add(call);
			AtomicInteger ended = new AtomicInteger();
			Runnable answers = () -> {
				if (this.calls.take(call.id()) != null) {
					ended.incrementAndGet();
				}
			};
			Runnable goesOn = () -> {
				PendingCall late = this.calls.makeLate(call);
				if (late != null && this.calls.remove(late)) {
					ended.incrementAndGet();
				}
			};
			Runnable timesOut = () -> {
				if (this.calls.remove(call)) {
					ended.incrementAndGet();
				}
			};
			List<CompletableFuture<Void>> done = Stream.of(answers, goesOn, timesOut)
				.map((action) -> CompletableFuture.runAsync(action, this.threads))
				.toList();
			done.forEach(CompletableFuture::join);
			assertThat(ended).hasValue(1);
			assertThat(this.calls.size()).isZero();
			assertThat(this.calls.needReader()).isFalse();
		}
	}

}
