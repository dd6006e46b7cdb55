package io.harpc.autoconfigure;

import java.net.URI;
import java.util.List;

import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.RecordingListener;
import io.harpc.registry.Registration;
import io.harpc.registry.TestInstances;
import io.harpc.registry.Watch;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class RpcServiceRegistryTests {

	private static final Instance INSTANCE = TestInstances.instance("a", 20880);

	private static final RpcRegistration REGISTRATION = new RpcRegistration(INSTANCE);

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcServiceRegistry services = new RpcServiceRegistry(this.registry);

	private final Watch watch = this.registry.watch(TestInstances.ORDERS, new RecordingListener());

	@Test
	void showsAnInstanceInSpringCloudsTerms() {
		assertThat(REGISTRATION.getServiceId()).isEqualTo("com.example.OrderService:1.0");
		assertThat(REGISTRATION.getInstanceId()).isEqualTo("a");
		assertThat(REGISTRATION.getUri()).isEqualTo(URI.create("rpc://127.0.0.1:20880"));
		assertThat(REGISTRATION.getMetadata()).containsEntry("protocol", "ha-rpc")
			.containsEntry("ha-rpc.weight", "100");
	}

	@Test
	void listsWhatTheServerRegisters() {
		Registration registration = this.services.forServer().register(INSTANCE);
		assertThat(registration.isRegistered()).isTrue();
		assertThat(this.services.registrations()).containsExactly(REGISTRATION);
		assertThat(this.services.<String>getStatus(REGISTRATION)).isEqualTo("UP");
		assertThat(listed()).containsExactly(INSTANCE);
		registration.close();
		assertThat(this.services.registrations()).isEmpty();
		assertThat(this.services.<String>getStatus(REGISTRATION)).isEqualTo("UNKNOWN");
		assertThat(listed()).isEmpty();
	}

	@Test
	void listsWhatAnInstanceSaysAnewAlsoWhileItIsOutOfService() {
		Registration registration = this.services.forServer().register(INSTANCE);
		registration.update(INSTANCE.withWeight(7));
		assertThat(listed()).containsExactly(INSTANCE.withWeight(7));
		RpcRegistration lighter = new RpcRegistration(INSTANCE.withWeight(7));
		assertThat(this.services.registrations()).containsExactly(lighter);
		this.services.setStatus(lighter, "OUT_OF_SERVICE");
		registration.update(INSTANCE.withWeight(8));
		assertThat(listed()).isEmpty();
		this.services.setStatus(new RpcRegistration(INSTANCE.withWeight(8)), "UP");
		assertThat(listed()).containsExactly(INSTANCE.withWeight(8));
		registration.close();
		assertThat(listed()).isEmpty();
	}

	@Test
	void takesAnInstanceOutOfServiceAndBack() {
		Registration registration = this.services.forServer().register(INSTANCE);
		this.services.setStatus(REGISTRATION, "OUT_OF_SERVICE");
		assertThat(listed()).isEmpty();
		assertThat(registration.isRegistered()).isFalse();
		assertThat(this.services.<String>getStatus(REGISTRATION)).isEqualTo("OUT_OF_SERVICE");
		this.services.setStatus(REGISTRATION, "DOWN");
		assertThat(this.services.<String>getStatus(REGISTRATION)).isEqualTo("DOWN");
		this.services.setStatus(REGISTRATION, "UP");
		this.services.setStatus(REGISTRATION, "UP");
		assertThat(listed()).containsExactly(INSTANCE);
		registration.close();
		assertThat(listed()).isEmpty();
	}

	@Test
	void refusesAStatusThatMeansNothingHere() {
		this.services.register(REGISTRATION);
		assertThatIllegalArgumentException().isThrownBy(() -> this.services.setStatus(REGISTRATION, "MAYBE"))
			.withMessage("status: MAYBE (expected: UP, OUT_OF_SERVICE or DOWN)");
		this.services.deregister(REGISTRATION);
		assertThatIllegalStateException().isThrownBy(() -> this.services.setStatus(REGISTRATION, "UP"));
	}

	@Test
	void removesItsOwnWhenClosedAndLeavesTheRegistryOpen() {
		this.services.register(REGISTRATION);
		this.services.register(REGISTRATION);
		this.services.close();
		assertThat(listed()).isEmpty();
		assertThat(this.registry.status().connected()).isTrue();
	}

	private List<Instance> listed() {
		return this.watch.current().list();
	}

}
