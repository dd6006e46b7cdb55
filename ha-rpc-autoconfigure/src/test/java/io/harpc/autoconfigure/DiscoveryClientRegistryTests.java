package io.harpc.autoconfigure;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registry;
import io.harpc.registry.Trust;
import io.harpc.registry.RegistryReadingContractTests;
import io.harpc.registry.TestInstances;
import io.harpc.registry.Watch;
import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

class DiscoveryClientRegistryTests extends RegistryReadingContractTests {

	private final FakeDiscoveryClient client = new FakeDiscoveryClient();

	private DiscoveryClientRegistry discovery;

	@Override
	protected Registry open() {
		for (Address address : ADDRESSES) {
			this.client.add("order-service", address.host(), 8080,
					Map.of("ha-rpc.port", String.valueOf(address.port())));
		}
		this.discovery = new DiscoveryClientRegistry(() -> List.of(new FakeDiscoveryClient(), this.client),
				Duration.ofHours(1), Trust.ALL);
		return this.discovery;
	}

	@Test
	void readsWhatTheMetadataSays() {
		this.client.add("com.example.StockService", "h", 7, Map.of("ha-rpc.weight", "3", "ha-rpc.zone", "z",
				"ha-rpc.serialization", "smile", "ha-rpc.priority", "1", "other", "x"));
		Watch watch = this.registry.watch(NOT_LISTED, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(
				new Instance("h:7", NOT_LISTED, new Address("h", 7), 3, "z", "smile", Map.of("priority", "1"))));
	}

	@Test
	void takesOnlyTheVersionAndGroupThatAreOffered() {
		this.client.add("stock-service", "a", 1, Map.of("ha-rpc.version", "2"));
		this.client.add("stock-service", "b", 2, Map.of());
		this.client.add("stock-service", "c", 3, Map.of("ha-rpc.group", "blue"));
		Watch watch = this.registry.watch(new ServiceKey(NOT_LISTED.name(), "2", ""), new RecordingListener());
		eventually(
				() -> assertThat(addresses(watch.current())).containsExactly(new Address("a", 1), new Address("b", 2)));
	}

	@Test
	void looksAgainWhenToldTo() {
		RecordingListener listener = new RecordingListener();
		Watch watch = this.registry.watch(LISTED, listener);
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
		this.client.instances.clear();
		this.discovery.refresh();
		eventually(() -> assertThat(watch.current().list()).isEmpty());
	}

	@Test
	void keepsWhatIsKnownWhileTheDiscoveryClientFails() {
		Watch watch = this.registry.watch(LISTED, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
		this.client.failing = true;
		this.discovery.refresh();
		eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.KEPT));
		assertThat(watch.current().list()).hasSize(2);
		eventually(() -> assertThat(this.registry.status().connected()).isFalse());
		assertThat(this.registry.status().message()).contains("on purpose");
		this.client.failing = false;
		this.discovery.refresh();
		eventually(() -> assertThat(watch.current().origin()).isEqualTo(Origin.REGISTRY));
		eventually(() -> assertThat(this.registry.status().connected()).isTrue());
	}

	@Test
	void skipsWhatCannotBeAnInstanceAndCountsIt() {
		this.client.add("order-service", "bad", 8080, Map.of("ha-rpc.port", "http"));
		this.client.add("order-service", "bad", 0, Map.of());
		this.client.add("order-service", "no host", 1, Map.of());
		Watch watch = this.registry.watch(LISTED, new RecordingListener());
		eventually(() -> assertThat(addresses(watch.current())).containsExactlyElementsOf(ADDRESSES));
		eventually(() -> assertThat(this.registry.status().badEntries()).isEqualTo(3));
	}

	@Test
	void registersNothing() {
		assertThat(this.registry.register(TestInstances.instance("a", 1)).isRegistered()).isFalse();
	}

	private static final class FakeDiscoveryClient implements DiscoveryClient {

		private final Map<String, List<ServiceInstance>> instances = new ConcurrentHashMap<>();

		private volatile boolean failing;

		void add(String serviceId, String host, int port, Map<String, String> metadata) {
			this.instances.computeIfAbsent(serviceId, (key) -> new ArrayList<>())
				.add(new FakeInstance(serviceId, host, port, metadata));
		}

		@Override
		public String description() {
			return "fake";
		}

		@Override
		public List<ServiceInstance> getInstances(String serviceId) {
			if (this.failing) {
				throw new IllegalStateException("on purpose");
			}
			return this.instances.getOrDefault(serviceId, List.of());
		}

		@Override
		public List<String> getServices() {
			return List.copyOf(this.instances.keySet());
		}

	}

	/** As little as implementations are seen to give: no id, no scheme. */
	private record FakeInstance(String getServiceId, String getHost, int getPort,
			Map<String, String> getMetadata) implements ServiceInstance {

		@Override
		public boolean isSecure() {
			return false;
		}

		@Override
		public URI getUri() {
			throw new UnsupportedOperationException();
		}

	}

}
