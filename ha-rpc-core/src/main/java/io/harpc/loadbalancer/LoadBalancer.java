package io.harpc.loadbalancer;

import org.jspecify.annotations.Nullable;

/**
 * Chooses the instance that an attempt of a call goes to. Implement it for a policy of
 * your own and name it in {@code load-balancer}.
 * <p>
 * One object serves all calls of a reference (one of your own serves all references that
 * name it), on whatever threads call, so it must be thread-safe. It is called on the
 * calling thread for every attempt, so it must not block and should cost the same for
 * three and for ten thousand instances. What it throws reaches the caller. Breakers and
 * connections are not its business: where the instance chosen cannot take the call, it is
 * asked again with that instance excluded.
 */
@FunctionalInterface
public interface LoadBalancer {

	/**
	 * Chooses one of the candidates that are not excluded.
	 * @param choice what there is to choose from
	 * @return one of {@link Choice#candidates()}, or {@code null} if all are excluded
	 */
	@Nullable Candidate choose(Choice choice);

}
