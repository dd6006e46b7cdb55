package io.harpc.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceStatus;
import io.harpc.client.RpcClient;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.server.ExportedService;
import io.harpc.server.RpcServer;
import org.jspecify.annotations.Nullable;

/**
 * Says how server, registry and references are, in no version of Spring Boot's words. A
 * registry that is away is no reason to be down while what was known is still used; a
 * service that nobody offers is not this process's illness.
 */
final class RpcHealth {

	private final @Nullable RpcServer server;

	private final Registry registry;

	private final RpcClient client;

	RpcHealth(@Nullable RpcServer server, Registry registry, RpcClient client) {
		this.server = server;
		this.registry = registry;
		this.client = client;
	}

	State state() {
		List<ReferenceStatus> references = this.client.references();
		RegistryStatus status = this.registry.status();
		Map<String, Object> details = new LinkedHashMap<>();
		boolean serverUp = addServer(details);
		details.put("registry", registry(status));
		Map<String, Object> byName = new LinkedHashMap<>();
		references.forEach((reference) -> byName.put(reference.settings().name(), reference(reference)));
		details.put("references", byName);
		boolean blind = !status.connected()
				&& references.stream().anyMatch((reference) -> reference.origin() == Origin.UNKNOWN);
		return new State(serverUp && !blind, details);
	}

	private boolean addServer(Map<String, Object> details) {
		List<ExportedService> services = (this.server != null) ? this.server.services() : List.of();
		if (this.server == null || services.isEmpty()) {
			details.put("server", "No services are offered");
			return true;
		}
		Map<String, Object> server = new LinkedHashMap<>();
		server.put("listening", this.server.isRunning());
		if (this.server.problem() != null) {
			server.put("problem", this.server.problem());
		}
		server.put("address", String.valueOf(this.server.address()));
		server.put("services", services.size());
		server.put("registered", services.stream().filter(ExportedService::registered).count());
		details.put("server", server);
		return this.server.isRunning();
	}

	private static Map<String, Object> registry(RegistryStatus status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("type", status.type());
		details.put("connected", status.connected());
		details.put("since", status.since());
		details.put("message", status.message());
		return details;
	}

	private static Map<String, Object> reference(ReferenceStatus reference) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("service", reference.settings().service().toString());
		details.put("instances", reference.instances().size());
		details.put("connected", reference.instances().stream().filter(RpcHealth::isConnected).count());
		details.put("instancesFrom", reference.origin().name());
		if (reference.instances().stream().noneMatch(RpcHealth::isConnected)) {
			reference.instances()
				.stream()
				.map(InstanceStatus::lastLoss)
				.filter((loss) -> !loss.isEmpty())
				.findFirst()
				.ifPresent((loss) -> details.put("problem", loss));
		}
		return details;
	}

	private static boolean isConnected(InstanceStatus instance) {
		return instance.connection().equals("CONNECTED");
	}

	/**
	 * How it is.
	 *
	 * @param up whether this process can do its part
	 * @param details the reasons
	 */
	record State(boolean up, Map<String, Object> details) {

	}

}
