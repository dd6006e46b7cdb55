package io.harpc.autoconfigure.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.StaticRegistry;
import io.harpc.registry.Watch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RpcHealth}.
 */
class RpcHealthTests {

	private final FakeRegistry registry = new FakeRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final RpcHealth health = new RpcHealth(null, this.registry, this.client);

	@Test
	void aRegistryThatIsAwayIsSaidAndIsNoIllnessWhileWhatWasKnownIsUsed() {
		this.registry.origin = Origin.KEPT;
		this.client.reference(ReferenceSettings.of(Orders.class));
		RpcHealth.State state = this.health.state();
		assertThat(state.up()).isTrue();
		assertThat(detail(state, "registry")).contains(entry("connected", false), entry("message", "away"));
		assertThat(detail(detail(state, "references"), "orders")).contains(entry("instancesFrom", "KEPT"),
				entry("instances", 0));
	}

	@Test
	void whoNeverLearntOfAnyInstanceIsDownWhileTheRegistryIsAway() {
		this.client.reference(ReferenceSettings.of(Orders.class));
		assertThat(this.health.state().up()).isFalse();
	}

	@Test
	void aServiceThatNobodyOffersIsNotThisProcesssIllness() {
		Registry there = new InMemoryRegistry();
		RpcClient caller = RpcClient.builder(there).build();
		caller.reference(ReferenceSettings.of(Orders.class));
		assertThat(new RpcHealth(null, there, caller).state().up()).isTrue();
	}

	@Test
	void saysWhyNoInstanceIsConnected() {
		Registry nobody = new StaticRegistry(
				Map.of(ServiceKey.of(Orders.class).name(), List.of(new Address("127.0.0.1", 1))));
		try (RpcClient caller = RpcClient.builder(nobody).build()) {
			caller.reference(ReferenceSettings.of(Orders.class));
			RpcHealth there = new RpcHealth(null, nobody, caller);
			await().untilAsserted(() -> {
				Map<String, Object> orders = detail(detail(there.state(), "references"), "orders");
				assertThat(orders).contains(entry("connected", 0L));
				assertThat(orders.get("problem")).asString().contains("127.0.0.1:1: Connection refused");
			});
		}
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> detail(Map<String, Object> details, String name) {
		return (Map<String, Object>) details.get(name);
	}

	private static Map<String, Object> detail(RpcHealth.State state, String name) {
		return detail(state.details(), name);
	}

	interface Orders {

		String find(long id);

	}

	/** Away, and knows nothing or what it knew. */
	private static final class FakeRegistry implements Registry {

		Origin origin = Origin.UNKNOWN;

		@Override
		public Registration register(Instance instance) {
			return Registration.nowhere(instance);
		}

		@Override
		public Watch watch(ServiceKey service, InstancesListener listener) {
			Instances instances = Instances.of(service, List.of(), this.origin);
			listener.update(instances);
			return new Watch() {

				@Override
				public Instances current() {
					return instances;
				}

				@Override
				public void close() {
				}

			};
		}

		@Override
		public List<ServiceKey> services() {
			return List.of();
		}

		@Override
		public RegistryStatus status() {
			return new RegistryStatus("fake", false, Instant.EPOCH, "away", 0, 0);
		}

		@Override
		public void close() {
		}

	}

}
