package io.harpc.demo.consumer;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.Address;
import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceStatus;
import io.harpc.demo.api.Division;
import io.harpc.demo.api.DivisionService;
import io.harpc.demo.api.NewOrder;
import io.harpc.demo.api.Order;
import io.harpc.demo.api.OrderPage;
import io.harpc.demo.api.OrderService;
import io.harpc.registry.Instances.Origin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LoadGeneratorTests {

	private final Queue<String> printed = new ConcurrentLinkedQueue<>();

	private final AtomicInteger looks = new AtomicInteger();

	private volatile List<ReferenceStatus> references = List.of(reference());

	private final LoadGenerator load = new LoadGenerator(new LoadCalls(LoadGeneratorTests::divide, new NoOrders()),
			new LoadProperties(true, 1000, 2), this::look, this.printed::add);

	@AfterEach
	void stop() {
		this.load.stop();
	}

	@Test
	void callsNobodyBeforeThereIsSomebody() {
		this.load.start();
		await().until(() -> this.looks.get() >= 2);
		assertThat(this.printed).isEmpty();

		this.references = List.of(reference(instance()));

		await().until(() -> this.printed.stream().anyMatch((line) -> line.contains(" calls  0 failed")));
		assertThat(this.printed).contains("127.0.0.1:20881 connected");
		assertThat(this.printed).anyMatch((line) -> line.endsWith("20881 100%"));
	}

	@Test
	void startsAgainAfterAStop() {
		this.references = List.of(reference(instance()));
		this.load.start();
		this.load.stop();
		assertThat(this.load.isRunning()).isFalse();

		this.load.start();

		assertThat(this.load.isRunning()).isTrue();
		await().until(() -> this.printed.stream().anyMatch((line) -> line.contains(" calls  0 failed")));
	}

	private List<ReferenceStatus> look() {
		this.looks.incrementAndGet();
		return this.references;
	}

	private static Division divide(BigDecimal num1, BigDecimal num2) {
		return new Division(num1, num2, num1.divide(num2, MathContext.DECIMAL64), "127.0.0.1:20881");
	}

	private static ReferenceStatus reference(InstanceStatus... instances) {
		return Statuses.reference(DivisionService.class, Origin.REGISTRY, instances);
	}

	private static InstanceStatus instance() {
		return Statuses.connected(new Address("127.0.0.1", 20881));
	}

	private static final class NoOrders implements OrderService {

		@Override
		public Order place(String customer, NewOrder order) {
			throw new AssertionError("The load places no orders");
		}

		@Override
		public Optional<Order> find(long id) {
			return Optional.empty();
		}

		@Override
		public OrderPage page(int page, int size) {
			return new OrderPage(List.of(), page, size, 0, "127.0.0.1:20881");
		}

	}

}
