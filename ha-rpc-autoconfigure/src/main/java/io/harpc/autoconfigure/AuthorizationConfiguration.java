package io.harpc.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

import io.harpc.server.AuthorizationSettings;
import io.harpc.server.Authorizer;
import io.harpc.server.DeniedCall;
import jakarta.annotation.security.RolesAllowed;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What decides who may call what.
 */
@Configuration(proxyBeanMethods = false)
class AuthorizationConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AuthorizationSettings rpcAuthorizationSettings(RpcProperties properties, ObjectProvider<Authorizer> authorizers,
			ObjectProvider<AuthorizationSettings.Declarations> declarations,
			ObjectProvider<AuthorizationSettings.BeanChecks> beanChecks,
			ObjectProvider<Consumer<DeniedCall>> listeners) {
		List<Consumer<DeniedCall>> all = listeners.orderedStream().toList();
		return new AuthorizationSettings(AccessRules.of(properties.server().authorization().rules()),
				authorizers.orderedStream().toList(),
				declarations.getIfAvailable(() -> AuthorizationSettings.NONE.declarations()),
				Set.copyOf(properties.server().authentication().trustedForwarders()),
				beanChecks.getIfAvailable(() -> AuthorizationSettings.NONE.beanChecks()),
				(denied) -> all.forEach((listener) -> listener.accept(denied)));
	}

	@Bean
	DeniedCallPublisher rpcDeniedCallPublisher(ApplicationEventPublisher events) {
		return new DeniedCallPublisher(events);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(RolesAllowed.class)
	static class Annotations {

		@Bean
		@ConditionalOnMissingBean
		AuthorizationSettings.Declarations rpcDeclarations() {
			return new JakartaAnnotations();
		}

	}

}
