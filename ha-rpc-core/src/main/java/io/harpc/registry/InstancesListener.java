package io.harpc.registry;

import io.harpc.Address;

/**
 * Is told which instances of a service there are. Written by whoever watches a service,
 * called by a {@link Registry}.
 */
@FunctionalInterface
public interface InstancesListener {

	/**
	 * Takes a view: at once what is known already, if anything is, then each newer one,
	 * never an older one and never two at a time. Views in between may be left out.
	 * Called on the thread that watches or on one of the registry's, with no lock held;
	 * must not block. What it throws is logged and changes nothing.
	 * @param instances the newest view
	 */
	void update(Instances instances);

	/**
	 * Whether an address still answers, for example because a connection to it is alive
	 * and does not drain. Asked of instances that are suspected to have vanished from the
	 * registry without being dead. Called on a thread of the registry's, with no lock
	 * held, again every second while in doubt; must not block.
	 * @param address the address
	 * @return {@code true} to keep the instance in use; by default it is given up
	 */
	default boolean stillAnswers(Address address) {
		return false;
	}

}
