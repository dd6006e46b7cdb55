package io.harpc.transport;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * What TLS proves of a connection before its hello: who is at the other end, and that
 * nobody is in between. Both ends have one. Immutable.
 */
final class ConnectionSecurity {

	/** That of a connection in plain text. */
	static final ConnectionSecurity NONE = new ConnectionSecurity(List.of(), new byte[0]);

	private static final Pattern HASH_OF_SIGNATURE = Pattern.compile("SHA(?<bits>224|256|384|512)with.*");

	private final List<X509Certificate> peerCertificates;

	private final byte[] channelBinding;

	private ConnectionSecurity(List<X509Certificate> peerCertificates, byte[] channelBinding) {
		this.peerCertificates = peerCertificates;
		this.channelBinding = channelBinding;
	}

	/**
	 * Reads what a session proves whose handshake is done.
	 * @param session the session
	 * @param server whether this is the server's end
	 */
	static ConnectionSecurity of(SSLSession session, boolean server) throws SSLPeerUnverifiedException {
		List<X509Certificate> peer = server ? ofClient(session) : x509(session.getPeerCertificates());
		List<X509Certificate> ofServer = server ? x509(session.getLocalCertificates()) : peer;
		if (ofServer.isEmpty()) {
			throw new SSLPeerUnverifiedException("the server has shown no certificate");
		}
		return new ConnectionSecurity(peer, endPoint(ofServer.get(0)));
	}

	/**
	 * Whether the connection is encrypted.
	 * @return {@code true} under TLS
	 */
	boolean isEncrypted() {
		return this.channelBinding.length > 0;
	}

	/**
	 * The certificates that the other end has shown and that have been verified, its own
	 * first.
	 * @return the chain; empty in plain text, and where the server does not ask its
	 * clients for certificates or lets them have none
	 */
	List<X509Certificate> peerCertificates() {
		return this.peerCertificates;
	}

	/**
	 * What is the same at both ends unless somebody sits in between with a certificate of
	 * his own: {@code tls-server-end-point} of RFC 5929, the hash of the server's
	 * certificate.
	 * @return the bytes, a copy; empty in plain text
	 */
	byte[] channelBinding() {
		return this.channelBinding.clone();
	}

	private static List<X509Certificate> ofClient(SSLSession session) {
		try {
			return x509(session.getPeerCertificates());
		}
		catch (SSLPeerUnverifiedException ex) {
			// It was not asked for any, or was free to have none.
			return List.of();
		}
	}

	private static List<X509Certificate> x509(Certificate @Nullable [] chain) {
		List<X509Certificate> certificates = new ArrayList<>();
		for (Certificate certificate : (chain != null) ? chain : new Certificate[0]) {
			certificates.add((X509Certificate) certificate);
		}
		return List.copyOf(certificates);
	}

	/**
	 * By the hash of the certificate's signature, but by SHA-256 instead of weaker ones;
	 * also where the signature has no hash of its own, which the RFC leaves open.
	 */
	private static byte[] endPoint(X509Certificate certificate) {
		Matcher signature = HASH_OF_SIGNATURE.matcher(certificate.getSigAlgName());
		String hash = signature.matches() ? "SHA-" + signature.group("bits") : "SHA-256";
		try {
			return MessageDigest.getInstance(hash).digest(certificate.getEncoded());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The server's certificate, verified before, cannot be hashed", ex);
		}
	}

}
