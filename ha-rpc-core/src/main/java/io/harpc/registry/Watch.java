package io.harpc.registry;

/**
 * One watch of one service. Thread-safe.
 */
public interface Watch extends AutoCloseable {

	/**
	 * The newest view.
	 * @return the view, not {@linkplain Instances#isKnown() known} before the first
	 */
	Instances current();

	/**
	 * Ends the watch: no call of the listener begins after this. Never blocks.
	 */
	@Override
	void close();

}
