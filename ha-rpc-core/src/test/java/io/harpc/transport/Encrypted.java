package io.harpc.transport;

import java.util.function.Supplier;

import javax.net.ssl.SSLParameters;

import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.Contexts;

/**
 * Mutual TLS for tests that are about something else.
 */
final class Encrypted {

	static final CertificateAuthority AUTHORITY = new CertificateAuthority("tests");

	static final Supplier<Encryption> CLIENT = constant(
			new Encryption(Contexts.of(AUTHORITY.issue("client"), AUTHORITY), new SSLParameters()));

	private static final Supplier<Encryption> SERVER = constant(new Encryption(
			Contexts.of(AUTHORITY.issue("server", "127.0.0.1", "localhost"), AUTHORITY), needingClients()));

	private Encrypted() {
	}

	static TransportServerSettings server(TransportServerSettings settings) {
		return settings.withEncryption(SERVER, false);
	}

	static SSLParameters needingClients() {
		SSLParameters parameters = new SSLParameters();
		parameters.setNeedClientAuth(true);
		return parameters;
	}

	static Supplier<Encryption> constant(Encryption encryption) {
		return () -> encryption;
	}

}
