package io.harpc.client;

import java.util.List;

import io.harpc.loadbalancer.Candidate;
import io.harpc.registry.Instances.Origin;

/**
 * The instances of a service at one moment. Swapped as a whole, never changed.
 *
 * @param active those that calls go to
 * @param reserve those of weight zero, called only where no active one can be
 * @param origin where the list comes from
 */
record InstanceSnapshot(List<Candidate> active, List<Candidate> reserve, Origin origin) {

	static final InstanceSnapshot UNKNOWN = new InstanceSnapshot(List.of(), List.of(), Origin.UNKNOWN);

	boolean isKnown() {
		return this.origin != Origin.UNKNOWN;
	}

	int size() {
		return this.active.size() + this.reserve.size();
	}

}
