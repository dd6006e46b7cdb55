package io.harpc.loadbalancer;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Chooses the candidates in turn. Begins anywhere, so that many clients that start
 * together do not all begin with the same instance.
 */
final class RoundRobinLoadBalancer implements LoadBalancer {

	private final AtomicInteger next;

	RoundRobinLoadBalancer(IntUnaryOperator random) {
		this.next = new AtomicInteger(random.applyAsInt(Integer.MAX_VALUE));
	}

	@Override
	public @Nullable Candidate choose(Choice choice) {
		int size = choice.candidates().size();
		return (size != 0) ? choice.firstFrom(Integer.remainderUnsigned(this.next.getAndIncrement(), size)) : null;
	}

}
