package io.harpc.registry;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class InMemoryRegistryTests extends RegistryContractTests {

	@Override
	protected Registry connect() {
		return InMemoryRegistry.processWide();
	}

	@Test
	void sharesNothingWithAnotherOneUnlessAskedTo() {
		try (InMemoryRegistry own = new InMemoryRegistry()) {
			assertThat(own.watch(LISTED, new RecordingListener()).current().list()).isEmpty();
		}
	}

	@Test
	void hasToldEveryoneWhenRegisteringReturns() {
		RecordingListener listener = new RecordingListener();
		this.registry.watch(TestInstances.ORDERS, listener);
		Registration registration = this.servers.register(TestInstances.instance("a", 1));
		assertThat(listener.last().list()).hasSize(1);
		registration.close();
		assertThat(listener.last().list()).isEmpty();
	}

}
