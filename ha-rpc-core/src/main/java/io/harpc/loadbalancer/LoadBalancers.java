package io.harpc.loadbalancer;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * The load balancers by name: {@code p2c} (the default), {@code round-robin},
 * {@code random}, {@code weighted-round-robin}, {@code weighted-random},
 * {@code least-active}, {@code consistent-hash}, {@code primary-backup}, and those of the
 * application. Immutable.
 */
public final class LoadBalancers {

	/** The name of the load balancer that needs a hash key. */
	public static final String CONSISTENT_HASH = "consistent-hash";

	private final Map<String, Supplier<LoadBalancer>> byName = new TreeMap<>();

	private final String zone;

	private final IntUnaryOperator random;

	/**
	 * Creates the set.
	 * @param custom the application's own by name; one of a name that is taken replaces
	 * ours
	 * @param zone the zone whose instances are preferred by all of them, empty for none
	 */
	public LoadBalancers(Map<String, LoadBalancer> custom, String zone) {
		this(custom, zone, (bound) -> ThreadLocalRandom.current().nextInt(bound));
	}

	/**
	 * Creates the set.
	 * @param custom the application's own by name
	 * @param zone the zone whose instances are preferred, empty for none
	 * @param random returns a number from zero to its argument less one; thread-safe
	 */
	public LoadBalancers(Map<String, LoadBalancer> custom, String zone, IntUnaryOperator random) {
		this.zone = zone;
		this.random = random;
		this.byName.put("p2c", () -> new P2cLoadBalancer(random, true));
		this.byName.put("round-robin", () -> new RoundRobinLoadBalancer(random));
		this.byName.put("random", () -> new RandomLoadBalancer(random));
		this.byName.put("weighted-round-robin", () -> new WeightedRoundRobinLoadBalancer(random));
		this.byName.put("weighted-random", () -> new WeightedRandomLoadBalancer(random));
		this.byName.put("least-active", () -> new P2cLoadBalancer(random, false));
		this.byName.put(CONSISTENT_HASH, () -> new ConsistentHashLoadBalancer(random));
		this.byName.put("primary-backup",
				() -> new SpillOverLoadBalancer((candidate) -> candidate.instance().priority(),
						() -> new P2cLoadBalancer(random, true), this::draw));
		custom.forEach((name, loadBalancer) -> this.byName.put(name, () -> loadBalancer));
	}

	/**
	 * Returns a load balancer for one reference.
	 * @param name its name
	 * @return the load balancer, not shared unless it is the application's own
	 * @throws UnknownLoadBalancerException if there is none of that name
	 */
	public LoadBalancer create(String name) {
		Supplier<LoadBalancer> supplier = this.byName.get(name);
		if (supplier == null) {
			throw new UnknownLoadBalancerException(name, names());
		}
		if (this.zone.isEmpty()) {
			return supplier.get();
		}
		return new SpillOverLoadBalancer((candidate) -> candidate.instance().zone().equals(this.zone) ? 0 : 1, supplier,
				name.equals(CONSISTENT_HASH) ? this::drawByKey : this::draw);
	}

	/**
	 * The names known.
	 * @return the names in alphabetical order
	 */
	public SortedSet<String> names() {
		return new TreeSet<>(this.byName.keySet());
	}

	/**
	 * The zone whose instances are preferred.
	 * @return the zone, empty for none
	 */
	public String zone() {
		return this.zone;
	}

	private int draw(Choice choice) {
		return this.random.applyAsInt(Integer.MAX_VALUE);
	}

	/** So that calls of one key stay together. */
	private int drawByKey(Choice choice) {
		Object key = choice.hashKey();
		return (key != null) ? (int) HashRing.hash(key) >>> 1 : draw(choice);
	}

}
