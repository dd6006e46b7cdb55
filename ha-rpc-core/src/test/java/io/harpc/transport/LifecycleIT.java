package io.harpc.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.harpc.Address;
import io.harpc.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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

	@Test
	void connectionsThatFailLeaveNothing() throws Exception {
		try (ServerSocket foreign = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				TransportClient client = new TransportClient(TransportClientSettings.defaults(),
						TransportFixture.daemons("failing"))) {
			TransportFixture.THREADS.newThread(() -> hangUpOnEverybody(foreign)).start();
			Address address = new Address("127.0.0.1", foreign.getLocalPort());
			long descriptors = Resources.descriptors();
			for (int i = 0; i < 200; i++) {
				try (Channel channel = client.channel(address, ChannelListener.NONE)) {
					TransportException failure = catchThrowableOfType(TransportException.class,
							() -> TransportFixture.call(channel, TransportFixture.ECHO, LONG, new byte[1]));
					assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
				}
			}
			// At once: a garbage collection would close what was forgotten.
			assertThat(Resources.descriptors()).isLessThan(descriptors + 20);
		}
	}

	private static void hangUpOnEverybody(ServerSocket server) {
		while (!server.isClosed()) {
			try (Socket accepted = server.accept()) {
				accepted.getOutputStream().write("HTTP/1.1 400\r\n\r\n".getBytes());
			}
			catch (IOException ex) {
				// The client has gone, or the test has ended.
			}
		}
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
