package io.harpc.registry;

/**
 * One instance that is kept registered. Thread-safe.
 */
public interface Registration extends AutoCloseable {

	/**
	 * The instance.
	 * @return the instance
	 */
	Instance instance();

	/**
	 * Whether the registry is known to hold it.
	 * @return {@code false} while that is not proven
	 */
	boolean isRegistered();

	/**
	 * Deregisters. Waits a bounded time for the registry to confirm; where it cannot, the
	 * instance is removed as soon as the registry is back, and in no case registered
	 * again. Closing again does nothing.
	 */
	@Override
	void close();

	/**
	 * Returns the registration of a registry that servers do not register in.
	 * @param instance the instance
	 * @return a registration that never is registered
	 */
	static Registration nowhere(Instance instance) {
		return new Registration() {

			@Override
			public Instance instance() {
				return instance;
			}

			@Override
			public boolean isRegistered() {
				return false;
			}

			@Override
			public void close() {
				// Nothing was registered.
			}

		};
	}

}
