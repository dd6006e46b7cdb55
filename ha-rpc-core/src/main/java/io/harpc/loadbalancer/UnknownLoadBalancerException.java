package io.harpc.loadbalancer;

import java.util.SortedSet;

/**
 * A reference names a load balancer that does not exist.
 */
public final class UnknownLoadBalancerException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String name;

	UnknownLoadBalancerException(String name, SortedSet<String> known) {
		super("load balancer: '" + name + "' (expected: one of " + String.join(", ", known)
				+ ", or the name of one of your own)");
		this.name = name;
	}

	/**
	 * The name that is not known.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

}
