package io.harpc.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.Identity;
import io.harpc.ServiceKey;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.security.ClientAuthentication;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.SharedKey;
import io.harpc.serialization.Serializer;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A key takes the place of another at two servers and their clients, one after the other,
 * while calls are made that must not run twice.
 */
@Timeout(60)
class KeyRotationIT {

	private static final SharedKey OLD = SharedKey.of("k1", "the old secret, of thirty-two characters");

	private static final SharedKey NEW = SharedKey.of("k2", "the new secret, of thirty-two characters");

	private static final ServiceDescriptor SERVICE = ServiceDescriptor.of(ServiceKey.of(WhoAmI.class), WhoAmI.class);

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	@AfterEach
	void close() {
		this.executor.shutdownNow();
		this.registry.close();
	}

	@Test
	void noCallFailsWhileAKeyTakesThePlaceOfAnother() throws Exception {
		RpcServer first = server(OLD);
		RpcServer second = server(OLD);
		try (Caller old = new Caller(OLD)) {
			first = replaced(first, old, OLD, NEW);
			// One server does not know the new key yet.
			try (Caller early = new Caller(NEW)) {
				second = replaced(second, old, OLD, NEW);
				early.goOn();
			}
			old.goOn();
		}
		try (Caller young = new Caller(NEW)) {
			first = replaced(first, young, NEW);
			second = replaced(second, young, NEW);
			young.goOn();
		}
		first.close();
		second.close();
		assertThat(this.failure.get()).isNull();
	}

	private RpcServer replaced(RpcServer server, Caller caller, SharedKey... keys) {
		caller.goOn();
		server.shutdown();
		caller.goOn();
		RpcServer next = server(keys);
		caller.goOn();
		return next;
	}

	private RpcServer server(SharedKey... keys) {
		List<AcceptedKey> accepted = Arrays.stream(keys)
			.map((key) -> new AcceptedKey(key, new Identity("orders", Set.of())))
			.toList();
		RpcServer server = new RpcServer(
				new RpcServerSettings(
						TransportServerSettings.defaults(0)
							.withBindAddress("127.0.0.1")
							.withAuthentication(new ServerAuthentication(true, accepted, List.of())),
						Serializer.json(), "127.0.0.1", "", Duration.ofSeconds(5), false),
				this.registry, this.executor, Thread::new, CallObserver.NONE);
		WhoAmI bean = () -> {
			Identity identity = CallContext.current().identity();
			return (identity != null) ? identity.name() : "nobody";
		};
		server.export(SERVICE, bean, 100);
		server.start();
		server.register();
		return server;
	}

	interface WhoAmI {

		String whoAmI();

	}

	private final class Caller implements AutoCloseable {

		private final AtomicInteger calls = new AtomicInteger();

		private final RpcClient client;

		private final Thread thread = new Thread(this::call, "caller");

		private volatile boolean stopped;

		Caller(SharedKey key) {
			this.client = RpcClient.builder(KeyRotationIT.this.registry)
				.transport(new TransportClient(
						TransportClientSettings.defaults().withAuthentication(new ClientAuthentication.ByKey(key)),
						Thread::new))
				.build();
			this.thread.start();
			goOn();
		}

		private void call() {
			WhoAmI reference = this.client.reference(ReferenceSettings.of(WhoAmI.class));
			try {
				while (!this.stopped) {
					assertThat(reference.whoAmI()).isEqualTo("orders");
					this.calls.incrementAndGet();
				}
			}
			catch (RuntimeException | Error ex) {
				KeyRotationIT.this.failure.compareAndSet(null, ex);
			}
		}

		/** Waits until many more calls have been answered. */
		void goOn() {
			int before = this.calls.get();
			while (this.calls.get() < before + 500) {
				if (KeyRotationIT.this.failure.get() != null) {
					throw new AssertionError("a call failed", KeyRotationIT.this.failure.get());
				}
				LockSupport.parkNanos(1_000_000);
			}
		}

		@Override
		public void close() throws InterruptedException {
			this.stopped = true;
			this.thread.join();
			this.client.close();
		}

	}

}
