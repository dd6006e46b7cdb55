package io.harpc.client;

import java.util.List;
import java.util.function.Function;

import io.harpc.CallObserver;
import io.harpc.ServiceKey;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.registry.Registry;
import io.harpc.resilience.Resilience;
import io.harpc.serialization.Serializer;

/**
 * What all references of a client have in common.
 *
 * @param settings holds where a reference says nothing else
 * @param registry where instances are found
 * @param channels the channels, one for each address
 * @param resilience makes breakers and retries
 * @param loadBalancers makes load balancers
 * @param serializers what can be spoken
 * @param observer sees every call
 * @param timing time as calls see it
 * @param hints says why a service may have no instance, empty if there is no more to say
 */
record ClientContext(RpcClientSettings settings, Registry registry, Channels channels, Resilience resilience,
		LoadBalancers loadBalancers, List<Serializer> serializers, CallObserver observer, Timing timing,
		Function<ServiceKey, String> hints) {

}
