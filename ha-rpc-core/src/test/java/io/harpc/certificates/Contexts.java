package io.harpc.certificates;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import io.harpc.certificates.CertificateAuthority.Certified;
import org.jspecify.annotations.Nullable;

/**
 * Makes of certificates what is configured with them.
 */
public final class Contexts {

	private static final char[] NO_PASSWORD = {};

	private Contexts() {
	}

	/**
	 * Makes a context.
	 * @param own what it shows, {@code null} for nothing
	 * @param trusted whose certificates it accepts
	 */
	public static SSLContext of(@Nullable Certified own, CertificateAuthority... trusted) {
		try {
			KeyStore keys = empty();
			if (own != null) {
				keys.setKeyEntry("own", own.key(), NO_PASSWORD,
						own.chain().toArray(new java.security.cert.Certificate[0]));
			}
			KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			managers.init(keys, NO_PASSWORD);
			KeyStore trust = empty();
			for (CertificateAuthority authority : trusted) {
				trust.setCertificateEntry(authority.certificate().getSubjectX500Principal().getName(),
						authority.certificate());
			}
			TrustManagerFactory trustManagers = TrustManagerFactory
				.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trustManagers.init(trust);
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(managers.getKeyManagers(), trustManagers.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Writes a certificate's chain as PEM, in one step. */
	public static void writeChain(Certified certified, Path file) throws IOException, GeneralSecurityException {
		StringBuilder text = new StringBuilder();
		for (java.security.cert.X509Certificate certificate : certified.chain()) {
			text.append(pem("CERTIFICATE", certificate.getEncoded()));
		}
		replace(file, text.toString());
	}

	/** Writes a private key as PEM, in one step. */
	public static void writeKey(Certified certified, Path file) throws IOException {
		replace(file, pem("PRIVATE KEY", certified.key().getEncoded()));
	}

	/** Writes the certificate of an authority as PEM, in one step. */
	public static void writeAuthority(CertificateAuthority authority, Path file)
			throws IOException, GeneralSecurityException {
		replace(file, pem("CERTIFICATE", authority.certificate().getEncoded()));
	}

	private static void replace(Path file, String text) throws IOException {
		Path temporary = file.resolveSibling(file.getFileName() + ".new");
		Files.writeString(temporary, text, StandardCharsets.US_ASCII);
		Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	private static String pem(String type, byte[] encoded) {
		return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(encoded)
				+ "\n-----END " + type + "-----\n";
	}

	private static KeyStore empty() throws GeneralSecurityException, IOException {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, null);
		return store;
	}

}
