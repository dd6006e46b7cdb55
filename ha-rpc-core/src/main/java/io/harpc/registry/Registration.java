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
	 * Changes what the registry says of the instance, its weight for example; where the
	 * registry is away, as soon as it is back. Does nothing once this is closed.
	 * @param newer what it is to say
	 * @throws IllegalArgumentException if id, service or address are not the same
	 */
	void update(Instance newer);

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

			private volatile Instance current = instance;

			@Override
			public Instance instance() {
				return this.current;
			}

			@Override
			public boolean isRegistered() {
				return false;
			}

			@Override
			public void update(Instance newer) {
				this.current = this.current.checkSame(newer);
			}

			@Override
			public void close() {
				// Nothing was registered.
			}

		};
	}

}
