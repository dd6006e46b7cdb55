package io.harpc.transport;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/**
 * What a client's connection needs from where it belongs, and tells it.
 */
interface ConnectionOwner {

	TransportClientSettings settings();

	/** Makes the connection's reader thread. */
	ThreadFactory threads();

	/** Runs writes that may block. */
	Executor background();

	/** Looks after the connection while its calls wait. */
	Ticker watchdog();

	void draining(ClientConnection connection);

	void ended(ClientConnection connection, String reason);

}
