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

	private final PoliteYield yield = new PoliteYield(this.reader, this::giveWay, () -> this.now);

	private void giveWay() {
		this.now += this.yieldNanos;
		if (++this.yields == this.doneAfter) {
			this.call.complete(TransportException.notSent(TransportException.Kind.LOST, "gone"));
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
	void comesBackToYieldingOnceTheProcessorIsFree() {
		this.yieldNanos = 3 * MILLISECOND;
		for (int i = 0; i < 10_000; i++) {
			this.yield.await(this.call);
		}
		this.yieldNanos = 1_000;
		for (int i = 0; i < 257; i++) {
			this.yield.await(this.call);
		}
		this.yields = 0;
		for (int i = 0; i < 100; i++) {
			this.yield.await(this.call);
		}
		assertThat(this.yields).isEqualTo(400);
	}

}
