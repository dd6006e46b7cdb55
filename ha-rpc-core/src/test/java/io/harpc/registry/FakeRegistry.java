package io.harpc.registry;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import io.harpc.ServiceKey;
import io.harpc.registry.Instances.Origin;

/** Says what it is told to say. */
final class FakeRegistry implements Registry {

	final Watches watches = new Watches();

	boolean closed;

	void says(Origin origin, Instance... instances) {
		this.watches.update(TestInstances.ORDERS,
				(old) -> Instances.of(TestInstances.ORDERS, List.of(instances), origin));
	}

	Set<ServiceKey> watched() {
		return this.watches.services();
	}

	@Override
	public Registration register(Instance instance) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		return this.watches.add(service, listener);
	}

	@Override
	public List<ServiceKey> services() {
		return List.of();
	}

	@Override
	public RegistryStatus status() {
		return new RegistryStatus("fake", true, Instant.EPOCH, "Fine", 0, 0);
	}

	@Override
	public void close() {
		this.closed = true;
	}

}
