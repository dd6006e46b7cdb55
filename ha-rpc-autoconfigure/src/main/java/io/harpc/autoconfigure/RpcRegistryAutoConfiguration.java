package io.harpc.autoconfigure;

import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Registry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * {@link AutoConfiguration Auto-configuration} of the registry that
 * {@code ha-rpc.registry.type} names.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "ha-rpc.enabled", matchIfMissing = true)
@EnableConfigurationProperties(RpcProperties.class)
public class RpcRegistryAutoConfiguration {

	/** What only one type needs is named in a class of its own: it may not be there. */
	@Bean
	@ConditionalOnMissingBean
	Registry rpcRegistry(RpcProperties properties, ConfigurableApplicationContext context,
			ObjectProvider<ZooKeeperStores> stores) {
		RpcProperties.Registry registry = properties.registry();
		return switch (registry.type()) {
			case ZOOKEEPER -> ZooKeeperRegistrySource.create(registry, stores.getIfAvailable());
			case DISCOVERY_CLIENT -> DiscoveryClientRegistrySource.create(registry, context);
			case STATIC -> StaticRegistrySource.create(registry);
			case IN_MEMORY -> InMemoryRegistry.processWide();
		};
	}

	/** Closed after the registry that needs it. */
	@Bean
	@Lazy
	@ConditionalOnProperty("ha-rpc.registry.zookeeper.ssl.bundle")
	ZooKeeperStores rpcZooKeeperStores(RpcProperties properties, ObjectProvider<SslBundles> bundles) {
		return new ZooKeeperStores(String.valueOf(properties.registry().zookeeper().ssl().bundle()),
				bundles.getIfAvailable());
	}

	/** Of client and server; bundles are made when they are asked for. */
	@Bean
	BundleEncryption rpcBundleEncryption(ObjectProvider<SslBundles> bundles) {
		return new BundleEncryption(bundles.getIfAvailable());
	}

	@Bean
	@ConditionalOnBooleanProperty("ha-rpc.registry.required")
	SmartInitializingSingleton rpcRequiredRegistry(Registry registry, RpcProperties properties) {
		return new RequiredRegistry(registry, properties.registry());
	}

	@Bean
	UnknownProperties rpcUnknownProperties(Environment environment) {
		return new UnknownProperties(environment);
	}

}
