package io.harpc.hostile;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

import io.harpc.CallObserver;
import io.harpc.ServiceKey;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.serialization.Serializer;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server to attack, and a client that means well and calls it all the while: none of
 * its calls may fail.
 */
final class Provider implements AutoCloseable {

	static final ServiceDescriptor SERVICE = ServiceDescriptor.of(ServiceKey.of(Shop.class), Shop.class);

	static final int MAX_FRAME = 64 * 1024;

	/** Between calls, or the client that means well would keep both ends busy itself. */
	private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private static final LongConsumer NOBODY = (nanos) -> {
	};

	final AtomicInteger running = new AtomicInteger();

	final AtomicInteger mostRunning = new AtomicInteger();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	final RpcServer server;

	private final Shop shop;

	private final Thread caller = new Thread(this::call, "good-client");

	private volatile boolean stopped;

	private volatile Throwable failure;

	private volatile long worstNanos;

	private volatile int calls;

	/** Is told how long each call took. */
	private volatile LongConsumer window = NOBODY;

	Provider(Duration handshakeTimeout, Duration idleTimeout, int maxConcurrentCalls) {
		this(handshakeTimeout, idleTimeout, maxConcurrentCalls, UnaryOperator.identity());
	}

	Provider(Duration handshakeTimeout, Duration idleTimeout, int maxConcurrentCalls,
			UnaryOperator<TransportServerSettings> more) {
		this.server = new RpcServer(
				new RpcServerSettings(
						more.apply(TransportServerSettings.defaults(0)
							.withBindAddress("127.0.0.1")
							.withLimits(4096, maxConcurrentCalls, MAX_FRAME)
							.withTimeouts(handshakeTimeout, idleTimeout, Duration.ofSeconds(10))),
						Serializer.json(), "127.0.0.1", "", Duration.ofSeconds(1), false),
				this.registry, this.executor, Thread::new, CallObserver.NONE);
		this.server.export(SERVICE, new Bean(), 100);
		this.server.start();
		this.server.register();
		this.shop = this.client.reference(ReferenceSettings.of(Shop.class));
		this.shop.echo("first");
		this.caller.start();
	}

	int port() {
		return this.server.address().port();
	}

	int calls() {
		return this.calls;
	}

	static long method(String name) {
		return SERVICE.methods().stream().filter((method) -> method.name().equals(name)).findFirst().orElseThrow().id();
	}

	private void call() {
		try {
			while (!this.stopped) {
				LockSupport.parkNanos(PAUSE_NANOS);
				long start = System.nanoTime();
				assertThat(this.shop.echo("good")).isEqualTo("good");
				long nanos = System.nanoTime() - start;
				this.window.accept(nanos);
				this.worstNanos = Math.max(this.worstNanos, nanos);
				this.calls++;
			}
		}
		catch (RuntimeException | Error ex) {
			this.failure = ex;
		}
	}

	/**
	 * Waits until so many more calls of the client that means well are over.
	 * @return what 99 of 100 of them took at most, in nanoseconds
	 */
	long p99(int calls) {
		Queue<Long> taken = new ConcurrentLinkedQueue<>();
		this.window = taken::add;
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		int before = this.calls;
		while (this.calls - before < calls) {
			assertThat(this.failure).isNull();
			assertThat(System.nanoTime() - end).as("calls of others go on").isNegative();
			LockSupport.parkNanos(5_000_000);
		}
		this.window = NOBODY;
		return taken.stream().sorted().skip(taken.size() * 99L / 100).findFirst().orElseThrow();
	}

	/** Stops the client that means well, and asserts that it was served all the while. */
	void assertOthersWereServed() throws InterruptedException {
		this.stopped = true;
		this.caller.join(TimeUnit.SECONDS.toMillis(20));
		assertThat(this.failure).isNull();
		assertThat(this.calls).isPositive();
		// Far more than a call takes, far less than one that waits for a timeout.
		assertThat(this.worstNanos).isLessThan(TimeUnit.SECONDS.toNanos(2));
	}

	@Override
	public void close() {
		this.stopped = true;
		this.client.close();
		this.server.close();
		this.registry.close();
		this.executor.shutdownNow();
	}

	interface Shop {

		String echo(String text);

		/** Takes that long whether it is interrupted or not. */
		String stubborn(long millis);

	}

	private final class Bean implements Shop {

		@Override
		public String echo(String text) {
			return text;
		}

		@Override
		public String stubborn(long millis) {
			int now = Provider.this.running.incrementAndGet();
			Provider.this.mostRunning.accumulateAndGet(now, Math::max);
			long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
			while (System.nanoTime() - end < 0) {
				LockSupport.parkNanos(1_000_000);
				Thread.interrupted();
			}
			Provider.this.running.decrementAndGet();
			return "done";
		}

	}

}
