package io.harpc.autoconfigure;

import io.harpc.CallContext;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * {@link AutoConfiguration Auto-configuration} that tells Spring Security for whom a
 * handler runs, also in tasks that it gives to the executors that Spring Boot builds.
 */
@AutoConfiguration(before = RpcServerAutoConfiguration.class)
@ConditionalOnClass(SecurityContextHolder.class)
@ConditionalOnBooleanProperty(name = { "ha-rpc.enabled", "ha-rpc.server.enabled" }, matchIfMissing = true)
public class RpcSecurityAutoConfiguration {

	@Bean
	@Order
	SecurityContextObserver rpcSecurityContextObserver(ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return new SecurityContextObserver(strategyOf(strategy));
	}

	@Bean
	MethodSecurityChecks rpcMethodSecurityChecks() {
		return new MethodSecurityChecks();
	}

	@Bean
	@Order
	TaskDecoration rpcSecurityTaskDecoration(ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return new TaskDecoration(propagating(strategyOf(strategy)));
	}

	private static TaskDecorator propagating(SecurityContextHolderStrategy strategy) {
		return (task) -> (CallContext.current() != null) ? withContext(task, strategy) : task;
	}

	private static Runnable withContext(Runnable task, SecurityContextHolderStrategy strategy) {
		DelegatingSecurityContextRunnable delegating = new DelegatingSecurityContextRunnable(task,
				strategy.getContext());
		delegating.setSecurityContextHolderStrategy(strategy);
		return delegating;
	}

	private static SecurityContextHolderStrategy strategyOf(ObjectProvider<SecurityContextHolderStrategy> strategy) {
		return strategy.getIfUnique(SecurityContextHolder::getContextHolderStrategy);
	}

}
