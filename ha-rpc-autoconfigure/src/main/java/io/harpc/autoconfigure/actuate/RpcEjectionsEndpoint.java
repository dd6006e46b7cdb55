package io.harpc.autoconfigure.actuate;

import java.time.Duration;

import io.harpc.Address;
import io.harpc.client.RpcClient;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.lang.Nullable;

/**
 * {@link Endpoint @Endpoint} by which an operator has this process's calls pass an
 * instance by, and ends that. There is no access to it unless
 * {@code management.endpoint.rpcejections.access} gives it.
 */
@Endpoint(id = "rpcejections", defaultAccess = Access.NONE)
public final class RpcEjectionsEndpoint {

	private static final Duration DEFAULT_DURATION = Duration.ofMinutes(5);

	private final RpcClient client;

	RpcEjectionsEndpoint(RpcClient client) {
		this.client = client;
	}

	/**
	 * Ejects an instance for all services that it offers to this process.
	 * @param instance where it listens, as {@code host:port}
	 * @param duration for how long; five minutes where it is left out
	 * @return of how many services it is an instance
	 */
	@WriteOperation
	public Changed eject(@Selector String instance, @Nullable Duration duration) {
		try {
			return changed(instance,
					this.client.eject(Address.parse(instance), (duration != null) ? duration : DEFAULT_DURATION));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(ex);
		}
	}

	/**
	 * Ends the ejection of an instance, by hand or not.
	 * @param instance where it listens, as {@code host:port}
	 * @return of how many services it is an instance
	 */
	@DeleteOperation
	public Changed readmit(@Selector String instance) {
		try {
			return changed(instance, this.client.readmit(Address.parse(instance)));
		}
		catch (IllegalArgumentException ex) {
			throw invalid(ex);
		}
	}

	private static Changed changed(String instance, int services) {
		if (services == 0) {
			throw new InvalidEndpointRequestException(
					"instance: " + instance + " (expected: one that /actuator/rpc shows)", "No such instance is known");
		}
		return new Changed(instance, services);
	}

	private static InvalidEndpointRequestException invalid(IllegalArgumentException ex) {
		return new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), "Not to be done", ex);
	}

	/**
	 * What was changed.
	 *
	 * @param instance where the instance listens
	 * @param services of how many services of this process it is one
	 */
	public record Changed(String instance, int services) {

	}

}
