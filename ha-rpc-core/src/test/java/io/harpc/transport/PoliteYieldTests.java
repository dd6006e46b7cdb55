package io.harpc.transport;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import io.harpc.Deadline;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PoliteYield}.
 */
class PoliteYieldTests {

	private static final long MILLISECOND = 1_000_000;

	private final PendingCall call = PendingCall.blocking(1, Deadline.after(Duration.ofMinutes(1)));

	private final AtomicReference<@Nullable Thread> reader = new AtomicReference<>(Thread.currentThread());

	private long now;

	private long yieldNanos = 1_000;

	private int yields;

	private int doneAfter = Integer.MAX_VALUE;

	private PendingCall current = this.call;

	private final PoliteYield yield = new PoliteYield(this.reader, this::giveWay, () -> this.now);

	private void giveWay() {
		this.now += this.yieldNanos;
		if (++this.yields == this.doneAfter) {
			this.current.complete(TransportException.notSent(TransportException.Kind.LOST, "gone"));
		}
	}

	@Test
	void endsWhenTheCallIsDone() {
		this.doneAfter = 3;
		assertThat(this.yield.await(this.call)).isTrue();
		assertThat(this.yields).isEqualTo(3);
	}

	@Test
	void givesUpAfterAFewTurns() {
		assertThat(this.yield.await(this.call)).isFalse();
		assertThat(this.yields).isEqualTo(4);
	}

	@Test
	void endsAtOnceWhereNobodyReads() {
		this.reader.set(null);
		assertThat(this.yield.await(this.call)).isFalse();
		assertThat(this.yields).isZero();
	}

	@Test
	void blocksAtOnceWhileOthersWantTheProcessor() {
		this.yieldNanos = 3 * MILLISECOND;
		for (int i = 0; i < 10_000; i++) {
			this.yield.await(this.call);
		}
		assertThat(this.yields).isBetween(20, 60);
	}

	@Test
	void blocksAtOnceWhileAnswersTakeLonger() {
		for (int i = 0; i < 10_000; i++) {
			this.yield.await(this.call);
		}
		assertThat(this.yields).isBetween(4 * 20, 4 * 60);
	}

	@Test
	void comesBackToYieldingOnceItPaysAgain() {
		for (int i = 0; i < 10_000; i++) {
			this.yield.await(this.call);
		}
		int paid = 0;
		for (int i = 0; i < 1_000; i++) {
			PendingCall quick = PendingCall.blocking(i, Deadline.after(Duration.ofMinutes(1)));
			this.current = quick;
			this.doneAfter = this.yields + 1;
			paid += this.yield.await(quick) ? 1 : 0;
		}
		assertThat(paid).isGreaterThan(400);
	}

}
