package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.registry.Trust;

/**
 * Reads the instances of one service. Each reading lists the children anew, so that a
 * view is whole whatever notification was lost; only what is not known yet is fetched. A
 * node that cannot be read as an instance is skipped, counted, and logged once.
 * <p>
 * Reading is for the registry's worker thread alone; {@link #changed} and the counters
 * are for any.
 */
final class ServiceReader {

	static final int MAX_ENTRIES = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(ServiceReader.class);

	/** How many nodes are fetched at a time: bounds the memory that garbage can take. */
	private static final int BATCH = 32;

	private static final int SUSPECT_AFTER = 3;

	private static final long MAX_RETRY_MILLIS = 30_000;

	/** How many nodes are reported by name, until there is nothing to report. */
	private static final int MAX_REPORTS = 20;

	private final ServiceKey service;

	private final String path;

	private final Duration timeout;

	private final Trust trust;

	/** What is known of the nodes, by name. A name is never used twice. */
	private Map<String, Entry> entries = Map.of();

	private final Set<String> reported = new HashSet<>();

	/** Names whose data changed; bounded, see {@link #changed}. */
	private final Set<String> changed = ConcurrentHashMap.newKeySet();

	private volatile boolean due = true;

	private volatile boolean forget;

	private volatile int badEntries;

	/** How often in a row it could not be read. */
	private volatile int failures;

	private @Nullable Stat newest;

	ServiceReader(ServiceKey service, String path, ZooKeeperSettings settings) {
		this.service = service;
		this.path = path;
		this.timeout = settings.sessionTimeout();
		this.trust = settings.trust();
	}

	/** Asks for another reading. */
	void markDue() {
		this.due = true;
	}

	/** Asks for another reading that trusts nothing read before. */
	void forgetAll() {
		this.forget = true;
		this.due = true;
	}

	void changed(String name) {
		if (this.changed.size() >= BATCH) {
			forgetAll();
		}
		else {
			this.changed.add(name);
			this.due = true;
		}
	}

	boolean isDue() {
		return this.due;
	}

	/**
	 * Whether it may be the reason that it cannot be read, rather than the connection: a
	 * list of children that is too long for an answer ends the connection.
	 */
	boolean isSuspect() {
		return this.failures >= SUSPECT_AFTER;
	}

	int failures() {
		return this.failures;
	}

	/** How long to leave a suspect alone. */
	long retryMillis() {
		return Math.min(MAX_RETRY_MILLIS, 100L << Math.min(this.failures, 16));
	}

	ServiceKey service() {
		return this.service;
	}

	int badEntries() {
		return this.badEntries;
	}

	/**
	 * Whether the children have changed since the last reading.
	 * @param client the client
	 * @throws Exception what Curator throws
	 */
	void compare(CuratorFramework client) throws Exception {
		Stat now = client.checkExists().forPath(this.path);
		Stat before = this.newest;
		long nowZxid = (now != null) ? now.getPzxid() : 0;
		long beforeZxid = (before != null) ? before.getPzxid() : 0;
		if (nowZxid != beforeZxid) {
			markDue();
		}
	}

	/**
	 * Reads.
	 * @param client the client
	 * @return the instances, the newest node of each id; {@code null} if what was read is
	 * older than what was read before
	 * @throws Exception what Curator and ZooKeeper throw; the reading stays due
	 */
	@Nullable List<Instance> read(CuratorFramework client) throws Exception {
		this.due = false;
		boolean all = this.forget;
		this.forget = false;
		Set<String> stale = Set.copyOf(this.changed);
		this.changed.removeAll(stale);
		try {
			Stat stat = new Stat();
			List<String> names = children(client, stat);
			if (isOlder(this.newest, stat)) {
				logger.debug("{} was read as of {}, before {}", this.path, stat.getPzxid(), this.newest);
				forgetAll();
				return null;
			}
			update(client.getZookeeperClient().getZooKeeper(), names, all ? Set.copyOf(names) : stale);
			this.newest = stat;
			this.failures = 0;
			return instances();
		}
		catch (Exception ex) {
			this.failures++;
			if (this.failures == SUSPECT_AFTER) {
				logger.warn("{} cannot be read and is left alone for a while, what is known stays in use: {}",
						this.path, ex.toString());
			}
			forgetAll();
			throw ex;
		}
	}

	private List<String> children(CuratorFramework client, Stat stat) throws Exception {
		try {
			return client.getChildren().storingStatIn(stat).forPath(this.path);
		}
		catch (NoNodeException ex) {
			return List.of();
		}
	}

	/**
	 * A session that is new may meet a server that lags behind. Only where the parent is
	 * another one do its zxids say nothing, because the data was made anew; they begin at
	 * one again then, so that the time is needed to tell.
	 */
	static boolean isOlder(@Nullable Stat before, Stat stat) {
		return before != null && before.getCzxid() == stat.getCzxid() && before.getCtime() == stat.getCtime()
				&& stat.getPzxid() < before.getPzxid();
	}

