package io.harpc.autoconfigure;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.harpc.ServiceKey;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.Watch;

/**
 * A registry in memory that says what was done to it.
 */
final class RecordingRegistry implements Registry {

	final List<String> events = Collections.synchronizedList(new ArrayList<>());

	final List<Instance> registered = Collections.synchronizedList(new ArrayList<>());

	private final InMemoryRegistry memory = new InMemoryRegistry();

	@Override
	public Registration register(Instance instance) {
		this.events.add("register");
		this.registered.add(instance);
		Registration registration = this.memory.register(instance);
		return new Registration() {

			@Override
			public Instance instance() {
				return registration.instance();
			}

			@Override
			public boolean isRegistered() {
				return registration.isRegistered();
			}

			@Override
			public void update(Instance newer) {
				RecordingRegistry.this.events.add("update");
				registration.update(newer);
			}

			@Override
			public void close() {
				RecordingRegistry.this.events.add("deregister");
				registration.close();
			}

		};
	}

	@Override
	public Watch watch(ServiceKey service, InstancesListener listener) {
		return this.memory.watch(service, listener);
	}

	@Override
	public List<ServiceKey> services() {
		return this.memory.services();
	}

	@Override
	public RegistryStatus status() {
		return this.memory.status();
	}

	@Override
	public void close() {
		this.memory.close();
	}

}
