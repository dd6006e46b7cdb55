package io.harpc.transport;

import java.util.function.Supplier;

/**
 * All of it over mutual TLS.
 */
class EncryptedMixedCallersIT extends MixedCallersIT {

	@Override
	TransportServerSettings server() {
		return Encrypted.server(super.server());
	}

	@Override
	Supplier<Encryption> encryption() {
		return Encrypted.CLIENT;
	}

}
