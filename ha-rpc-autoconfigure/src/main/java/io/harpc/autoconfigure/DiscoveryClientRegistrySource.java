package io.harpc.autoconfigure;

import java.util.List;

import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.Registry;
import io.harpc.registry.Trust;

import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClient;
import org.springframework.cloud.client.discovery.event.HeartbeatEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Makes the registry over Spring Cloud's discovery clients, which looks again whenever
 * one of them says that something may have changed.
 */
final class DiscoveryClientRegistrySource {

	private DiscoveryClientRegistrySource() {
	}

	static Registry create(RpcProperties.Registry registry, ConfigurableApplicationContext context) {
		PropertyCheck.positive("ha-rpc.registry.discovery-client.refresh-interval",
				registry.discoveryClient().refreshInterval());
		RegistryTrust.refuseSigning(registry);
		Trust trust = RegistryTrust.of(registry);
		DiscoveryClientRegistry source = new DiscoveryClientRegistry(() -> clients(context),
				registry.discoveryClient().refreshInterval(), trust);
		context.addApplicationListener(new Refresh(source));
		return new KeepingRegistry(source,
				KeepingSettings.defaults().withSnapshotDirectory(registry.snapshotDirectory()).withTrust(trust));
	}

	/** Each by itself, without our own: that one would ask us. */
	private static List<DiscoveryClient> clients(ConfigurableApplicationContext context) {
		return context.getBeanProvider(DiscoveryClient.class)
			.orderedStream()
			.filter((client) -> !(client instanceof CompositeDiscoveryClient)
					&& !(client instanceof RpcDiscoveryClient))
			.toList();
	}

	private record Refresh(DiscoveryClientRegistry registry) implements ApplicationListener<HeartbeatEvent> {

		@Override
		public void onApplicationEvent(HeartbeatEvent event) {
			this.registry.refresh();
		}

	}

}
