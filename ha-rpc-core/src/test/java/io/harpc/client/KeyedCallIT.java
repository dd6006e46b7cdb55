package io.harpc.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.CallObserver;
import io.harpc.IdempotencyKey;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.ServiceKey;
import io.harpc.faults.FaultProxy;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Calls with a key over connections that break while they run, to a real server.
 */
@Timeout(60)
class KeyedCallIT {

	private final ExecutorService handlers = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final Counter counter = new Counter();

	private RpcServer server;

	private FaultProxy proxy;

	private RpcClient client;

	private Till till;

	@BeforeEach
	void start() throws Exception {
		this.server = new RpcServer(RpcServerSettings.defaults(0), this.registry, this.handlers, Thread::new,
				CallObserver.NONE);
		this.server.export(ServiceDescriptor.of(ServiceKey.of(Till.class), Till.class), this.counter, 100);
		this.server.start();
		this.proxy = new FaultProxy(this.server.address());
		this.client = RpcClient.builder(this.registry).build();
		this.till = this.client
			.reference(ReferenceSettings.of(Till.class).withAddresses(List.of(this.proxy.address())));
		this.till.pay("warm-up");
	}

	@AfterEach
	void close() throws Exception {
		this.client.close();
		this.proxy.close();
		this.server.close();
		this.registry.close();
		this.handlers.shutdownNow();
	}

	@Test
	void aCallWhoseConnectionIsLostIsAnsweredAndRunsOnce() {
		this.counter.whenPaid = this.proxy::resetAll;
		for (int i = 0; i < 5; i++) {
			String key = "order-" + i;
			assertThat(this.till.pay(key)).isEqualTo("paid " + key + " 1");
			assertThat(this.counter.times(key)).isOne();
		}
	}

	@Test
	void withoutAKeyItEndsUnknown() {
		this.counter.whenPaid = this.proxy::resetAll;
		assertThatExceptionOfType(RpcUnknownOutcomeException.class).isThrownBy(() -> this.till.payOnce("once"))
			.withMessageContaining("or give the call an @IdempotencyKey");
		assertThat(this.counter.times("once")).isOne();
	}

	/** The service. */
	public interface Till {

		String pay(@IdempotencyKey String key);

		String payOnce(String order);

	}

	/** Counts what it runs. */
	private static final class Counter implements Till {

		private final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

		volatile Runnable whenPaid = () -> {
		};

		@Override
		public String pay(String key) {
			return payOnce(key);
		}

		@Override
		public String payOnce(String order) {
			int times = this.runs.computeIfAbsent(order, (any) -> new AtomicInteger()).incrementAndGet();
			this.whenPaid.run();
			return "paid " + order + " " + times;
		}

		int times(String key) {
			return this.runs.get(key).get();
		}

	}

}
