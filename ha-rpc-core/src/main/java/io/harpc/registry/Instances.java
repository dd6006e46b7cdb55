package io.harpc.registry;

import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.harpc.ServiceKey;

/**
 * The instances of one service as they are known at one moment. Immutable: a newer view
 * replaces an older one as a whole.
 */
public final class Instances {

	private final ServiceKey service;

	private final List<Instance> list;

	private final Origin origin;

	private final Set<String> unconfirmed;

	private Instances(ServiceKey service, List<Instance> list, Origin origin, Set<String> unconfirmed) {
		this.service = service;
		this.list = List.copyOf(list);
		this.origin = origin;
		this.unconfirmed = Set.copyOf(unconfirmed);
	}

	/**
	 * Returns the view before anything is known.
	 * @param service the service
	 * @return a view without instances, of which {@link #isKnown()} is {@code false}
	 */
	public static Instances unknown(ServiceKey service) {
		return new Instances(service, List.of(), Origin.UNKNOWN, Set.of());
	}

	/**
	 * Returns a view.
	 * @param service the service
	 * @param list its instances, one for each id
	 * @param origin where the list comes from
	 * @return the view
	 */
	public static Instances of(ServiceKey service, List<Instance> list, Origin origin) {
		return new Instances(service, list, origin, Set.of());
	}

	static Instances of(ServiceKey service, List<Instance> list, Origin origin, Set<String> unconfirmed) {
		return new Instances(service, list, origin, unconfirmed);
	}

	/**
	 * The service.
	 * @return its key
	 */
	public ServiceKey service() {
		return this.service;
	}

	/**
	 * The instances, one for each id.
	 * @return an immutable list, in no particular order
	 */
	public List<Instance> list() {
		return this.list;
	}

	/**
	 * Where the list comes from.
	 * @return the origin
	 */
	public Origin origin() {
		return this.origin;
	}

	/**
	 * Whether anything is known yet. A caller that finds no instance in a view that is
	 * not known had better wait for the first one that is.
	 * @return {@code false} only before the first view
	 */
	public boolean isKnown() {
		return this.origin != Origin.UNKNOWN;
	}

	/**
	 * Whether the registry lists an instance now; not so where the registry is away, and
	 * for one that is kept only because its address still answers.
	 * @param instance an instance of this view
	 * @return {@code true} if the registry vouches for it
	 */
	public boolean isConfirmed(Instance instance) {
		return this.origin == Origin.REGISTRY && !this.unconfirmed.contains(instance.id());
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof Instances that && this.service.equals(that.service) && this.list.equals(that.list)
				&& this.origin == that.origin && this.unconfirmed.equals(that.unconfirmed);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.service, this.list, this.origin);
	}

	@Override
	public String toString() {
		return this.service + " " + this.origin + " " + this.list.stream().map(Instance::address).toList();
	}

	/** Where a view comes from. */
	public enum Origin {

		/** Nothing is known yet. */
		UNKNOWN,

		/** Read from disk at the start: the registry has not answered since. */
		SNAPSHOT,

		/** The registry is away: what it said last. */
		KEPT,

		/** What the registry says now. */
		REGISTRY

	}

}
