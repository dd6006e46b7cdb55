package io.harpc.registry;

class KeepingInMemoryRegistryTests extends RegistryContractTests {

	@Override
	protected Registry connect() {
		return new KeepingRegistry(InMemoryRegistry.processWide(), KeepingSettings.defaults());
	}

}
