package io.harpc.autoconfigure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.harpc.ServiceKey;
import io.harpc.server.DeniedCall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DeniedCallPublisher}.
 */
@Timeout(30)
class DeniedCallPublisherTests {

	private static final DeniedCall CALL = new DeniedCall(null, null, "peer", new ServiceKey("shop", "", ""), "find()",
			"no");

	private final List<RpcCallDeniedEvent> published = new CopyOnWriteArrayList<>();

	private final AtomicReference<Thread> publishing = new AtomicReference<>();

	private final CountDownLatch hold = new CountDownLatch(1);

	private DeniedCallPublisher publisher = new DeniedCallPublisher(this::publish, () -> {
	});

	@AfterEach
	void close() {
		this.hold.countDown();
		this.publisher.destroy();
	}

	@Test
	void tellsOfACallOnAThreadOfItsOwn() {
		this.publisher.accept(CALL);
		await().untilAsserted(() -> assertThat(this.published).containsExactly(new RpcCallDeniedEvent(CALL, 0)));
		assertThat(this.publishing.get()).isNotSameAs(Thread.currentThread());
		assertThat(this.publishing.get().isDaemon()).isTrue();
	}

	@Test
	void aFloodHoldsUpNobodyAndWhatIsLeftOutIsCounted() {
		this.publisher = new DeniedCallPublisher(this::publish, this::awaitHold);
		for (int i = 0; i < 100_000; i++) {
			this.publisher.accept(CALL);
		}
		await().untilAsserted(() -> assertThat(this.published).hasSize(1));
		this.hold.countDown();
		await().untilAsserted(() -> assertThat(this.published).hasSize(1 + DeniedCallPublisher.QUEUE_CAPACITY));
		assertThat(this.published.stream().mapToLong(RpcCallDeniedEvent::skipped).sum())
			.isEqualTo(100_000 - this.published.size());
	}

	@Test
	void aListenerThatFailsKeepsNobodyElseFromHearing() {
		this.publisher = new DeniedCallPublisher((event) -> {
			publish(event);
			throw new IllegalStateException("no room");
		}, () -> {
		});
		this.publisher.accept(CALL);
		this.publisher.accept(CALL);
		await().untilAsserted(() -> assertThat(this.published).hasSize(2));
	}

	@Test
	void aFloodIsThinnedOutOverTime() {
		this.publisher = new DeniedCallPublisher(this::publish);
		long start = System.nanoTime();
		for (int i = 0; i < 20; i++) {
			this.publisher.accept(CALL);
		}
		await().untilAsserted(() -> assertThat(this.published).hasSize(20));
		assertThat(System.nanoTime() - start).as("19 pauses of 10 ms").isGreaterThan(150_000_000);
	}

	private void publish(Object event) {
		this.publishing.set(Thread.currentThread());
		this.published.add((RpcCallDeniedEvent) event);
	}

	private void awaitHold() {
		try {
			this.hold.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
