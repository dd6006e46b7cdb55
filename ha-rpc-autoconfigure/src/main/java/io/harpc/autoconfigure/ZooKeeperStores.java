package io.harpc.autoconfigure;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

import io.harpc.registry.zookeeper.ZooKeeperTls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.ClassUtils;
import org.springframework.util.FileSystemUtils;

/**
 * An SSL bundle as files, which is all that ZooKeeper's client takes: in a directory for
 * the owner alone, under a password that is drawn at random and kept in memory. They
 * follow the bundle when it is reloaded; each new connection reads them anew. Closing
 * deletes them.
 */
final class ZooKeeperStores implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ZooKeeperStores.class);

	private static final String PROPERTY = "ha-rpc.registry.zookeeper.ssl.bundle";

	private static final String TYPE = "PKCS12";

	private final Path directory;

	private final String password = UUID.randomUUID().toString();

	private final ZooKeeperTls tls;

	ZooKeeperStores(String name, @Nullable SslBundles bundles) {
		checkNetty();
		SslBundle bundle = BundleEncryption.bundle(bundles, PROPERTY, name);
		try {
			this.directory = Files.createTempDirectory("ha-rpc-zookeeper-");
			this.tls = write(bundle);
			if (bundles != null) {
				bundles.addBundleUpdateHandler(name, this::update);
			}
		}
		catch (IOException | GeneralSecurityException ex) {
			throw new RpcStartupException(
					PROPERTY + " is " + name + ", which cannot be handed to ZooKeeper's client: " + ex.getMessage(),
					"Use a bundle whose private key may leave its key store, and let the process write to "
							+ System.getProperty("java.io.tmpdir") + ".",
					ex);
		}
	}

	private static void checkNetty() {
		if (!ClassUtils.isPresent("io.netty.handler.ssl.SslContextBuilder", null)
				|| !ClassUtils.isPresent("io.netty.channel.epoll.Epoll", null)) {
			throw new RpcStartupException(PROPERTY + " is set, and what ZooKeeper's client needs for it is not there.",
					"Add io.netty:netty-handler and io.netty:netty-transport-classes-epoll to the class path,"
							+ " or take away what excludes them.");
		}
	}

	ZooKeeperTls tls() {
		return this.tls;
	}

	private void update(SslBundle bundle) {
		try {
			write(bundle);
			logger.info("The next connection to ZooKeeper uses the bundle as it is now");
		}
		catch (IOException | GeneralSecurityException ex) {
			logger.warn("The bundle that {} names has changed and cannot be used: the former stays in use", PROPERTY,
					ex);
		}
	}

	private ZooKeeperTls write(SslBundle bundle) throws IOException, GeneralSecurityException {
		KeyStore keys = bundle.getStores().getKeyStore();
		KeyStore trusted = bundle.getStores().getTrustStore();
		return new ZooKeeperTls((keys != null) ? write(keys, bundle, "keys.p12") : null,
				(trusted != null) ? write(trusted, bundle, "trusted.p12") : null, this.password,
				list(bundle.getOptions().getEnabledProtocols()), list(bundle.getOptions().getCiphers()));
	}

	private Path write(KeyStore from, SslBundle bundle, String name) throws IOException, GeneralSecurityException {
		KeyStore copy = KeyStore.getInstance(TYPE);
		copy.load(null, null);
		for (String alias : Collections.list(from.aliases())) {
			String wanted = bundle.getKey().getAlias();
			if (from.isCertificateEntry(alias)) {
				copy.setCertificateEntry(alias, from.getCertificate(alias));
			}
			else if (wanted == null || wanted.equals(alias)) {
				copy.setKeyEntry(alias, key(from, alias, bundle), this.password.toCharArray(),
						from.getCertificateChain(alias));
			}
		}
		Path file = this.directory.resolve(name);
		Path temporary = Files.createTempFile(this.directory, name, null);
		try (OutputStream out = Files.newOutputStream(temporary)) {
			copy.store(out, this.password.toCharArray());
		}
		return Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	private static Key key(KeyStore from, String alias, SslBundle bundle) throws GeneralSecurityException {
		String password = bundle.getKey().getPassword();
		String other = bundle.getStores().getKeyStorePassword();
		char[] effective = (password != null) ? password.toCharArray() : (other != null) ? other.toCharArray() : null;
		Key key = from.getKey(alias, effective);
		if (key == null || key.getEncoded() == null) {
			throw new GeneralSecurityException("the key " + alias + " does not leave its key store");
		}
		return key;
	}

	private static List<String> list(String @Nullable [] values) {
		return (values != null) ? List.of(values) : List.of();
	}

	@Override
	public void close() {
		try {
			FileSystemUtils.deleteRecursively(this.directory);
		}
		catch (IOException ex) {
			logger.warn("{} cannot be deleted; its password is forgotten with this process", this.directory, ex);
		}
	}

}