	private void update(ZooKeeper zooKeeper, List<String> names, Set<String> stale)
			throws KeeperException, InterruptedException {
		Map<String, Entry> next = new HashMap<>();
		List<String> wanted = names;
		if (names.size() > MAX_ENTRIES) {
			report("*", names.size() + " entries (expected: at most " + MAX_ENTRIES + "): the newest are skipped");
			wanted = names.stream().sorted(knownThenOldest()).limit(MAX_ENTRIES).toList();
		}
		List<String> unknown = new ArrayList<>();
		for (String name : wanted) {
			Entry entry = this.entries.get(name);
			if (entry == null || stale.contains(name)) {
				unknown.add(name);
			}
			else {
				next.put(name, entry);
			}
		}
		for (int i = 0; i < unknown.size(); i += BATCH) {
			fetch(zooKeeper, unknown.subList(i, Math.min(i + BATCH, unknown.size())), next);
		}
		this.entries = next;
		long bad = next.values().stream().filter(Entry::bad).count();
		this.badEntries = (int) bad + names.size() - wanted.size();
		if (this.badEntries == 0) {
			this.reported.clear();
		}
	}

	/** Whoever floods a service displaces nobody that is in use. */
	private Comparator<String> knownThenOldest() {
		return Comparator.comparing((String name) -> !isInstance(this.entries.get(name)))
			.thenComparing(ServiceReader::sequence);
	}

	private static boolean isInstance(@Nullable Entry entry) {
		return entry != null && entry.instance != null;
	}

	private static String sequence(String name) {
		return name.substring(Math.max(0, name.length() - 10));
	}

	private void fetch(ZooKeeper zooKeeper, List<String> names, Map<String, Entry> into)
			throws KeeperException, InterruptedException {
		CountDownLatch left = new CountDownLatch(names.size());
		Map<String, Fetched> results = new ConcurrentHashMap<>();
		for (String name : names) {
			zooKeeper.getData(this.path + "/" + name, false, (code, path, context, data, stat) -> {
				results.put(name, new Fetched(Code.get(code), data, stat));
				left.countDown();
			}, null);
		}
		if (!left.await(this.timeout.toNanos(), TimeUnit.NANOSECONDS)) {
			throw KeeperException.create(Code.OPERATIONTIMEOUT, this.path);
		}
		for (Map.Entry<String, Fetched> result : results.entrySet()) {
			Fetched fetched = result.getValue();
			if (fetched.code == Code.NONODE) {
				continue;
			}
			if (fetched.code != Code.OK && fetched.code != Code.NOAUTH) {
				throw KeeperException.create(fetched.code, this.path + "/" + result.getKey());
			}
			into.put(result.getKey(), parse(result.getKey(), fetched));
		}
	}

	private Entry parse(String name, Fetched fetched) {
		Stat stat = fetched.stat;
		byte[] data = fetched.data;
		long czxid = (stat != null) ? stat.getCzxid() : 0;
		if (data != null && data.length == 0) {
			return new Entry(czxid, null, false);
		}
		try {
			if (data == null || stat == null) {
				throw new IllegalArgumentException("no data that may be read (expected: an instance)");
			}
			Instance instance = InstanceJson.read(data);
			if (!instance.service().equals(this.service)) {
				throw new IllegalArgumentException(
						"service: " + instance.service() + " (expected: " + this.service + ")");
			}
			if (!instance.id().equals(Layout.idOf(name))) {
				throw new IllegalArgumentException("id: " + instance.id() + " (expected: the one in the node's name)");
			}
			this.trust.check(instance, stat.getEphemeralOwner());
			return new Entry(czxid, instance, false);
		}
		catch (IllegalArgumentException ex) {
			report(name, String.valueOf(ex.getMessage()));
			return new Entry(czxid, null, true);
		}
	}

	private void report(String name, String problem) {
		if (this.reported.size() > MAX_REPORTS || !this.reported.add(name)) {
			return;
		}
		String shown = (name.length() <= 150) ? name : name.substring(0, 150) + "...";
		logger.warn("{}/{} is skipped: {}{}", this.path, shown, problem,
				(this.reported.size() > MAX_REPORTS) ? "; others are skipped without being named" : "");
	}

	/**
	 * Of each id and of each address the newest: what was there before is a ghost, whose
	 * session has not ended yet.
	 */
	private List<Instance> instances() {
		Map<String, Instance> byId = new TreeMap<>();
		Map<Address, Instance> byAddress = new HashMap<>();
		this.entries.values().stream().sorted(Comparator.comparingLong(Entry::czxid)).forEach((entry) -> {
			if (entry.instance != null) {
				byId.put(entry.instance.id(), entry.instance);
				byAddress.put(entry.instance.address(), entry.instance);
			}
		});
		return byId.values().stream().filter((instance) -> byAddress.get(instance.address()) == instance).toList();
	}

	/**
	 * What a node says.
	 *
	 * @param czxid when it was made
	 * @param instance the instance, {@code null} if there is none to be used
	 * @param bad whether there should be one: a node that its owner could not delete is
	 * empty
	 */
	private record Entry(long czxid, @Nullable Instance instance, boolean bad) {
	}

	private record Fetched(@Nullable Code code, byte @Nullable [] data, @Nullable Stat stat) {
	}

}
