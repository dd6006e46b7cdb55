package io.harpc.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.RpcRejectedException;
import io.harpc.ServiceKey;
import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.security.ServerAuthentication;
import io.harpc.serialization.Serializer;
import io.harpc.transport.TransportServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for authorization with real sockets and the real client.
 */
@Timeout(60)
class AuthorizationIT {

	private static final AtomicInteger BUILT = new AtomicInteger();

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final List<RpcServer> servers = new ArrayList<>();

	private final List<DeniedCall> denied = new CopyOnWriteArrayList<>();

	private final FakeOrders bean = new FakeOrders();

	@BeforeEach
	void forget() {
		BUILT.set(0);
	}

	@AfterEach
	void close() {
		this.client.close();
		this.servers.forEach(RpcServer::close);
		this.registry.close();
		this.executor.shutdownNow();
	}

	@Test
	void aForbiddenCallIsRejectedOnceAndIsNoFailureOfTheInstance() {
		RpcServer one = serve(10);
		RpcServer other = serve(10);
		Orders orders = this.client.reference(ReferenceSettings.of(Orders.class).withIdempotent(List.of("*")));
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(() -> orders.place(new Order(1)))
			.withMessageContaining("Who has not proven who it is may not call " + Orders.class.getName() + "#place(")
			.withMessageContaining("the server's rules forbid it")
			.satisfies((ex) -> assertThat(ex.attempts()).singleElement()
				.satisfies((attempt) -> assertThat(attempt.outcome()).isEqualTo(Outcome.REJECTED)));
		assertThat(this.denied).hasSize(1);
		assertThat(one.services().get(0).denied() + other.services().get(0).denied()).isEqualTo(1);
		assertThat(one.isAuthorizing()).isTrue();
		assertThat(this.client.references()).singleElement()
			.satisfies((reference) -> assertThat(reference.instances()).extracting(InstanceStatus::recentFailures)
				.containsOnly(0.0));
		assertThat(orders.count()).isEqualTo(3);
	}

	@Test
	void nothingOfAForbiddenCallIsDecoded() {
		serve(10);
		Orders orders = this.client.reference(ReferenceSettings.of(Orders.class));
		assertThat(orders.check(new Order(1))).isTrue();
		assertThat(BUILT).as("here, and once more by the server").hasValue(2);
		Order order = new Order(1);
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(() -> orders.place(order));
		assertThat(BUILT).as("here alone").hasValue(3);
	}

	@Test
	void aForbiddenCallTakesNoPlaceAndWaitsForNone() throws Exception {
		RpcServer server = serve(1);
		Orders orders = this.client.reference(
				ReferenceSettings.of(Orders.class).withCalls((calls) -> calls.withTimeout(Duration.ofSeconds(30))));
		Future<Boolean> first = this.executor.submit(() -> orders.hold());
		this.bean.entered.await();
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(() -> orders.place(new Order(1)));
		assertThat(server.runningCalls()).isEqualTo(1);
		this.bean.release.countDown();
		assertThat(first.get()).isTrue();
	}

	private RpcServer serve(int maxConcurrentCalls) {
		AccessRule open = new AccessRule(List.of("*$Orders"), List.of("count", "check", "hold"),
				Permission.ofEverybody());
		AccessRule named = new AccessRule(List.of("*$Orders"), List.of("*"), Permission.of(List.of("shop"), List.of()));
		RpcServerSettings settings = new RpcServerSettings(
				TransportServerSettings.defaults(0)
					.withLimits(100, maxConcurrentCalls, 1024 * 1024)
					.withMaxQueuedCalls(0)
					.withAuthentication(new ServerAuthentication(false, List.of(), List.of((credentials) -> null))),
				Serializer.json(), "localhost", "", Duration.ZERO, false)
			.withAuthorization(new AuthorizationSettings(List.of(open, named), List.of(), (bean, method) -> null,
					Set.of(), (bean, thrown) -> false, this.denied::add));
		RpcServer server = new RpcServer(settings, this.registry, this.executor, Thread::new, CallObserver.NONE);
		this.servers.add(server);
		server.export(ServiceDescriptor.of(ServiceKey.of(Orders.class), Orders.class), this.bean, 100);
		server.start();
		server.register();
		return server;
	}

	record Order(int number) {

		Order {
			BUILT.incrementAndGet();
		}

	}

	interface Orders {

		int count();

		boolean check(Order order);

		boolean hold() throws InterruptedException;

		void place(Order order);

	}

	static class FakeOrders implements Orders {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		@Override
		public int count() {
			return 3;
		}

		@Override
		public boolean check(Order order) {
			return true;
		}

		@Override
		public boolean hold() throws InterruptedException {
			this.entered.countDown();
			this.release.await();
			return true;
		}

		@Override
		public void place(Order order) {
			throw new AssertionError("was called");
		}

	}

}
