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
 * @param cutOffs which of them get no calls for now; the one part that changes
 */
record InstanceSnapshot(List<Candidate> active, List<Candidate> reserve, Origin origin, CutOffs cutOffs) {

	static InstanceSnapshot unknown(CutOffs cutOffs) {
		return new InstanceSnapshot(List.of(), List.of(), Origin.UNKNOWN, cutOffs);
	}

	boolean isKnown() {
		return this.origin != Origin.UNKNOWN;
	}

	int size() {
		return this.active.size() + this.reserve.size();
	}

}
