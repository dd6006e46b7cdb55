package io.harpc.autoconfigure;

import java.util.function.Function;

import io.harpc.ServiceKey;
import io.harpc.protocol.ServerState;
import io.harpc.server.RpcServer;
import org.jspecify.annotations.Nullable;

/**
 * Knows which services this process offers itself, for a caller that finds none before
 * the application is ready: not even its own is registered then. Thread-safe.
 */
final class OwnServices implements Function<ServiceKey, String> {

	private volatile @Nullable RpcServer server;

	void offeredBy(RpcServer server) {
		this.server = server;
	}

	@Override
	public String apply(ServiceKey service) {
		RpcServer own = this.server;
		boolean early = own != null && own.state() == ServerState.NOT_READY
				&& own.services().stream().anyMatch((exported) -> exported.service().equals(service));
		return early ? "This process offers it itself, but registers it only while the application is ready: after its"
				+ " runners and the listeners of ApplicationReadyEvent, and not while its readiness is refused."
				+ " Until then, call the bean: inject it without @RpcReference." : "";
	}

}
