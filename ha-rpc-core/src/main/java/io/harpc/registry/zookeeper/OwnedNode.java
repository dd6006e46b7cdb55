package io.harpc.registry.zookeeper;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.registry.Registration;

/**
 * The node of one registration, and the rule that keeps it: as long as it is wanted there
 * is exactly one, it exists, and it belongs to this session; afterwards there is none.
 * {@link #reconcile} compares that with what is there and puts it right, as often as it
 * is called and from whatever state a lost connection has left.
 * <p>
 * Reconciling is for the registry's worker thread alone; the rest is for any.
 */
final class OwnedNode implements Registration {

	private static final Logger logger = LoggerFactory.getLogger(OwnedNode.class);

	private final String parent;

	private final Registrations owner;

	private final ZooKeeperSettings settings;

	private final CountDownLatch removed = new CountDownLatch(1);

	private volatile Instance instance;

	private volatile boolean wanted = true;

	private volatile boolean proven;

	private final AtomicBoolean queued = new AtomicBoolean();

	private @Nullable String path;

	/** What the node says, and the session that it was written for. */
	private @Nullable Instance written;

	private long session;

	private int version;

	/**
	 * Whether there is no node of this id but {@link #path}: not after an attempt of
	 * which it is not known whether it has made one.
	 */
	private boolean alone;

	/**
	 * Creates what keeps a node.
	 * @param instance what is registered
	 * @param parent the path beneath which the node is to be
	 * @param owner told of what is to be done
	 * @param settings how to reach the ensemble
	 * @param alone whether no former registration of the id can have left a node
	 */
	OwnedNode(Instance instance, String parent, Registrations owner, ZooKeeperSettings settings, boolean alone) {
		this.instance = instance;
		this.parent = parent;
		this.owner = owner;
		this.settings = settings;
		this.alone = alone;
		checkSize(instance);
	}

	/** What is too large is better known now than when the registry is back. */
	private void checkSize(Instance any) {
		bytes(any, Long.MIN_VALUE);
	}

	private byte[] bytes(Instance any, long signedFor) {
		return InstanceJson.write(this.settings.trust().sign(any, signedFor));
	}

	@Override
	public Instance instance() {
		return this.instance;
	}

	@Override
	public boolean isRegistered() {
		return this.proven;
	}

	@Override
	public void update(Instance newer) {
		checkSize(newer);
		this.instance = this.instance.checkSame(newer);
		this.owner.updated(this);
	}

	@Override
	public void close() {
		if (unwant()) {
			this.owner.deregister(this);
		}
	}

	/**
	 * Whether this call is the one that ends the registration.
	 * @return {@code true} the first time
	 */
	synchronized boolean unwant() {
		boolean was = this.wanted;
		this.wanted = false;
		this.proven = false;
		return was;
	}

	boolean isWanted() {
		return this.wanted;
	}

	/**
	 * Notes that reconciling is scheduled.
	 * @return {@code false} if it was already
	 */
	boolean enqueue() {
		return this.queued.compareAndSet(false, true);
	}

	void dequeue() {
		this.queued.set(false);
	}

	/** Counts down when nothing is left of it. */
	CountDownLatch removed() {
		return this.removed;
	}

	boolean isRemoved() {
		return this.removed.getCount() == 0;
	}

	/** The connection is gone: what was proven is no more. */
	void doubt() {
		this.proven = false;
	}

	/**
	 * Makes what is there what should be there.
	 * @param client the client
	 * @throws Exception what Curator throws; to be tried again
	 */
	void reconcile(CuratorFramework client) throws Exception {
		if (!this.wanted) {
			removeAll(client);
			this.removed.countDown();
			return;
		}
		if (!owns(client)) {
			create(client);
		}
		else if (this.instance != this.written) {
			Instance newest = this.instance;
			this.version = client.setData().forPath(this.path, bytes(newest, this.session)).getVersion();
			this.written = newest;
			logger.info("Changed {}: {}", this.path, newest);
		}
		if (!this.alone) {
			removeAllBut(this.path, client);
			this.alone = true;
		}
		prove();
	}

