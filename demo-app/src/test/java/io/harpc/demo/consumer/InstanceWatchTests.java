package io.harpc.demo.consumer;

import java.time.Instant;
import java.util.List;

import io.harpc.Address;
import io.harpc.client.InstanceStatus;
import io.harpc.client.InstanceStatus.Ejection;
import io.harpc.client.ReferenceStatus;
import io.harpc.demo.api.DivisionService;
import io.harpc.demo.api.OrderService;
import io.harpc.registry.Instances.Origin;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InstanceWatchTests {

	private final InstanceWatch watch = new InstanceWatch();

	@Test
	void saysOnceWhatChanged() {
		assertThat(this.watch.changes(references(instance("CONNECTED", "", "CLOSED"))))
			.containsExactly("10.0.0.1:20880 connected");
		assertThat(this.watch.changes(references(instance("CONNECTED", "", "CLOSED")))).isEmpty();
		assertThat(this.watch.changes(references(instance("DISCONNECTED", "connection reset", "CLOSED"))))
			.containsExactly("10.0.0.1:20880 not connected: connection reset");
		assertThat(this.watch.changes(references(instance("CONNECTED", "connection reset", "CLOSED"))))
			.containsExactly("10.0.0.1:20880 connected");
	}

	@Test
	void seesAnInstanceStopAndGo() {
		this.watch.changes(references(instance("CONNECTED", "", "CLOSED")));

		assertThat(this.watch.changes(references(instance("DRAINING", "", "CLOSED"))))
			.containsExactly("10.0.0.1:20880 is stopping, gets no new calls");
		assertThat(this.watch.changes(references())).containsExactly("10.0.0.1:20880 gone from the registry");
		assertThat(this.watch.changes(references())).isEmpty();
	}

	@Test
	void seesABreakerOpenAndClose() {
		this.watch.changes(references(instance("CONNECTED", "", "CLOSED")));

		assertThat(this.watch.changes(references(instance("CONNECTED", "", "OPEN"))))
			.containsExactly("10.0.0.1:20880 connected, cut off by its breaker");
		assertThat(this.watch.changes(references(instance("CONNECTED", "", "HALF_OPEN"))))
			.containsExactly("10.0.0.1:20880 connected");
	}

	@Test
	void seesAnInstanceEjected() {
		Address address = new Address("10.0.0.1", 20880);
		this.watch.changes(references(Statuses.connected(address)));

		Ejection ejection = new Ejection("5 failures in a row", 1, Instant.EPOCH);
		assertThat(this.watch.changes(references(Statuses.instance(address, "CONNECTED", "", "OPEN", ejection))))
			.containsExactly("10.0.0.1:20880 connected, ejected for a while");
	}

	@Test
	void takesAllServicesOfAProcessForOneInstance() {
		InstanceStatus connected = instance("CONNECTED", "", "CLOSED");

		assertThat(this.watch.changes(List.of(Statuses.reference(DivisionService.class, Origin.REGISTRY, connected),
				Statuses.reference(OrderService.class, Origin.REGISTRY, connected))))
			.containsExactly("10.0.0.1:20880 connected");
	}

	@Test
	void saysWhenTheRegistryIsAwayAndBack() {
		InstanceStatus connected = instance("CONNECTED", "", "CLOSED");
		this.watch.changes(references(connected));

		assertThat(this.watch.changes(List.of(Statuses.reference(DivisionService.class, Origin.KEPT, connected))))
			.containsExactly("registry away, going on with the instances known");
		assertThat(this.watch.changes(List.of(Statuses.reference(DivisionService.class, Origin.KEPT, connected))))
			.isEmpty();
		assertThat(this.watch.changes(references(connected))).containsExactly("registry back");
	}

	private static List<ReferenceStatus> references(InstanceStatus... instances) {
		return List.of(Statuses.reference(DivisionService.class, Origin.REGISTRY, instances));
	}

	private static InstanceStatus instance(String connection, String lastLoss, String breaker) {
		return Statuses.instance(new Address("10.0.0.1", 20880), connection, lastLoss, breaker, null);
	}

}
