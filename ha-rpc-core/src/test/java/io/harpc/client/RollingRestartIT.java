package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import io.harpc.CallObserver;
import io.harpc.client.ProviderProcess.Answering;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.serialization.Serializer;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Servers that leave by their own will, one after another, under load that must not be
 * repeated.
 */
@Timeout(120)
class RollingRestartIT {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final Shop shop = this.client.reference(ReferenceSettings.of(Shop.class));

	private final List<RpcServer> servers = new ArrayList<>();

	private final AtomicLong answered = new AtomicLong();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private volatile boolean stopped;

	@AfterEach
	void stop() {
		this.client.close();
		this.servers.forEach(RpcServer::close);
		this.registry.close();
		this.executor.shutdownNow();
	}

	@Test
	void losesNoCallThoughNoneMayBeRepeated() throws Exception {
		this.servers.add(serve(0));
		this.servers.add(serve(0));
		List<Thread> callers = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Thread caller = new Thread(this::call);
			caller.start();
			callers.add(caller);
		}
		for (int i = 0; i < 6; i++) {
			RpcServer server = this.servers.get(i % 2);
			int port = Objects.requireNonNull(server.address()).port();
			callsGoOn();
			server.shutdown();
			callsGoOn();
			this.servers.set(i % 2, serve(port));
		}
		this.stopped = true;
		for (Thread caller : callers) {
			caller.join();
		}
		assertThat(this.failures).isEmpty();
	}

	private void callsGoOn() {
		long before = this.answered.get();
		eventually(() -> assertThat(this.answered.get()).isGreaterThan(before + 1000));
	}

	private void call() {
		while (!this.stopped) {
			try {
				this.shop.place("tea");
				this.answered.incrementAndGet();
			}
			catch (RuntimeException ex) {
				this.failures.add(ex);
			}
		}
	}

	private RpcServer serve(int port) {
		RpcServerSettings settings = new RpcServerSettings(TransportServerSettings.defaults(port), Serializer.json(),
				"127.0.0.1", "", Duration.ofSeconds(10), false);
		RpcServer server = new RpcServer(settings, this.registry, this.executor, Thread::new, CallObserver.NONE);
		server.export(ServiceDescriptor.of(ClientFixture.SHOP, Shop.class), new Answering(), 100);
		server.start();
		server.register();
		return server;
	}

}
