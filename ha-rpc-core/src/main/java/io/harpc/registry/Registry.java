package io.harpc.registry;

import java.time.Duration;
import java.util.List;

import io.harpc.ServiceKey;

/**
 * Where servers say that they are there and clients learn of it. Thread-safe. No method
 * waits for the network but {@link #awaitConnected}, {@link Registration#close()} and
 * {@link #close()}, which are bounded; a registry that is away is tried again in the
 * background for as long as this one is open.
 */
public interface Registry extends AutoCloseable {

	/**
	 * Registers an instance and keeps it registered, made again after whatever loss,
	 * until the registration is closed.
	 * @param instance the instance
	 * @return its registration
	 * @throws IllegalStateException if an instance of that service and id is registered
	 * here already, or the registry is closed
	 * @throws IllegalArgumentException if the instance is too large for the registry
	 */
	Registration register(Instance instance);

	/**
	 * Watches a service, whether or not it is known.
	 * @param service the service
	 * @param listener is told of each view
	 * @return the watch
	 * @throws IllegalStateException if the registry is closed
	 */
	Watch watch(ServiceKey service, InstancesListener listener);

	/**
	 * The services known, as far as the registry can list them without being asked anew.
	 * @return the services, in no particular order; perhaps some without an instance
	 */
	List<ServiceKey> services();

	/**
	 * How it stands.
	 * @return the status
	 */
	RegistryStatus status();

	/**
	 * Waits until the registry is in contact with what lies behind it.
	 * @param timeout how long at most
	 * @return whether it is
	 * @throws InterruptedException if interrupted while waiting
	 */
	default boolean awaitConnected(Duration timeout) throws InterruptedException {
		return status().connected();
	}

	/**
	 * Closes every registration and watch made here, then the registry. Bounded; closing
	 * again does nothing.
	 */
	@Override
	void close();

}
