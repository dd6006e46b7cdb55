package io.harpc.transport;

import java.time.Duration;

import io.harpc.Deadline;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CallTableTests {

	private static final Callback NOBODY = new Callback(Runnable::run, (response, failure) -> {
	});

	private final Deadline deadline = Deadline.after(Duration.ofSeconds(1));

	private final CallTable calls = new CallTable();

	private final PendingCall blocking = PendingCall.blocking(1, this.deadline);

	private final PendingCall asynchronous = PendingCall.asynchronous(2, this.deadline, this.deadline.nanoTime(),
			NOBODY);

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

}
