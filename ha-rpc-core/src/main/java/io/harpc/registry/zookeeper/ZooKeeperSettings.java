package io.harpc.registry.zookeeper;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.common.PathUtils;

import io.harpc.registry.Trust;

/**
 * Where the ensemble is and how long to wait for it. Immutable.
 *
 * @param connectString the servers, {@code host:port} separated by commas
 * @param root the path beneath which everything is; starts with a slash and does not end
 * with one
 * @param sessionTimeout how long ZooKeeper waits for a process that it hears nothing of
 * before it removes what that process registered
 * @param connectionTimeout how long one operation waits for a connection
 * @param verifyInterval how often, give or take a fifth, it is proven that registrations
 * exist and are this session's
 * @param closeTimeout how long deregistering and closing wait at most
 * @param access as whom this process speaks to the servers, and who may touch its nodes
 * @param trust which of the instances that are read are believed
 */
public record ZooKeeperSettings(String connectString, String root, Duration sessionTimeout, Duration connectionTimeout,
		Duration verifyInterval, Duration closeTimeout, ZooKeeperAccess access, Trust trust) {

	private static final String SERVERS = "host:port, separated by commas";

	/** A name, or an address of either kind. */
	private static final Pattern HOST = Pattern.compile("[\\w.-]+|[\\p{XDigit}:.]*\\p{XDigit}(%[\\w.-]+)?");

	/** The root unless another is named. */
	public static final String DEFAULT_ROOT = "/ha-rpc";

	public ZooKeeperSettings {
		checkConnectString(connectString);
		if (root.equals("/") || root.equals("/zookeeper")) {
			throw new IllegalArgumentException("root: " + root + " (expected: a path of its own, such as /ha-rpc)");
		}
		PathUtils.validatePath(root);
		checkPositive("session timeout", sessionTimeout);
		checkPositive("connection timeout", connectionTimeout);
		checkPositive("verify interval", verifyInterval);
		checkPositive("close timeout", closeTimeout);
	}

	/**
	 * Returns what is best unless there is a reason: {@value #DEFAULT_ROOT}, a session
	 * timeout of 15 seconds, a connection timeout of 5, verified every 10, closed within
	 * 3, open to everybody and believing everything.
	 * @param connectString the servers
	 * @return the settings
	 */
	public static ZooKeeperSettings of(String connectString) {
		return new ZooKeeperSettings(connectString, DEFAULT_ROOT, Duration.ofSeconds(15), Duration.ofSeconds(5),
				Duration.ofSeconds(10), Duration.ofSeconds(3), ZooKeeperAccess.OPEN, Trust.ALL);
	}

	/**
	 * Returns the same beneath another root.
	 * @param root the path
	 * @return the settings
	 */
	public ZooKeeperSettings withRoot(String root) {
		return new ZooKeeperSettings(this.connectString, root, this.sessionTimeout, this.connectionTimeout,
				this.verifyInterval, this.closeTimeout, this.access, this.trust);
	}

	/**
	 * Returns the same with other timeouts.
	 * @param sessionTimeout the session timeout
	 * @param connectionTimeout the connection timeout
	 * @return the settings
	 */
	public ZooKeeperSettings withTimeouts(Duration sessionTimeout, Duration connectionTimeout) {
		return new ZooKeeperSettings(this.connectString, this.root, sessionTimeout, connectionTimeout,
				this.verifyInterval, this.closeTimeout, this.access, this.trust);
	}

	/**
	 * Returns the same, verified at another interval.
	 * @param verifyInterval the interval
	 * @return the settings
	 */
	public ZooKeeperSettings withVerifyInterval(Duration verifyInterval) {
		return new ZooKeeperSettings(this.connectString, this.root, this.sessionTimeout, this.connectionTimeout,
				verifyInterval, this.closeTimeout, this.access, this.trust);
	}

	/**
	 * Returns the same with another access.
	 * @param access the access
	 * @return the settings
	 */
	public ZooKeeperSettings withAccess(ZooKeeperAccess access) {
		return new ZooKeeperSettings(this.connectString, this.root, this.sessionTimeout, this.connectionTimeout,
				this.verifyInterval, this.closeTimeout, access, this.trust);
	}

	/**
	 * Returns the same, believing other instances.
	 * @param trust which are believed
	 * @return the settings
	 */
	public ZooKeeperSettings withTrust(Trust trust) {
		return new ZooKeeperSettings(this.connectString, this.root, this.sessionTimeout, this.connectionTimeout,
				this.verifyInterval, this.closeTimeout, this.access, trust);
	}

	/** ZooKeeper's client finds it out too late, on a thread that tries for ever. */
	private static void checkConnectString(String value) {
		if (value.isBlank()) {
			throw new IllegalArgumentException("connect string: empty (expected: " + SERVERS + ")");
		}
		List<InetSocketAddress> servers;
		try {
			servers = new ConnectStringParser(value).getServerAddresses();
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("connect string: " + value + " (expected: " + SERVERS + ")", ex);
		}
		if (servers.isEmpty() || !servers.stream().allMatch(ZooKeeperSettings::isServer)) {
			throw new IllegalArgumentException("connect string: " + value + " (expected: " + SERVERS + ")");
		}
	}

	private static boolean isServer(InetSocketAddress server) {
		return server.getPort() != 0 && HOST.matcher(server.getHostString()).matches();
	}

	private static void checkPositive(String what, Duration value) {
		if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
			throw new IllegalArgumentException(what + ": " + value + " (expected: above zero, at most a day)");
		}
	}

}