	private void create(CuratorFramework client) throws Exception {
		String former = this.path;
		boolean certain = this.alone;
		this.alone = false;
		this.session = sessionOf(client);
		Instance newest = this.instance;
		// The new one first: a reader takes the newest, and there is no gap.
		this.path = create(client, bytes(newest, this.session));
		this.written = newest;
		this.version = 0;
		if (former != null) {
			remove(former, client);
		}
		this.alone = certain;
		logger.info("Registered {} at {} as {}", newest.service(), newest.address(), this.path);
	}

	/**
	 * Not through Curator, which would try again by itself where the answer is lost, and
	 * leave a node of which nobody knows.
	 */
	private String create(CuratorFramework client, byte[] bytes) throws Exception {
		ZooKeeper zooKeeper = client.getZookeeperClient().getZooKeeper();
		String wanted = this.parent + "/" + this.instance.id() + "-";
		List<ACL> acl = this.settings.access().instanceAcl();
		try {
			return zooKeeper.create(wanted, bytes, acl, CreateMode.EPHEMERAL_SEQUENTIAL);
		}
		catch (NoNodeException ex) {
			makeParent(client);
			return zooKeeper.create(wanted, bytes, acl, CreateMode.EPHEMERAL_SEQUENTIAL);
		}
	}

	private void makeParent(CuratorFramework client) throws Exception {
		try {
			client.create().creatingParentsIfNeeded().forPath(this.parent, new byte[0]);
		}
		catch (NodeExistsException ex) {
			logger.debug("{} was made by another", this.parent);
		}
	}

	private static long sessionOf(CuratorFramework client) throws Exception {
		return client.getZookeeperClient().getZooKeeper().getSessionId();
	}

	private synchronized void prove() {
		this.proven = this.wanted;
	}

	private boolean owns(CuratorFramework client) throws Exception {
		String known = this.path;
		if (known == null) {
			return false;
		}
		Stat stat = client.checkExists().forPath(known);
		long now = sessionOf(client);
		// A session that began while the node was made has another one's signature in it.
		boolean owned = stat != null && stat.getEphemeralOwner() == now && this.session == now;
		if (!owned) {
			logger.info("{} {}: it is made again", known, (stat != null) ? "belongs to another session" : "is gone");
			return false;
		}
		if (stat.getVersion() != this.version) {
			logger.warn("{} was changed, and not by this process: it is made again", known);
			return false;
		}
		return true;
	}

	private void removeAll(CuratorFramework client) throws Exception {
		if (!this.alone) {
			removeAllBut(null, client);
		}
		else if (this.path != null) {
			remove(this.path, client);
		}
	}

	/**
	 * Nobody else has this id: whatever bears it was left behind by this registration.
	 */
	private void removeAllBut(@Nullable String keep, CuratorFramework client) throws Exception {
		try {
			// Whoever answers may not have seen yet what this session has made before.
			client.sync().forPath(this.parent);
			for (String name : client.getChildren().forPath(this.parent)) {
				String other = this.parent + "/" + name;
				if (Layout.idOf(name).equals(this.instance.id()) && !other.equals(keep)) {
					remove(other, client);
				}
			}
		}
		catch (NoNodeException ex) {
			logger.debug("{} does not exist: nothing to remove", this.parent);
		}
	}

	private static void remove(String path, CuratorFramework client) throws Exception {
		try {
			client.delete().forPath(path);
			logger.info("Removed {}", path);
		}
		catch (NoNodeException ex) {
			logger.debug("{} was gone already", path);
		}
		catch (NoAuthException ex) {
			empty(path, client);
		}
	}

	/** What only the end of its session may delete says nothing until then. */
	private static void empty(String path, CuratorFramework client) throws Exception {
		try {
			client.setData().forPath(path, new byte[0]);
			logger.info("Emptied {}, which its session takes with it", path);
		}
		catch (NoNodeException ex) {
			logger.debug("{} was gone already", path);
		}
		catch (NoAuthException ex) {
			logger.warn("{} bears the id of an instance of this process and is somebody else's: it stays", path);
		}
	}

}
