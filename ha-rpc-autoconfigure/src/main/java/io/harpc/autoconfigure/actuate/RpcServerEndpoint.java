package io.harpc.autoconfigure.actuate;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.server.ExportedService;
import io.harpc.server.RpcServer;
import io.harpc.server.ServerStartException;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.lang.Nullable;

/**
 * {@link Endpoint @Endpoint} by which an operator takes this process's server out of
 * service and back, restarts it, or changes its weight. There is no access to it unless
 * {@code management.endpoint.rpcserver.access} gives it. Parameters are texts, because
 * what Spring Boot cannot convert itself it refuses without a reason.
 */
@WebEndpoint(id = "rpcserver", defaultAccess = Access.NONE)
public final class RpcServerEndpoint {

	private final RpcServer server;

	RpcServerEndpoint(RpcServer server) {
		this.server = server;
	}

	/**
	 * Changes how the server serves.
	 * @param action {@code drain} to take it out of the registry and send its clients
	 * away, while what comes is answered; {@code resume} to take it back into service;
	 * {@code restart} to stop it without losing a call, and start it on the same port
	 * @return {@link RpcEndpoint.ServerDescription How the server stands} then, or the
	 * reason why nothing was changed
	 */
	@WriteOperation
	public WebEndpointResponse<?> perform(@Selector String action) {
		try {
			switch (action.toLowerCase(Locale.ROOT)) {
				case "drain" -> this.server.drain();
				case "resume" -> this.server.resume();
				case "restart" -> this.server.restart();
				default -> {
					return refused("action: '" + action + "' (expected: drain, resume or restart)");
				}
			}
			return described();
		}
		catch (ServerStartException ex) {
			return new WebEndpointResponse<>(
					Map.of("error",
							"The server does not run: it " + ex.getMessage() + ". Another restart may succeed."),
					WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR);
		}
	}

	/**
	 * Changes which share of the calls this process should get.
	 * @param weight the share, relative to other instances
	 * @param service the text of the service's key; all services where it is left out
	 * @return {@link RpcEndpoint.ServerDescription How the server stands} then, or the
	 * reason why nothing was changed
	 */
	@WriteOperation
	public WebEndpointResponse<?> weigh(@Nullable String weight, @Nullable String service) {
		List<ServiceKey> offered = this.server.services().stream().map(ExportedService::service).toList();
		List<ServiceKey> meant = offered.stream()
			.filter((key) -> service == null || key.toString().equals(service))
			.toList();
		if (meant.isEmpty()) {
			return refused("service: " + service + " (expected: one of " + offered + ")");
		}
		try {
			int share = parse(weight);
			meant.forEach((key) -> this.server.weigh(key, share));
			return described();
		}
		catch (IllegalArgumentException ex) {
			return refused(String.valueOf(ex.getMessage()));
		}
	}

	private static int parse(@Nullable String weight) {
		try {
			return Integer.parseInt(String.valueOf(weight));
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("weight: " + weight + " (expected: 0 to " + Instance.MAX_WEIGHT + ")",
					ex);
		}
	}

	private WebEndpointResponse<RpcEndpoint.ServerDescription> described() {
		return new WebEndpointResponse<>(RpcEndpoint.ServerDescription.of(this.server));
	}

	private static WebEndpointResponse<Map<String, String>> refused(String reason) {
		return new WebEndpointResponse<>(Map.of("error", reason), WebEndpointResponse.STATUS_BAD_REQUEST);
	}

}
