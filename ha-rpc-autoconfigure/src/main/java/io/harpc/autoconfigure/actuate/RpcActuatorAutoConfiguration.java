package io.harpc.autoconfigure.actuate;

import io.harpc.autoconfigure.RpcClientAutoConfiguration;
import io.harpc.autoconfigure.RpcServerAutoConfiguration;
import io.harpc.client.RpcClient;
import io.harpc.registry.Registry;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * {@link AutoConfiguration Auto-configuration} of health and endpoint.
 */
@AutoConfiguration(after = { RpcClientAutoConfiguration.class, RpcServerAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "ha-rpc.enabled", matchIfMissing = true)
@ConditionalOnBean({ RpcClient.class, Registry.class })
public class RpcActuatorAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
	static class Endpoints {

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		RpcEndpoint rpcEndpoint(ObjectProvider<RpcServer> server, Registry registry, RpcClient client) {
			return new RpcEndpoint(server.getIfAvailable(), registry, client);
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnBean(RpcServer.class)
		@ConditionalOnAvailableEndpoint
		RpcServerEndpoint rpcServerEndpoint(RpcServer server) {
			return new RpcServerEndpoint(server);
		}

		@Bean
		@ConditionalOnMissingBean
		@ConditionalOnAvailableEndpoint
		RpcEjectionsEndpoint rpcEjectionsEndpoint(RpcClient client) {
			return new RpcEjectionsEndpoint(client);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SanitizingFunction.class)
	static class Sanitizing {

		@Bean
		RpcSecrets rpcSecrets() {
			return new RpcSecrets();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(AuditApplicationEvent.class)
	static class Audit {

		@Bean
		DeniedCallAudit rpcDeniedCallAudit() {
			return new DeniedCallAudit();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class Meters {

		@Bean
		AuthenticationMeters rpcAuthenticationMeters(ObjectProvider<RpcServerSettings> settings) {
			return new AuthenticationMeters(settings.getIfAvailable());
		}

	}

	/**
	 * Named, not referred to: only one of the two versions of the types is ever there.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
	static class Boot3Health {

		@Bean
		@ConditionalOnMissingBean(name = "rpcHealthIndicator")
		@org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator("rpc")
		Boot3RpcHealthIndicator rpcHealthIndicator(ObjectProvider<RpcServer> server, Registry registry,
				RpcClient client) {
			return new Boot3RpcHealthIndicator(new RpcHealth(server.getIfAvailable(), registry, client));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
	static class Boot4Health {

		@Bean
		@ConditionalOnMissingBean(name = "rpcHealthIndicator")
		@org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator("rpc")
		Boot4RpcHealthIndicator rpcHealthIndicator(ObjectProvider<RpcServer> server, Registry registry,
				RpcClient client) {
			return new Boot4RpcHealthIndicator(new RpcHealth(server.getIfAvailable(), registry, client));
		}

	}

}
