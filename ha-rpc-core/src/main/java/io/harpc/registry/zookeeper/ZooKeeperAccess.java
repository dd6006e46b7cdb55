package io.harpc.registry.zookeeper;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.apache.zookeeper.ZooDefs.Perms;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.jspecify.annotations.Nullable;

/**
 * As whom this process speaks to the ensemble, and who may do what with the nodes that it
 * makes. Without any proof of who it is, nodes are open to everybody. Otherwise the node
 * of an instance belongs to whoever registered it, and readers may read it. Immutable;
 * its text shows no secret.
 *
 * @param digest user and password of ZooKeeper's scheme {@code digest}, joined by a
 * colon; empty for none
 * @param loginContext the JAAS login context with which the client proves by SASL who it
 * is; empty for none, unless the system properties of ZooKeeper's client say otherwise
 * @param providers who may register, each {@code scheme:id} as ZooKeeper writes it. If
 * empty, who can prove to be the one that made the first node
 * @param readers who may read besides, written likewise
 * @param tls how the connection is encrypted; {@code null} as the system properties of
 * ZooKeeper's client say, which is not at all unless they are set
 */
public record ZooKeeperAccess(String digest, String loginContext, List<String> providers, List<String> readers,
		@Nullable ZooKeeperTls tls) {

	/** Who reads unless others are named. */
	public static final String ANYONE = "world:anyone";

	/** Proves nothing and protects nothing. */
	public static final ZooKeeperAccess OPEN = new ZooKeeperAccess("", "", List.of(), List.of(ANYONE), null);

	/** No {@code List.of}: ZooKeeper's client looks for null in it. */
	private static final List<ACL> EVERYBODY = Collections.singletonList(new ACL(Perms.ALL, new Id("world", "anyone")));

	/** Whoever has proven to be, when the node is made. */
	private static final List<ACL> CREATOR = Collections.singletonList(new ACL(Perms.ALL, new Id("auth", "")));

	public ZooKeeperAccess {
		providers = List.copyOf(providers);
		readers = List.copyOf(readers);
		providers.forEach((provider) -> id("provider", provider));
		readers.forEach((reader) -> id("reader", reader));
		if (!digest.isEmpty() && (digest.startsWith(":") || digest.indexOf(':') < 0 || digest.endsWith(":"))) {
			throw new IllegalArgumentException("digest: a user or a password is missing (expected: both)");
		}
	}

	/**
	 * Returns the same with a user of the scheme {@code digest}.
	 * @param username the user, without a colon
	 * @param password the password
	 * @return the access
	 */
	public ZooKeeperAccess withDigest(String username, String password) {
		if (username.indexOf(':') >= 0) {
			throw new IllegalArgumentException("user: " + username + " (expected: no colon)");
		}
		return new ZooKeeperAccess(username + ":" + password, this.loginContext, this.providers, this.readers,
				this.tls);
	}

	/**
	 * Returns the same with SASL.
	 * @param loginContext the login context
	 * @return the access
	 */
	public ZooKeeperAccess withSasl(String loginContext) {
		return new ZooKeeperAccess(this.digest, loginContext, this.providers, this.readers, this.tls);
	}

	/**
	 * Returns the same with others who may register and read.
	 * @param providers who may register
	 * @param readers who may read
	 * @return the access
	 */
	public ZooKeeperAccess withIds(List<String> providers, List<String> readers) {
		return new ZooKeeperAccess(this.digest, this.loginContext, providers, readers, this.tls);
	}

	/**
	 * Returns the same with TLS.
	 * @param tls how the connection is encrypted
	 * @return the access
	 */
	public ZooKeeperAccess withTls(ZooKeeperTls tls) {
		return new ZooKeeperAccess(this.digest, this.loginContext, this.providers, this.readers, tls);
	}

	private boolean isOpen() {
		return this.digest.isEmpty() && this.loginContext.isEmpty() && this.providers.isEmpty();
	}

	byte[] digestBytes() {
		return this.digest.getBytes(StandardCharsets.UTF_8);
	}

	ZKClientConfig clientConfig() {
		ZKClientConfig config = new ZKClientConfig();
		if (!this.loginContext.isEmpty()) {
			config.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "true");
			config.setProperty(ZKClientConfig.LOGIN_CONTEXT_NAME_KEY, this.loginContext);
		}
		if (this.tls != null) {
			this.tls.clientProperties().forEach(config::setProperty);
		}
		return config;
	}

	/**
	 * {@return who may do what with the node of an instance}
	 */
	List<ACL> instanceAcl() {
		return isOpen() ? EVERYBODY : with(CREATOR, this.readers, Perms.READ);
	}

	/**
	 * {@return who may do what with the nodes above; to delete a node is a right to its
	 * parent, so that providers that are named get no such right}
	 */
	List<ACL> parentAcl() {
		if (isOpen()) {
			return EVERYBODY;
		}
		List<ACL> registering = this.providers.isEmpty() ? CREATOR
				: with(List.of(), this.providers, Perms.READ | Perms.CREATE);
		return with(registering, this.readers, Perms.READ);
	}

	private static List<ACL> with(List<ACL> some, List<String> ids, int permissions) {
		List<ACL> acl = new ArrayList<>(some);
		ids.forEach((id) -> acl.add(new ACL(permissions, id("id", id))));
		return acl;
	}

	private static Id id(String what, String text) {
		int colon = text.indexOf(':');
		if (colon < 1 || colon == text.length() - 1) {
			throw new IllegalArgumentException(
					what + ": " + text + " (expected: scheme:id, such as sasl:orders or " + ANYONE + ")");
		}
		return new Id(text.substring(0, colon), text.substring(colon + 1));
	}

	@Override
	public String toString() {
		return "digest " + (this.digest.isEmpty() ? "none" : this.digest.substring(0, this.digest.indexOf(':')))
				+ ", login context " + (this.loginContext.isEmpty() ? "none" : this.loginContext) + ", providers "
				+ this.providers + ", readers " + this.readers + ", TLS " + ((this.tls != null) ? this.tls : "none");
	}

}
