package io.harpc.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceStatus;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;

/**
 * Looks every few milliseconds at what a client believes of the instances and at what is
 * registered, and writes down when that changed. Instances go by their id in the
 * registry.
 */
final class Witness implements AutoCloseable {

	/** Stands for what cannot be known while ZooKeeper cannot be reached. */
	static final Set<String> UNREADABLE = Set.of("unreadable");

	private static final long LOOK_NANOS = 5_000_000;

	private static final String PATH = "/ha-rpc/services/" + Work.class.getName();

	private final Timeline<Map<String, Belief>> believed = new Timeline<>();

	/**
	 * The ids in that belief, {@link #UNREADABLE} while the client cannot know better.
	 */
	private final Timeline<Set<String>> known = new Timeline<>();

	private final Timeline<Set<String>> registered = new Timeline<>();

	/** What should be registered: the instances that live and can reach ZooKeeper. */
	private final Timeline<Set<String>> living = new Timeline<>();

	private final CuratorFramework zooKeeper;

	private volatile boolean stopped;

	Witness(Consumer consumer, String connectString) {
		this.zooKeeper = CuratorFrameworkFactory.builder()
			.connectString(connectString)
			.sessionTimeoutMs(60_000)
			.connectionTimeoutMs(300)
			.retryPolicy(new RetryOneTime(10))
			.ensembleTracker(false)
			.build();
		this.zooKeeper.start();
		look("witness-client", () -> {
			Map<String, Belief> view = beliefs(consumer.status());
			this.believed.add(System.nanoTime(), view);
			this.known.add(System.nanoTime(), consumer.seesRegistry() ? Set.copyOf(view.keySet()) : UNREADABLE);
		});
		look("witness-registry", () -> this.registered.add(System.nanoTime(), registeredNow()));
	}

	/** Tells what lives from now on. */
	void living(Set<String> ids) {
		this.living.add(System.nanoTime(), Set.copyOf(ids));
	}

	Timeline<Map<String, Belief>> believed() {
		return this.believed;
	}

	Timeline<Set<String>> known() {
		return this.known;
	}

	/** {@link #UNREADABLE} while ZooKeeper does not answer. */
	Timeline<Set<String>> registered() {
		return this.registered;
	}

	Timeline<Set<String>> living() {
		return this.living;
	}

	/**
	 * {@return nanoseconds from a time until the client keeps clear of an instance}
	 */
	OptionalLong detected(String id, long since) {
		OptionalLong at = this.believed.first(since, (view) -> !Belief.of(view, id).usable());
		return at.isPresent() ? OptionalLong.of(at.getAsLong() - since) : at;
	}

	/**
	 * {@return whether the client would use exactly these instances now}
	 */
	boolean uses(Set<String> ids) {
		Map<String, Belief> view = this.believed.newest();
		return view != null && view.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().usable())
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet())
			.equals(ids);
	}

	/** When an instance was cut off, up to a time. */
	List<CutOff> cutOffs(String id, long until) {
		List<CutOff> found = new ArrayList<>();
		long from = Long.MIN_VALUE;
		int probes = 0;
		boolean probed = false;
		for (long at : this.believed.times()) {
			Belief belief = Belief.of(Objects.requireNonNull(this.believed.at(at)), id);
			if (belief.cutOff() && from == Long.MIN_VALUE) {
				from = at;
				probes = 0;
			}
			else if (!belief.cutOff() && from != Long.MIN_VALUE) {
				found.add(new CutOff(from, at, probes));
				from = Long.MIN_VALUE;
			}
			probes += (belief.isProbed() && !probed) ? 1 : 0;
			probed = belief.isProbed();
		}
		if (from != Long.MIN_VALUE) {
			found.add(new CutOff(from, until, probes));
		}
		return found;
	}

	@Override
	public void close() {
		this.stopped = true;
		this.zooKeeper.close();
	}

	private void look(String name, Runnable at) {
		Thread thread = new Thread(() -> {
			while (!this.stopped) {
				at.run();
				LockSupport.parkNanos(LOOK_NANOS);
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	private static Map<String, Belief> beliefs(ReferenceStatus status) {
		return status.instances()
			.stream()
			.collect(Collectors.toMap((each) -> each.instance().id(), (each) -> Belief.of(each, status.panic()),
					(one, other) -> other));
	}

	private Set<String> registeredNow() {
		try {
			return this.zooKeeper.getChildren()
				.forPath(PATH)
				.stream()
				.map((node) -> node.substring(0, node.lastIndexOf('-')))
				.collect(Collectors.toSet());
		}
		catch (Exception ex) {
			return UNREADABLE;
		}
	}

	/**
	 * What the client believes of one instance.
	 *
	 * @param connection as its status says
	 * @param standing whether it gets calls, as its status says
	 * @param breaker as its status says
	 * @param panic whether it gets calls whatever its standing
	 */
	record Belief(String connection, String standing, String breaker, boolean panic) {

		static final Belief UNKNOWN = new Belief("UNKNOWN", "UNKNOWN", "NONE", false);

		static Belief of(InstanceStatus status, boolean panic) {
			return new Belief(status.connection(), status.standing(), status.breaker(), panic);
		}

		static Belief of(Map<String, Belief> view, String id) {
			Belief belief = view.get(id);
			return (belief != null) ? belief : UNKNOWN;
		}

		/** Whether calls go there as to any other. */
		boolean usable() {
			return this.connection.equals("CONNECTED") && this.standing.equals("IN") && this.breaker.equals("CLOSED");
		}

		/** Whether no calls go there but probes. */
		boolean cutOff() {
			return !this.panic && (this.standing.equals("OUT") || isProbed());
		}

		boolean isProbed() {
			return this.standing.equals("PROBED");
		}

	}

	/**
	 * A time in which an instance was cut off.
	 *
	 * @param from when it began
	 * @param to when it ended
	 * @param probes how often a probe was seen
	 */
	record CutOff(long from, long to, int probes) {

	}

}
