package io.harpc.transport;

/**
 * All of it over mutual TLS.
 */
class EncryptedCallersIT extends CallersIT {

	@Override
	TransportServerSettings server() {
		return Encrypted.server(super.server());
	}

}
