package io.harpc.registry;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import io.harpc.registry.Instances.Origin;

import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;

class WatchesTests {

	private final Watches watches = new Watches();

	@Test
	void neverTellsAnOlderViewAfterANewerOneNorTwoAtATime() throws Exception {
		AtomicInteger last = new AtomicInteger();
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger wrong = new AtomicInteger();
		this.watches.add(ORDERS, (view) -> {
			if (inside.incrementAndGet() != 1 || last.getAndSet(weight(view)) > weight(view)) {
				wrong.incrementAndGet();
			}
			inside.decrementAndGet();
		});
		ExecutorService threads = Executors.newFixedThreadPool(4);
		CountDownLatch done = new CountDownLatch(4);
		for (int t = 0; t < 4; t++) {
			threads.execute(() -> {
				for (int i = 0; i < 5_000; i++) {
					this.watches.update(ORDERS, (old) -> weighing(weight(old) + 1));
				}
				done.countDown();
			});
		}
		assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
		threads.shutdown();
		assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		assertThat(wrong).hasValue(0);
		assertThat(last).as("the newest view was told").hasValue(20_000);
	}

	@Test
	void letsAListenerChangeWatchAndCloseFromWithin() {
		RecordingListener inner = new RecordingListener();
		this.watches.add(ORDERS, (view) -> {
			if (weight(view) == 1) {
				this.watches.add(ORDERS, inner);
				this.watches.update(ORDERS, (old) -> weighing(2));
			}
			else {
				this.watches.close();
			}
		});
		this.watches.update(ORDERS, (old) -> weighing(1));
		assertThat(inner.last()).isEqualTo(weighing(2));
		assertThat(this.watches.isWatched(ORDERS)).isFalse();
	}

	@Test
	void doesNotTellTheSameViewTwice() {
		RecordingListener listener = new RecordingListener();
		this.watches.add(ORDERS, listener);
		this.watches.update(ORDERS, (old) -> weighing(1));
		this.watches.update(ORDERS, (old) -> old);
		assertThat(listener.views).hasSize(1);
	}

	private static Instances weighing(int weight) {
		Instance one = instance("a", 1);
		return Instances.of(ORDERS,
				List.of(new Instance(one.id(), one.service(), one.address(), weight, "", "json", one.metadata())),
				Origin.REGISTRY);
	}

	private static int weight(Instances view) {
		return view.list().isEmpty() ? 0 : view.list().get(0).weight();
	}

}
