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
 * {@code random}, and those of the application. Immutable.
 */
public final class LoadBalancers {

	private final Map<String, Supplier<LoadBalancer>> byName = new TreeMap<>();

	/**
	 * Creates the set.
	 * @param custom the application's own by name; one of a name that is taken replaces
	 * ours
	 */
	public LoadBalancers(Map<String, LoadBalancer> custom) {
		this(custom, (bound) -> ThreadLocalRandom.current().nextInt(bound));
	}

	/**
	 * Creates the set.
	 * @param custom the application's own by name
	 * @param random returns a number from zero to its argument less one; thread-safe
	 */
	public LoadBalancers(Map<String, LoadBalancer> custom, IntUnaryOperator random) {
		this.byName.put("p2c", () -> new P2cLoadBalancer(random));
		this.byName.put("round-robin", () -> new RoundRobinLoadBalancer(random));
		this.byName.put("random", () -> new RandomLoadBalancer(random));
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
		return supplier.get();
	}

	/**
	 * The names known.
	 * @return the names in alphabetical order
	 */
	public SortedSet<String> names() {
		return new TreeSet<>(this.byName.keySet());
	}

}
