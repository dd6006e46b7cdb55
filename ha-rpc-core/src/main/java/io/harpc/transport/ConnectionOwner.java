package io.harpc.transport;

/**
 * Where a client's connection belongs: hears what becomes of it.
 */
interface ConnectionOwner {

	void draining(ClientConnection connection);

	void ended(ClientConnection connection, String reason);

}
