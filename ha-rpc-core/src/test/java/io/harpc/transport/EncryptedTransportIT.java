package io.harpc.transport;

/**
 * All of it over mutual TLS.
 */
class EncryptedTransportIT extends TransportIT {

	@Override
	TransportServerSettings server(int port) {
		return Encrypted.server(super.server(port));
	}

}
