package io.harpc.transport;

import java.util.Arrays;
import java.util.List;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * How new connections are encrypted. Whoever makes connections asks for one each time, so
 * that certificates can be replaced while others go on with the old ones. Only TLS 1.3
 * and 1.2 are spoken, and a client always checks that the server's certificate is for the
 * host that it connects to. Not to be changed once it is handed over.
 *
 * @param context has the certificates, and knows which others to trust
 * @param parameters the protocols, the ciphers, and at a server whether clients must show
 * a certificate; what is not set there is as the context has it
 */
public record Encryption(SSLContext context, SSLParameters parameters) {

	private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	public Encryption {
		String[] protocols = parameters.getProtocols();
		if (protocols != null && (protocols.length == 0 || !PROTOCOLS.containsAll(List.of(protocols)))) {
			throw new IllegalArgumentException(
					"TLS protocols: " + Arrays.toString(protocols) + " (expected: some of " + PROTOCOLS + ")");
		}
	}

	SSLEngine serverEngine() {
		SSLEngine engine = this.context.createSSLEngine();
		engine.setUseClientMode(false);
		engine.setSSLParameters(withProtocols(engine));
		return engine;
	}

	SSLEngine clientEngine(String host, int port) {
		SSLEngine engine = this.context.createSSLEngine(host, port);
		engine.setUseClientMode(true);
		engine.setSSLParameters(withProtocols(engine));
		// What a Java client does not do unless it is asked to.
		SSLParameters own = engine.getSSLParameters();
		own.setEndpointIdentificationAlgorithm("HTTPS");
		engine.setSSLParameters(own);
		return engine;
	}

	private SSLParameters withProtocols(SSLEngine engine) {
		if (this.parameters.getProtocols() == null) {
			List<String> enabled = List.of(engine.getEnabledProtocols());
			engine.setEnabledProtocols(PROTOCOLS.stream().filter(enabled::contains).toArray(String[]::new));
		}
		return this.parameters;
	}

}
