package io.harpc.autoconfigure;

import io.harpc.CallContext;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * {@link AutoConfiguration Auto-configuration} that has tasks inherit the deadline of the
 * call whose handler submits them, on the executors that Spring Boot builds: that of
 * {@code @Async}, for example.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "ha-rpc.enabled", matchIfMissing = true)
public class RpcTaskAutoConfiguration {

	@Bean
	@Order
	TaskDecoration rpcTaskDecoration() {
		return new TaskDecoration(CallContext::propagating);
	}

}
