package io.harpc.registry;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instances.Origin;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What holds of every {@link Registry}, also of one that nothing can be registered in.
 */
public abstract class RegistryReadingContractTests {

	protected static final ServiceKey LISTED = new ServiceKey("com.example.OrderService", "", "");

	protected static final ServiceKey NOT_LISTED = new ServiceKey("com.example.StockService", "", "");

	protected static final List<Address> ADDRESSES = List.of(new Address("10.0.0.1", 20880),
			new Address("10.0.0.2", 20881));

	protected Registry registry;

	/**
	 * Opens a registry that lists {@link #LISTED} at {@link #ADDRESSES} and nothing else.
	 * @return the registry
	 */
	protected abstract Registry open() throws Exception;

	@BeforeEach
	void openRegistry() throws Exception {
		this.registry = open();
	}

	@AfterEach
	void closeRegistry() {
		this.registry.close();
	}

	@Test
	void tellsWhatIsListed() {
		RecordingListener listener = new RecordingListener();
		Watch watch = this.registry.watch(LISTED, listener);
		eventually(() -> assertThat(addresses(watch.current())).containsExactlyInAnyOrderElementsOf(ADDRESSES));
		eventually(() -> assertThat(listener.last()).isEqualTo(watch.current()));
		assertThat(watch.current().service()).isEqualTo(LISTED);
		assertThat(watch.current().origin()).isEqualTo(Origin.REGISTRY);
		assertThat(watch.current().list()).allMatch(watch.current()::isConfirmed)
			.allMatch((instance) -> instance.service().equals(LISTED));
	}

	@Test
	void tellsThatNothingIsListed() {
		Watch watch = this.registry.watch(NOT_LISTED, new RecordingListener());
		eventually(() -> assertThat(watch.current().isKnown()).isTrue());
		assertThat(watch.current().list()).isEmpty();
	}

	@Test
	void tellsALaterWatchAtOnceWhatIsKnown() {
		Watch first = this.registry.watch(LISTED, new RecordingListener());
		eventually(() -> assertThat(addresses(first.current())).hasSize(2));
		RecordingListener listener = new RecordingListener();
		this.registry.watch(LISTED, listener);
		assertThat(addresses(listener.last())).containsExactlyInAnyOrderElementsOf(ADDRESSES);
	}

	@Test
	void keepsIdsApart() {
		Watch watch = this.registry.watch(LISTED, new RecordingListener());
		eventually(() -> assertThat(addresses(watch.current())).hasSize(2));
		assertThat(Set.copyOf(watch.current().list().stream().map(Instance::id).toList())).hasSize(2);
	}

	@Test
	void survivesAListenerThatThrows() {
		this.registry.watch(LISTED, (instances) -> {
			throw new IllegalStateException("on purpose");
		});
		RecordingListener listener = new RecordingListener();
		this.registry.watch(LISTED, listener);
		eventually(() -> assertThat(listener.views).isNotEmpty());
	}

	@Test
	void saysHowItStands() throws Exception {
		assertThat(this.registry.awaitConnected(java.time.Duration.ofSeconds(20))).isTrue();
		eventually(() -> assertThat(this.registry.status().connected()).isTrue());
		assertThat(this.registry.status().message()).isNotBlank();
		assertThat(this.registry.status().type()).matches("[a-z-]+");
		assertThat(this.registry.status().badEntries()).isZero();
	}

	@Test
	void refusesAWatchOnceClosedAndClosesTwice() {
		this.registry.close();
		this.registry.close();
		assertThatIllegalStateException().isThrownBy(() -> this.registry.watch(LISTED, new RecordingListener()))
			.withMessageContaining("closed");
		assertThatIllegalStateException()
			.isThrownBy(() -> this.registry.register(TestInstances.instance(LISTED, "late", 1)))
			.withMessageContaining("closed");
	}

	protected static List<Address> addresses(Instances instances) {
		return instances.list().stream().map(Instance::address).toList();
	}

}
