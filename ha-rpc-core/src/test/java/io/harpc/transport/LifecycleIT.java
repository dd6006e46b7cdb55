package io.harpc.transport;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No thread, socket or buffer outlives its owner.
 */
@Timeout(120)
class LifecycleIT {

	private static final Duration LONG = Duration.ofSeconds(20);

	private static final int CALLERS = 10;

	@Test
	void tenThousandConnectionsOpenedAndClosedLeaveNothing() throws Exception {
		try (TransportFixture fixture = new TransportFixture()) {
			openAndClose(fixture, 200);
			long heap = Resources.usedHeap();
			long descriptors = Resources.descriptors();
			openAndClose(fixture, 10_000);
			TransportFixture.await("the server has seen them go", () -> fixture.server.connections() == 0);
			TransportFixture.await("no socket is left", () -> Resources.descriptors() <= descriptors + 5);
			TransportFixture.await("no reader is left", () -> Resources.threads("transport-test") <= 20);
			assertThat(Resources.usedHeap() - heap).as("bytes of heap").isLessThan(10_000_000);
		}
	}

	private static void openAndClose(TransportFixture fixture, int count) throws Exception {
		ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
		List<Future<?>> done = new ArrayList<>();
		for (int i = 0; i < CALLERS; i++) {
			done.add(callers.submit(() -> {
				for (int n = 0; n < count / CALLERS; n++) {
					try (Channel channel = fixture.channel()) {
						TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[10]);
					}
				}
				return null;
			}));
		}
		for (Future<?> future : done) {
			future.get();
		}
		callers.shutdown();
	}

	@Test
	void clientsAndServersLeaveNothingEither() throws Exception {
		pair();
		long descriptors = Resources.descriptors();
		for (int i = 0; i < 50; i++) {
			pair();
		}
		TransportFixture.await("no socket is left", () -> Resources.descriptors() <= descriptors + 5);
		TransportFixture.await("no thread is left", () -> Resources.threads("lifecycle") == 0);
	}

	private static void pair() throws Exception {
		TransportServerSettings settings = TransportServerSettings.defaults(0).withBindAddress("127.0.0.1");
		ExecutorService workers = Executors.newCachedThreadPool(TransportFixture.daemons("lifecycle-worker"));
		try (TransportFixture fixture = new TransportFixture(settings, TransportClientSettings.defaults(), workers);
				TransportClient client = new TransportClient(TransportClientSettings.defaults(),
						TransportFixture.daemons("lifecycle"))) {
			Channel channel = client.channel(fixture.address, ChannelListener.NONE);
			TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[10]);
		}
		assertThat(workers.awaitTermination(10, TimeUnit.SECONDS)).as("the server's threads have gone").isTrue();
	}

}
