package io.harpc.transport;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

import javax.net.ssl.SSLException;

/**
 * Why there was no agreement on TLS, and what to do: Java's own words leave the latter
 * out, and of a certificate that is refused only the innermost cause says why.
 */
final class TlsFailure {

	private static final String ALERT = "Received fatal alert: ";

	private TlsFailure() {
	}

	static String atClient(SSLException failure) {
		return describe(failure, "server");
	}

	static String atServer(SSLException failure) {
		return describe(failure, "client");
	}

	private static String describe(SSLException failure, String peer) {
		Throwable root = failure;
		while (root.getCause() != null) {
			root = root.getCause();
		}
		String text = String.valueOf(failure.getMessage());
		String innermost = String.valueOf(root.getMessage());
		if (!text.contains(innermost)) {
			text += ": " + innermost;
		}
		String remedy = remedy(root, text, peer);
		return remedy.isEmpty() ? text : text + " (" + remedy + ")";
	}

	private static String remedy(Throwable root, String text, String peer) {
		if (root instanceof CertificateExpiredException || root instanceof CertificateNotYetValidException) {
			return "by the clock here; renew the " + peer + "'s certificate, or that of its authority, or correct the"
					+ " clock";
		}
		if (root instanceof CertPathBuilderException) {
			return "the trust store of the SSL bundle here has to have the authority of the " + peer
					+ "'s certificate, or the " + peer + "'s key store those in between";
		}
		if (text.contains("No subject alternative") || text.contains("No name matching")) {
			return "the server needs a certificate for that host, or to be known by a host that its certificate is for:"
					+ " ha-rpc.server.advertised-host there, or the address written here";
		}
		if (text.contains("Extended key usage")) {
			return "the " + peer + "'s certificate needs " + peer + "Auth among its extended key usages, or none";
		}
		if (text.contains("Empty client certificate chain")) {
			return "the client showed no certificate: the SSL bundle of ha-rpc.client.ssl.bundle there needs a key store"
					+ " with one that the authorities trusted here have issued";
		}
		return text.contains(ALERT) ? remedy(text.substring(text.indexOf(ALERT) + ALERT.length()), peer) : "";
	}

	private static String remedy(String alert, String peer) {
		return switch (alert) {
			case "certificate_required" -> "the SSL bundle of ha-rpc.client.ssl.bundle here needs a key store with a"
					+ " certificate that an authority trusted by the server has issued";
			case "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired",
					"certificate_unknown", "unknown_ca" ->
				"the " + peer + " does not accept the certificate of this side"
						+ (peer.equals("server") ? ", or that it shows none" : "") + "; its log says why";
			case "protocol_version", "handshake_failure", "insufficient_security" ->
				"compare options.enabled-protocols and options.ciphers of both SSL bundles, and the kinds of their keys";
			default -> "";
		};
	}

}
