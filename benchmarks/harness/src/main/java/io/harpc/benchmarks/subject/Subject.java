package io.harpc.benchmarks.subject;

import java.util.List;

/**
 * One way to make calls from one process to another. Has a public constructor that takes
 * one string, the variant that {@link SubjectEntry} names. The server process calls
 * {@link #serve}, the client process {@link #connect}.
 */
public interface Subject {

	/**
	 * Begins to offer the service on a free port of the loopback address: a
	 * {@link io.harpc.benchmarks.api.UserServiceBean}, or what answers the same from a
	 * model of its own.
	 * @return the server, which runs
	 * @throws Exception if it cannot start; ends the process
	 */
	RunningServer serve() throws Exception;

	/**
	 * Makes a client, with connections of its own.
	 * @param port where the server listens
	 * @return the client, ready for calls
	 * @throws Exception if it cannot connect; ends the process
	 */
	RunningClient connect(int port) throws Exception;

	/**
	 * Makes a client that spreads its calls over several servers and tries those that
	 * fail again, as the subject's documentation advises.
	 * @param ports where the servers listen
	 * @return the client, ready for calls
	 * @throws Exception if it cannot connect; ends the process
	 */
	default RunningClient connectToAll(List<Integer> ports) throws Exception {
		throw new UnsupportedOperationException("several servers (expected: one)");
	}

	/**
	 * Opens connections that stay idle from then on.
	 * @param port where the server listens
	 * @param count how many
	 * @return closes them
	 * @throws UnsupportedOperationException if there can be but one
	 * @throws Exception if they cannot be opened; ends the process
	 */
	AutoCloseable openIdleConnections(int port, int count) throws Exception;

}
