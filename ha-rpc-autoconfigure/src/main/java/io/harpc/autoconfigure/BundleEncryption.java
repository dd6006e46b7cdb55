package io.harpc.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.net.ssl.SSLParameters;

import io.harpc.autoconfigure.RpcProperties.ClientAuth;
import io.harpc.transport.Encryption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * Makes encryption of SSL bundles. It follows a bundle that is reloaded: connections made
 * from then on use it as it is, others go on. Thread-safe.
 */
final class BundleEncryption {

	private static final Logger logger = LoggerFactory.getLogger(BundleEncryption.class);

	private final @Nullable SslBundles bundles;

	/** By bundle, so that references to the same one share their connections. */
	private final Map<String, Supplier<Encryption>> clients = new ConcurrentHashMap<>();

	BundleEncryption(@Nullable SslBundles bundles) {
		this.bundles = bundles;
	}

	/**
	 * Returns the encryption of a client.
	 * @param property names the bundle
	 * @param name its value, {@code null} if it is not set
	 * @return the encryption, {@code null} for none
	 */
	@Nullable Supplier<Encryption> client(String property, @Nullable String name) {
		return (name != null) ? this.clients.computeIfAbsent(name, (key) -> following(property, key, ClientAuth.NONE))
				: null;
	}

	/**
	 * Returns the encryption of a server.
	 * @param property names the bundle
	 * @param name its value
	 * @param clientAuth whether clients show certificates
	 * @return the encryption
	 */
	Supplier<Encryption> server(String property, String name, ClientAuth clientAuth) {
		SslBundle bundle = bundle(property, name);
		if (bundle.getStores().getKeyStore() == null) {
			throw new RpcStartupException(property + " is " + name + ", which has no certificate to show to clients.",
					"Give the bundle a key store, or name another.");
		}
		if (clientAuth != ClientAuth.NONE && bundle.getStores().getTrustStore() == null) {
			throw new RpcStartupException(
					property + " is " + name
							+ ", which does not say whose certificates to accept: every public authority could"
							+ " make one that lets a client in.",
					"Give the bundle a trust store, or set ha-rpc.server.ssl.client-auth to none.");
		}
		return following(property, name, clientAuth);
	}

	private Supplier<Encryption> following(String property, String name, ClientAuth clientAuth) {
		SslBundle bundle = bundle(property, name);
		AtomicReference<Encryption> current = new AtomicReference<>(first(property, name, bundle, clientAuth));
		if (this.bundles != null) {
			this.bundles.addBundleUpdateHandler(name, (newer) -> update(property, current, newer, clientAuth));
		}
		return current::get;
	}

	private static Encryption first(String property, String name, SslBundle bundle, ClientAuth clientAuth) {
		try {
			return encryption(bundle, clientAuth);
		}
		catch (RuntimeException ex) {
			throw new RpcStartupException(
					property + " is " + name + ", and the bundle cannot be used: " + ex.getMessage(),
					"Correct the bundle below spring.ssl.bundle.", ex);
		}
	}

	private static void update(String property, AtomicReference<Encryption> current, SslBundle newer,
			ClientAuth clientAuth) {
		try {
			current.set(encryption(newer, clientAuth));
			logger.info("New connections use the bundle of {} as it is now", property);
		}
		catch (RuntimeException ex) {
			logger.warn("The bundle of {} has changed and cannot be used: the former stays in use", property, ex);
		}
	}

	private static Encryption encryption(SslBundle bundle, ClientAuth clientAuth) {
		SslOptions options = bundle.getOptions();
		SSLParameters parameters = new SSLParameters(options.getCiphers(), options.getEnabledProtocols());
		switch (clientAuth) {
			case NEED -> parameters.setNeedClientAuth(true);
			case WANT -> parameters.setWantClientAuth(true);
			case NONE -> parameters.setNeedClientAuth(false);
		}
		return new Encryption(bundle.createSslContext(), parameters);
	}

	private SslBundle bundle(String property, String name) {
		return bundle(this.bundles, property, name);
	}

	/**
	 * Finds a bundle.
	 * @param bundles all that there are, {@code null} if nobody has any
	 * @param property names the bundle
	 * @param name its value
	 * @return the bundle
	 */
	static SslBundle bundle(@Nullable SslBundles bundles, String property, String name) {
		try {
			if (bundles == null) {
				throw new NoSuchSslBundleException(name, "there are no bundles");
			}
			SslBundle bundle = bundles.getBundle(name);
			// Stores are read when they are asked for, and what cannot be read is said
			// here
			bundle.getStores().getKeyStore();
			bundle.getStores().getTrustStore();
			return bundle;
		}
		catch (NoSuchSslBundleException ex) {
			List<String> known = (bundles != null) ? bundles.getBundleNames() : List.of();
			throw new RpcStartupException(
					property + " is " + (name.isEmpty() ? "empty" : name)
							+ ", and there is no SSL bundle of that name.",
					"Define it below spring.ssl.bundle, name one that there is ("
							+ (known.isEmpty() ? "at present none" : String.join(", ", known))
							+ "), or remove the property, without which nothing is encrypted.",
					ex);
		}
		catch (RuntimeException ex) {
			throw new RpcStartupException(
					property + " is " + name + ", and the bundle cannot be read: " + ex.getMessage(),
					"Correct the bundle below spring.ssl.bundle.", ex);
		}
	}

}
