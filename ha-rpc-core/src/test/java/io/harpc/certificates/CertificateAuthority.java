package io.harpc.certificates;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import javax.security.auth.x500.X500Principal;

/**
 * Issues certificates, by writing them as RFC 5280 has them: a test needs many, expired
 * ones too, and each run of keytool takes a second. Thread-safe.
 */
public final class CertificateAuthority {

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

	private static final byte[] ECDSA_WITH_SHA256 = tagged(0x30, oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

	private final AtomicLong serial = new AtomicLong(1);

	private final X500Principal name;

	private final KeyPair keys = newKeys();

	private final X509Certificate certificate;

	/**
	 * Creates an authority that trusts itself.
	 * @param name its common name
	 */
	public CertificateAuthority(String name) {
		this.name = new X500Principal("CN=" + name);
		byte[] isAuthority = tagged(0x30, oid(0x55, 0x1d, 0x13), tagged(0x01, new byte[] { -1 }),
				tagged(0x04, tagged(0x30, tagged(0x01, new byte[] { -1 }))));
		Instant now = Instant.now();
		this.certificate = sign(this.name, this.keys, isAuthority, now.minus(Duration.ofDays(9)),
				now.plus(Duration.ofDays(9)));
	}

	/** What others have to trust. */
	public X509Certificate certificate() {
		return this.certificate;
	}

	/**
	 * Issues a certificate that is valid for some days.
	 * @param name the common name
	 * @param hosts names and addresses of the host
	 */
	public Certified issue(String name, String... hosts) {
		Instant now = Instant.now();
		return issue(name, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)), hosts);
	}

	/**
	 * Issues a certificate.
	 * @param name the common name
	 * @param from from when it is valid
	 * @param until until when
	 * @param hosts names and addresses of the host; without any it has no alternative
	 * names at all, since RFC 5280 allows no empty list of them
	 */
	public Certified issue(String name, Instant from, Instant until, String... hosts) {
		KeyPair pair = newKeys();
		byte[][] names = new byte[hosts.length][];
		for (int i = 0; i < hosts.length; i++) {
			names[i] = host(hosts[i]);
		}
		byte[] alternativeNames = (hosts.length > 0)
				? tagged(0x30, oid(0x55, 0x1d, 0x11), tagged(0x04, tagged(0x30, names))) : new byte[0];
		X509Certificate issued = sign(new X500Principal("CN=" + name), pair, alternativeNames, from, until);
		return new Certified(pair.getPrivate(), List.of(issued, this.certificate));
	}

	private X509Certificate sign(X500Principal subject, KeyPair pair, byte[] extension, Instant from, Instant until) {
		byte[] toBeSigned = tagged(0x30, tagged(0xa0, tagged(0x02, new byte[] { 2 })),
				tagged(0x02, BigInteger.valueOf(this.serial.getAndIncrement()).toByteArray()), ECDSA_WITH_SHA256,
				this.name.getEncoded(), tagged(0x30, time(from), time(until)), subject.getEncoded(),
				pair.getPublic().getEncoded(),
				(extension.length > 0) ? tagged(0xa3, tagged(0x30, extension)) : extension);
		try {
			Signature signature = Signature.getInstance("SHA256withECDSA");
			signature.initSign(this.keys.getPrivate());
			signature.update(toBeSigned);
			byte[] encoded = tagged(0x30, toBeSigned, ECDSA_WITH_SHA256, tagged(0x03, new byte[1], signature.sign()));
			return (X509Certificate) CertificateFactory.getInstance("X.509")
				.generateCertificate(new ByteArrayInputStream(encoded));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static KeyPair newKeys() {
		try {
			KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
			generator.initialize(256);
			return generator.generateKeyPair();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] host(String host) {
		if (!host.matches("[0-9.]+|.*:.*")) {
			return tagged(0x82, host.getBytes(StandardCharsets.US_ASCII));
		}
		try {
			return tagged(0x87, InetAddress.getByName(host).getAddress());
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static byte[] time(Instant at) {
		return tagged(0x18, TIME.format(at.atOffset(ZoneOffset.UTC)).getBytes(StandardCharsets.US_ASCII));
	}

	private static byte[] oid(int... bytes) {
		byte[] value = new byte[bytes.length];
		for (int i = 0; i < bytes.length; i++) {
			value[i] = (byte) bytes[i];
		}
		return tagged(0x06, value);
	}

	/** One element of DER: tag, length, contents. */
	private static byte[] tagged(int tag, byte[]... contents) {
		ByteArrayOutputStream joined = new ByteArrayOutputStream();
		for (byte[] content : contents) {
			joined.writeBytes(content);
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(tag);
		int length = joined.size();
		if (length >= 256) {
			out.write(0x82);
			out.write(length >>> 8);
		}
		else if (length >= 128) {
			out.write(0x81);
		}
		out.write(length);
		out.writeBytes(joined.toByteArray());
		return out.toByteArray();
	}

	/**
	 * A key and the certificates that belong to it.
	 *
	 * @param key the private key
	 * @param chain its own certificate, then its issuer's
	 */
	public record Certified(PrivateKey key, List<X509Certificate> chain) {

		/** Its own certificate. */
		public X509Certificate certificate() {
			return this.chain.get(0);
		}

	}

}
