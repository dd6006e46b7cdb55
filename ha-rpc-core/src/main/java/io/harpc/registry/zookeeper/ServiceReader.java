package io.harpc.registry.zookeeper;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.registry.Trust;
import io.harpc.registry.zookeeper.KnownNodes.Node;

/**
 * Reads the instances of one service, as a whole at first and whenever something may have
 * been missed, and otherwise only the nodes that an event has named: what a change costs
 * does not depend on the number of instances. ZooKeeper counts the changes of a node's
 * children ({@link Stat#getCversion()}), and so does this by the events; where the two
 * differ an event was lost, and the children are listed anew. A node that cannot be read
 * as an instance is skipped, counted, and logged once.
 * <p>
 * Reading is for the registry's worker thread alone; {@link #changed} and the counters
 * are for any.
 */
final class ServiceReader {

	static final int MAX_ENTRIES = 10_000;

	private static final Logger logger = LoggerFactory.getLogger(ServiceReader.class);

	/** How many nodes are fetched at a time: bounds the memory that garbage can take. */
	private static final int BATCH = 32;

	/** Where more nodes change together, it is as well to list all. */
	private static final int MAX_CHANGED = 512;

	/** No instance has a longer one. */
	private static final int MAX_NAME_LENGTH = 128;

	private static final int SUSPECT_AFTER = 3;

	private static final long MAX_RETRY_MILLIS = 30_000;

	/** How many nodes are reported by name, until there is nothing to report. */
	private static final int MAX_REPORTS = 20;

	private final ServiceKey service;

	private final String path;

	private final Duration timeout;

	private final Trust trust;

	private final KnownNodes nodes = new KnownNodes();

	private final Set<String> reported = new HashSet<>();

	/** Names of which an event has told; bounded, see {@link #changed}. */
	private final Set<String> changed = ConcurrentHashMap.newKeySet();

	/** How many children have come and gone, by the events. */
	private final AtomicInteger events = new AtomicInteger();

	/** What the next reading has to go through; an event never makes it less. */
	private final AtomicReference<Extent> due = new AtomicReference<>(Extent.LIST);

	/** Nodes that are not even fetched. */
	private volatile int skipped;

	private volatile int badEntries;

	/** How often in a row it could not be read. */
	private volatile int failures;

	/** The parent as of the last reading, and how many events had told of that. */
	private @Nullable Parent newest;

	ServiceReader(ServiceKey service, String path, ZooKeeperSettings settings) {
		this.service = service;
		this.path = path;
		this.timeout = settings.sessionTimeout();
		this.trust = settings.trust();
	}

	/** Asks for another reading. */
	void markDue() {
		require(Extent.CHANGES);
	}

	/** Asks for another reading that trusts nothing read before. */
	void forgetAll() {
		require(Extent.ALL);
	}

	private void require(Extent extent) {
		this.due.accumulateAndGet(extent, (one, other) -> (one.compareTo(other) >= 0) ? one : other);
	}

	/**
	 * An event has told of a change, of the service or beneath it.
	 * @param type what has happened
	 * @param where the path
	 */
	void changed(EventType type, String where) {
		if (!where.equals(this.path) && !where.startsWith(this.path + "/")) {
			// A node of somebody else's, with a name that means the same service.
			return;
		}
		String name = where.substring(Math.min(where.length(), this.path.length() + 1));
		boolean child = !name.isEmpty() && name.indexOf('/') < 0;
		boolean dataOnly = type == EventType.NodeDataChanged;
		if (child && !dataOnly) {
			this.events.incrementAndGet();
		}
		if (child && name.length() <= MAX_NAME_LENGTH && this.changed.size() < MAX_CHANGED) {
			this.changed.add(name);
			require(Extent.CHANGES);
		}
		else {
			require((child && dataOnly) ? Extent.ALL : Extent.LIST);
		}
	}

