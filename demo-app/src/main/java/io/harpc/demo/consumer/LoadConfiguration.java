package io.harpc.demo.consumer;

import io.harpc.annotation.RpcReference;
import io.harpc.client.RpcClient;
import io.harpc.demo.api.DivisionService;
import io.harpc.demo.api.OrderService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

@Configuration(proxyBeanMethods = false)
@Profile("!provider")
@ConditionalOnBooleanProperty(name = "demo.load.enabled", matchIfMissing = true)
class LoadConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(LoadGenerator.class);

	@Bean
	LoadGenerator loadGenerator(@RpcReference DivisionService divisions, @RpcReference OrderService orders,
			LoadProperties properties, RpcClient client) {
		return new LoadGenerator(new LoadCalls(divisions, orders), properties, client::references, logger::info);
	}

}
