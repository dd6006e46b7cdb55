package io.harpc.autoconfigure.actuate;

import java.util.List;

import io.harpc.ServiceKey;
import io.harpc.server.ExportedService;
import io.harpc.server.RpcServer;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.lang.Nullable;

/**
 * {@link Endpoint @Endpoint} by which an operator takes this process's server out of
 * service and back, restarts it, or changes its weight. There is no access to it unless
 * {@code management.endpoint.rpcserver.access} gives it.
 */
@Endpoint(id = "rpcserver", defaultAccess = Access.NONE)
public final class RpcServerEndpoint {

	private final RpcServer server;

	RpcServerEndpoint(RpcServer server) {
		this.server = server;
	}

	/**
	 * Changes how the server serves.
	 * @param action what to do
	 * @return how the server stands then
	 */
	@WriteOperation
	public RpcEndpoint.ServerDescription perform(@Selector Action action) {
		switch (action) {
			case DRAIN -> this.server.drain();
			case RESUME -> this.server.resume();
			case RESTART -> this.server.restart();
		}
		return RpcEndpoint.ServerDescription.of(this.server);
	}

	/**
	 * Changes which share of the calls this process should get.
	 * @param weight the share, relative to other instances
	 * @param service the text of the service's key; all services where it is left out
	 * @return how the server stands then
	 */
	@WriteOperation
	public RpcEndpoint.ServerDescription weigh(int weight, @Nullable String service) {
		List<ServiceKey> offered = this.server.services().stream().map(ExportedService::service).toList();
		List<ServiceKey> meant = offered.stream()
			.filter((key) -> service == null || key.toString().equals(service))
			.toList();
		if (meant.isEmpty()) {
			throw new InvalidEndpointRequestException("service: " + service + " (expected: one of " + offered + ")",
					"No such service is offered here");
		}
		try {
			meant.forEach((key) -> this.server.weigh(key, weight));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidEndpointRequestException(String.valueOf(ex.getMessage()), "Not a weight", ex);
		}
		return RpcEndpoint.ServerDescription.of(this.server);
	}

	/** What an operator may do with the server. */
	public enum Action {

		/**
		 * Take it out of the registry and send its clients away; what comes is answered.
		 */
		DRAIN,

		/** Take it back into service. */
		RESUME,

		/** Stop it without losing a call, and start it on the same port. */
		RESTART

	}

}
