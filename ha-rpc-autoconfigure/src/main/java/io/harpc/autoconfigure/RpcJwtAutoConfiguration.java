package io.harpc.autoconfigure;

import io.harpc.autoconfigure.AuthenticationProperties.JwtAuthenticator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.Ordered;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/**
 * {@link AutoConfiguration Auto-configuration} of clients that are known by the tokens
 * that Spring Security decodes.
 */
@AutoConfiguration(after = RpcRegistryAutoConfiguration.class, before = RpcServerAutoConfiguration.class, afterName = {
		"org.springframework.boot.autoconfigure.security.oauth2.resource.servlet.OAuth2ResourceServerAutoConfiguration",
		"org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration",
		"org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration" })
@ConditionalOnClass(JwtDecoder.class)
@ConditionalOnBooleanProperty("ha-rpc.server.authentication.jwt.enabled")
public class RpcJwtAutoConfiguration {

	@Bean
	@ConditionalOnBean(JwtDecoder.class)
	@Order(Ordered.LOWEST_PRECEDENCE)
	JwtAuthenticator rpcJwtAuthenticator(RpcProperties properties, ObjectProvider<JwtDecoder> decoder) {
		return new DecodedJwtAuthenticator(decoder.getObject(), properties.server().authentication().jwt());
	}

}
