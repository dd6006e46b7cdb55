package io.harpc.registry.zookeeper;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.zookeeper.ClientCnxnSocketNetty;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * TLS to the ensemble. ZooKeeper's client takes certificates and keys from files alone,
 * and reads them anew for each connection. Host names are checked. Immutable; its text
 * shows no secret.
 *
 * @param keyStore what this process proves with who it is, in PKCS#12; {@code null} for
 * nothing
 * @param trustStore what the servers have to prove, in PKCS#12; {@code null} for what
 * Java trusts
 * @param password the password of both
 * @param protocols the versions that are spoken; if empty, TLS 1.3 and 1.2
 * @param ciphers the cipher suites; if empty, ZooKeeper's choice
 */
public record ZooKeeperTls(@Nullable Path keyStore, @Nullable Path trustStore, String password, List<String> protocols,
		List<String> ciphers) {

	private static final String PREFIX = "zookeeper.ssl.";

	private static final List<String> DEFAULT_PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

	public ZooKeeperTls {
		protocols = List.copyOf(protocols);
		ciphers = List.copyOf(ciphers);
	}

	Map<String, String> clientProperties() {
		Map<String, String> properties = new HashMap<>();
		properties.put(ZKClientConfig.SECURE_CLIENT, "true");
		properties.put(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, ClientCnxnSocketNetty.class.getName());
		if (this.trustStore == null) {
			// Without this mode nobody checks the host name where no store is named. With
			// one it is left alone: it excludes SASL by DIGEST-MD5.
			properties.put("zookeeper.fips-mode", "true");
		}
		properties.put(PREFIX + "hostnameVerification", "true");
		properties.put(PREFIX + "enabledProtocols",
				String.join(",", this.protocols.isEmpty() ? DEFAULT_PROTOCOLS : this.protocols));
		if (!this.ciphers.isEmpty()) {
			properties.put(PREFIX + "ciphersuites", String.join(",", this.ciphers));
		}
		putStore("keyStore", this.keyStore, properties);
		putStore("trustStore", this.trustStore, properties);
		return properties;
	}

	private void putStore(String name, @Nullable Path file, Map<String, String> properties) {
		properties.put(PREFIX + name + ".location", (file != null) ? file.toString() : "");
		properties.put(PREFIX + name + ".password", this.password);
		properties.put(PREFIX + name + ".type", "PKCS12");
	}

	@Override
	public String toString() {
		return "key store " + this.keyStore + ", trust store " + this.trustStore + ", protocols " + this.protocols
				+ ", ciphers " + this.ciphers;
	}

}
