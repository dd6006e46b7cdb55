package io.harpc.registry;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.harpc.Address;
import io.harpc.ServiceKey;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What holds of every {@link Registry} that servers register in.
 */
public abstract class RegistryContractTests extends RegistryReadingContractTests {

	protected Registry servers;

	/**
	 * Connects to one and the same registry, as another process would.
	 * @return the registry
	 */
	protected abstract Registry connect() throws Exception;

	@Override
	protected Registry open() throws Exception {
		Registry reader = connect();
		int number = 0;
		for (Address address : ADDRESSES) {
			this.servers.register(new Instance("listed-" + number++, LISTED, address, 100, "", "json", Map.of()));
		}
		return reader;
	}

	@BeforeEach
	@Override
	void openRegistry() throws Exception {
		this.servers = connect();
		super.openRegistry();
	}

	@AfterEach
	void closeServers() {
		this.servers.close();
	}

	@Test
	void carriesAnInstanceWhole() {
		ServiceKey service = new ServiceKey("com.example.Überweisung", "2.0-beta", "blue");
		Instance instance = new Instance("a.b_c-1:2", service, new Address("::1", 65535), 0, "eu-west 1/ä", "smile",
				true, Map.of("k", "v", "empty", "", "emoji", "\uD83D\uDE80"));
		Registration registration = this.servers.register(instance);
		Watch watch = this.registry.watch(service, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(instance));
		assertThat(registration.instance()).isEqualTo(instance);
		eventually(() -> assertThat(registration.isRegistered()).isTrue());
	}

	@Test
	void tellsOfWhatComesAndGoes() {
		Watch watch = this.registry.watch(TestInstances.ORDERS, new RecordingListener());
		Instance a = TestInstances.instance("a", 1);
		Instance b = TestInstances.instance("b", 2);
		Registration first = this.servers.register(a);
		this.servers.register(b);
		eventually(() -> assertThat(watch.current().list()).containsExactlyInAnyOrder(a, b));
		first.close();
		first.close();
		assertThat(first.isRegistered()).isFalse();
		eventually(() -> assertThat(watch.current().list()).containsExactly(b));
	}

	@Test
	void tellsOfWhatAnInstanceSaysAnew() {
		Watch watch = this.registry.watch(TestInstances.ORDERS, new RecordingListener());
		Instance a = TestInstances.instance("a", 1);
		Registration registration = this.servers.register(a);
		eventually(() -> assertThat(watch.current().list()).containsExactly(a));
		Instance newer = a.withWeight(7);
		registration.update(newer);
		eventually(() -> assertThat(watch.current().list()).containsExactly(newer));
		assertThat(registration.instance()).isEqualTo(newer);
		eventually(() -> assertThat(registration.isRegistered()).isTrue());
		registration.close();
		registration.update(a);
		eventually(() -> assertThat(watch.current().list()).isEmpty());
		assertThat(registration.isRegistered()).isFalse();
	}

	@Test
	void refusesToMakeAnInstanceAnother() {
		Registration registration = this.servers.register(TestInstances.instance("a", 1));
		assertThatIllegalArgumentException().isThrownBy(() -> registration.update(TestInstances.instance("a", 2)))
			.withMessageContaining("a of com.example.OrderService:1.0 at ");
	}

	@Test
	void keepsVersionsAndGroupsApart() {
		ServiceKey other = new ServiceKey(LISTED.name(), "2", "");
		ServiceKey grouped = new ServiceKey(LISTED.name(), "", "2");
		this.servers.register(TestInstances.instance(other, "a", 1));
		this.servers.register(TestInstances.instance(grouped, "a", 2));
		Watch watch = this.registry.watch(other, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(TestInstances.instance(other, "a", 1)));
	}

	@Test
	void tellsNothingMoreOnceTheWatchIsClosed() {
		RecordingListener listener = new RecordingListener();
		Watch watch = this.registry.watch(TestInstances.ORDERS, listener);
		eventually(() -> assertThat(listener.views).isNotEmpty());
		watch.close();
		int told = listener.views.size();
		Watch other = this.registry.watch(TestInstances.ORDERS, new RecordingListener());
		this.servers.register(TestInstances.instance("a", 1));
		eventually(() -> assertThat(other.current().list()).hasSize(1));
		assertThat(listener.views).hasSize(told);
	}

	@Test
	void watchesAgainAfterTheLastWatchWasClosed() {
		Watch watch = this.registry.watch(LISTED, new RecordingListener());
		eventually(() -> assertThat(watch.current().isKnown()).isTrue());
		watch.close();
		RecordingListener listener = new RecordingListener();
		this.registry.watch(LISTED, listener);
		eventually(() -> assertThat(listener.views).isNotEmpty());
		eventually(() -> assertThat(listener.last().list()).hasSize(2));
	}

	@Test
	void refusesAnIdThatIsRegisteredAndTakesItAgainOnceItIsNot() {
		Registration registration = this.servers.register(TestInstances.instance("a", 1));
		assertThatIllegalStateException().isThrownBy(() -> this.servers.register(TestInstances.instance("a", 2)))
			.withMessageContaining("a of com.example.OrderService:1.0");
		registration.close();
		this.servers.register(TestInstances.instance("a", 3));
		Watch watch = this.registry.watch(TestInstances.ORDERS, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).containsExactly(TestInstances.instance("a", 3)));
	}

	@Test
	void listsTheServices() {
		this.servers.register(TestInstances.instance("a", 1));
		eventually(() -> assertThat(this.registry.services()).contains(LISTED, TestInstances.ORDERS));
	}

	@Test
	void removesWhatWasRegisteredWhenClosed() {
		Watch watch = this.registry.watch(LISTED, new RecordingListener());
		eventually(() -> assertThat(watch.current().list()).hasSize(2));
		this.servers.close();
		eventually(() -> assertThat(watch.current().list()).isEmpty());
	}

	@Test
	void agreesWithWhatManyThreadsDidAtOnce() throws Exception {
		RecordingListener listener = new RecordingListener();
		this.registry.watch(TestInstances.ORDERS, listener);
		ExecutorService threads = Executors.newFixedThreadPool(4);
		CountDownLatch done = new CountDownLatch(4);
		for (int t = 0; t < 4; t++) {
			int thread = t;
			threads.execute(() -> {
				for (int i = 0; i < 10; i++) {
					Registration registration = this.servers
						.register(TestInstances.instance(thread + "-" + i, 1 + thread * 10 + i));
					if (i != 9) {
						registration.close();
					}
				}
				done.countDown();
			});
		}
		assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
		threads.shutdown();
		eventually(() -> assertThat(listener.last().list()).extracting(Instance::id)
			.containsExactlyInAnyOrder("0-9", "1-9", "2-9", "3-9"));
	}

}