	boolean isDue() {
		return this.due.get() != Extent.NOTHING;
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
	 * Looks for changes that no event has told of.
	 * @param client the client
	 * @throws Exception what Curator and ZooKeeper throw
	 */
	void compare(CuratorFramework client) throws Exception {
		Parent before = this.newest;
		if (before == null || !parent(client.getZookeeperClient().getZooKeeper()).follows(before)) {
			require(Extent.LIST);
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
		Extent extent = this.due.getAndSet(Extent.NOTHING);
		Set<String> names = Set.copyOf(this.changed);
		this.changed.removeAll(names);
		try {
			ZooKeeper zooKeeper = client.getZookeeperClient().getZooKeeper();
			boolean done = extent.compareTo(Extent.CHANGES) <= 0 && readChanges(zooKeeper, names);
			if (!done && !readAll(zooKeeper, names, extent == Extent.ALL)) {
				return null;
			}
			this.failures = 0;
			this.badEntries = this.nodes.bad() + this.skipped;
			if (this.badEntries == 0) {
				this.reported.clear();
			}
			return this.nodes.instances();
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

	/**
	 * Reads what events have told of.
	 * @return whether that is all there is to know
	 */
	private boolean readChanges(ZooKeeper zooKeeper, Set<String> names) throws KeeperException, InterruptedException {
		Parent before = this.newest;
		long unknown = names.stream().filter((name) -> !this.nodes.contains(name)).count();
		if (before == null || this.skipped > 0 || this.nodes.size() + unknown > MAX_ENTRIES) {
			return false;
		}
		Map<String, Node> fetched = fetch(zooKeeper, List.copyOf(names));
		Parent now = parent(zooKeeper);
		if (!now.follows(before)) {
			logger.debug("{}: an event was lost", this.path);
			return false;
		}
		logger.debug("{}: {} read, {} known before", this.path, names.size(), this.nodes.size());
		this.nodes.update(fetched);
		this.newest = now;
		return true;
	}

	/**
	 * Lists the children, and reads those that are not known.
	 * @param stale the names of those that are to be read though they are known
	 * @param all whether that is so of all
	 * @return {@code false} if that is older than what was read before
	 */
	private boolean readAll(ZooKeeper zooKeeper, Set<String> stale, boolean all)
			throws KeeperException, InterruptedException {
		Children children = children(zooKeeper);
		if (this.newest != null && isOlder(this.newest.stat(), children.parent().stat())) {
			logger.debug("{} was read as of {}, before {}", this.path, children.parent(), this.newest);
			forgetAll();
			return false;
		}
		Set<String> wanted = wanted(children.names());
		Map<String, Node> fetched = fetch(zooKeeper,
				wanted.stream().filter((name) -> all || stale.contains(name) || !this.nodes.contains(name)).toList());
		logger.debug("{}: listed, {} read, {} known before", this.path, fetched.size(), this.nodes.size());
		this.nodes.names()
			.stream()
			.filter((name) -> !wanted.contains(name))
			.forEach((gone) -> fetched.put(gone, Node.GONE));
		this.nodes.update(fetched);
		this.skipped = children.names().size() - wanted.size();
		this.newest = children.parent();
		return true;
	}

	private Set<String> wanted(List<String> names) {
		if (names.size() <= MAX_ENTRIES) {
			return Set.copyOf(names);
		}
		report("*", names.size() + " entries (expected: at most " + MAX_ENTRIES + "): the newest are skipped");
		// Whoever floods a service displaces nobody that is in use.
		return names.stream()
			.sorted(Comparator.comparing((String name) -> !this.nodes.isInstance(name))
				.thenComparing(ServiceReader::sequence))
			.limit(MAX_ENTRIES)
			.collect(Collectors.toSet());
	}

	private static String sequence(String name) {
		return name.substring(Math.max(0, name.length() - 10));
	}

	/**
	 * A session that is new may meet a server that lags behind. Only where the parent is
	 * another one do its zxids say nothing, because the data was made anew; they begin at
	 * one again then, so that the time is needed to tell.
	 */
	static boolean isOlder(Stat before, Stat stat) {
		return before.getCzxid() == stat.getCzxid() && before.getCtime() == stat.getCtime()
				&& stat.getPzxid() < before.getPzxid();
	}

	// ZooKeeper's thread tells of events and answers in their order, so that an answer
	// knows how many events came before it.

	private Children children(ZooKeeper zooKeeper) throws KeeperException, InterruptedException {
		CompletableFuture<Children> answer = new CompletableFuture<>();
		zooKeeper.getChildren(this.path, false,
				(code, where, context, names, stat) -> settle(answer, code, where,
						() -> new Children(names, new Parent(stat, this.events.get())),
						() -> new Children(List.of(), new Parent(new Stat(), this.events.get()))),
				null);
		return await(answer);
	}

	private Parent parent(ZooKeeper zooKeeper) throws KeeperException, InterruptedException {
		CompletableFuture<Parent> answer = new CompletableFuture<>();
		zooKeeper.exists(
				this.path, false, (code, where, context, stat) -> settle(answer, code, where,
						() -> new Parent(stat, this.events.get()), () -> new Parent(new Stat(), this.events.get())),
				null);
		return await(answer);
	}

	private Map<String, Node> fetch(ZooKeeper zooKeeper, List<String> names)
			throws KeeperException, InterruptedException {
		Map<String, Node> nodes = new TreeMap<>();
		for (int i = 0; i < names.size(); i += BATCH) {
			Map<String, CompletableFuture<Fetched>> answers = new LinkedHashMap<>();
			names.subList(i, Math.min(i + BATCH, names.size()))
				.forEach((name) -> answers.put(name, fetch(zooKeeper, name)));
			for (Map.Entry<String, CompletableFuture<Fetched>> answer : answers.entrySet()) {
				Fetched fetched = await(answer.getValue());
				nodes.put(answer.getKey(), (fetched == Fetched.GONE) ? Node.GONE : parse(answer.getKey(), fetched));
			}
		}
		return nodes;
	}

	private CompletableFuture<Fetched> fetch(ZooKeeper zooKeeper, String name) {
		CompletableFuture<Fetched> answer = new CompletableFuture<>();
		zooKeeper.getData(this.path + "/" + name, false, (code, where, context, data, stat) -> {
			boolean secret = code == Code.NOAUTH.intValue();
			settle(answer, secret ? Code.OK.intValue() : code, where, () -> new Fetched(data, stat),
					() -> Fetched.GONE);
		}, null);
		return answer;
	}

	private static <T> void settle(CompletableFuture<T> answer, int code, String where, Supplier<T> found,
			Supplier<T> none) {
		switch (Code.get(code)) {
			case OK -> answer.complete(found.get());
			case NONODE -> answer.complete(none.get());
			default -> answer.completeExceptionally(KeeperException.create(Code.get(code), where));
		}
	}

	private <T> T await(CompletableFuture<T> answer) throws KeeperException, InterruptedException {
		try {
			return answer.get(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			throw KeeperException.create(Code.OPERATIONTIMEOUT, this.path);
		}
		catch (ExecutionException ex) {
			throw (KeeperException) ex.getCause();
		}
	}

	private Node parse(String name, Fetched fetched) {
		Stat stat = fetched.stat;
		byte[] data = fetched.data;
		long czxid = (stat != null) ? stat.getCzxid() : 0;
		if (data != null && data.length == 0) {
			return new Node(czxid, null, false);
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
			return new Node(czxid, instance, false);
		}
		catch (IllegalArgumentException ex) {
			report(name, String.valueOf(ex.getMessage()));
			return new Node(czxid, null, true);
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

	/** How much there is to read, each including what comes before it. */
	private enum Extent {

		NOTHING,

		/** What events have told of. */
		CHANGES,

		/** The list of children, and those that are not known. */
		LIST,

		/** The list of children, and all of them. */
		ALL

	}

	/** The children at one moment. */
	private record Children(List<String> names, Parent parent) {

	}

	/**
	 * The parent at one moment.
	 *
	 * @param stat what ZooKeeper says of it, all zero where there is none
	 * @param events how many changes of its children events have told of until then
	 */
	private record Parent(Stat stat, int events) {

		/** Whether events have told of all changes of the children since then. */
		boolean follows(Parent before) {
			return this.stat.getCzxid() == before.stat.getCzxid()
					&& this.stat.getCversion() - before.stat.getCversion() == this.events - before.events;
		}

	}

	/** What a node says, neither if it may not be read. */
	private record Fetched(byte @Nullable [] data, @Nullable Stat stat) {

		static final Fetched GONE = new Fetched(null, null);

	}

}
