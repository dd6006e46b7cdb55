package io.harpc.benchmarks.subject;

/**
 * A client in a subject's usual form: one for the process, shared by all threads.
 */
public interface RunningClient extends AutoCloseable {

	/**
	 * Returns what one thread makes its calls with. Most subjects return the same for
	 * each.
	 * @return the calls
	 * @throws Exception if a connection cannot be opened
	 */
	UserCalls forCaller() throws Exception;

	/**
	 * Returns a client of calls that any thread may make.
	 * @param calls the calls
	 * @param closing closes the client
	 * @return the client
	 */
	static RunningClient shared(UserCalls calls, AutoCloseable closing) {
		return new RunningClient() {

			@Override
			public UserCalls forCaller() {
				return calls;
			}

			@Override
			public void close() throws Exception {
				closing.close();
			}

		};
	}

}
