package io.harpc.benchmarks.grpc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;

/**
 * Knows where the servers are, as a name service would. With it goes the configuration of
 * retries that gRPC's guide shows, with the pauses of ha-rpc.
 */
final class SeveralServers extends NameResolver.Factory {

	static final String SCHEME = "several";

	/** Numbers in a service configuration are doubles. */
	static final Map<String, ?> RETRY = Map.of("methodConfig",
			List.of(Map.of("name", List.of(Map.of()), "retryPolicy",
					Map.of("maxAttempts", 3.0, "initialBackoff", "0.05s", "maxBackoff", "1s", "backoffMultiplier", 2.0,
							"retryableStatusCodes", List.of("UNAVAILABLE")))));

	private final List<EquivalentAddressGroup> addresses;

	SeveralServers(List<Integer> ports) {
		this.addresses = ports.stream()
			.map((port) -> new EquivalentAddressGroup(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)))
			.toList();
	}

	@Override
	public String getDefaultScheme() {
		return SCHEME;
	}

	@Override
	public NameResolver newNameResolver(URI target, NameResolver.Args args) {
		return new NameResolver() {

			@Override
			public String getServiceAuthority() {
				return SCHEME;
			}

			@Override
			public void start(Listener2 listener) {
				listener.onResult(ResolutionResult.newBuilder()
					.setAddressesOrError(StatusOr.fromValue(SeveralServers.this.addresses))
					.build());
			}

			@Override
			public void shutdown() {
				// nothing runs
			}

		};
	}

}
