package io.harpc.transport;

/**
 * What a {@link TransportServer} asks and tells whoever runs it about its load.
 */
@FunctionalInterface
public interface LoadControl {

	/**
	 * What to say of the server with an answer. Asked for each, on the path of the call,
	 * so that it must cost no more than reading a field. Thread-safe.
	 * @return the bytes of a {@link io.harpc.protocol.LoadReport}
	 */
	long report();

	/**
	 * How many calls may run at once from now on; never more than the settings say. Asked
	 * by the server's monitor about ten times a second while calls end, never by two
	 * threads at once.
	 * @param slowness how long calls took of late, relative to what each one's method
	 * takes while next to nothing else runs
	 * @param running how many calls ran at once of late, at most
	 * @return the limit
	 */
	default int limit(double slowness, int running) {
		return Integer.MAX_VALUE;
	}

	/**
	 * Told by the server's monitor about once a second, never by two threads at once.
	 * @param load how it is
	 */
	default void sample(Load load) {
	}

	/**
	 * The calls of a server at a moment.
	 *
	 * @param nanoTime the moment
	 * @param answered how many calls have been run and answered since the start
	 * @param running how many run
	 * @param queued how many wait for one of these to end
	 */
	record Load(long nanoTime, long answered, int running, int queued) {

	}

}
