package io.harpc.autoconfigure;

import io.harpc.client.RpcClient;
import io.harpc.registry.Registry;
import io.harpc.server.RpcServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * {@link AutoConfiguration Auto-configuration} that shows RPC services to Spring Cloud:
 * those of this process as a {@code ServiceRegistry}, all that are known as a
 * {@code DiscoveryClient}. Where Spring Cloud is the source of the instances it need not
 * be shown them.
 */
@AutoConfiguration(after = { RpcClientAutoConfiguration.class, RpcRegistryAutoConfiguration.class },
		before = RpcServerAutoConfiguration.class,
		beforeName = { "org.springframework.cloud.client.CommonsClientAutoConfiguration",
				"org.springframework.cloud.client.discovery.composite.CompositeDiscoveryClientAutoConfiguration" })
@ConditionalOnClass(DiscoveryClient.class)
@ConditionalOnBooleanProperty(
		name = { "ha-rpc.enabled", "ha-rpc.spring-cloud.enabled", "spring.cloud.discovery.enabled" },
		matchIfMissing = true)
@Conditional(RpcSpringCloudAutoConfiguration.OnRegistryOfOurs.class)
public class RpcSpringCloudAutoConfiguration {

	/**
	 * No candidate elsewhere: the web server's registry is the one that Spring Cloud
	 * means.
	 */
	@Bean(defaultCandidate = false)
	@ConditionalOnMissingBean
	RpcServiceRegistry rpcServiceRegistry(Registry registry) {
		return new RpcServiceRegistry(registry);
	}

	@Bean
	ServerRegistryCustomizer rpcServerRegistryCustomizer(
			@Qualifier("rpcServiceRegistry") RpcServiceRegistry serviceRegistry) {
		return (registry) -> serviceRegistry.forServer();
	}

	@Bean
	@ConditionalOnMissingBean
	RpcDiscoveryClient rpcDiscoveryClient(Registry registry, RpcClient client, ApplicationEventPublisher events) {
		return new RpcDiscoveryClient(registry,
				() -> client.references().stream().map((reference) -> reference.settings().service()).toList(), events);
	}

	@Bean
	InstanceAnnouncement rpcInstanceAnnouncement(ObjectProvider<RpcServer> server,
			ObjectProvider<AutoServiceRegistration> others, ApplicationEventPublisher events) {
		return new InstanceAnnouncement(server, others, events);
	}

	/** Whether the instances come from anywhere but Spring Cloud. */
	static class OnRegistryOfOurs extends NoneNestedConditions {

		OnRegistryOfOurs() {
			super(ConfigurationPhase.PARSE_CONFIGURATION);
		}

		@ConditionalOnProperty(name = "ha-rpc.registry.type", havingValue = "discovery-client")
		static class OnDiscoveryClient {

		}

	}

}
