package io.harpc.autoconfigure;

import io.harpc.CallContext;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.task.SimpleAsyncTaskExecutorCustomizer;
import org.springframework.boot.task.ThreadPoolTaskExecutorCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.core.task.TaskDecorator;

/**
 * {@link AutoConfiguration Auto-configuration} that has tasks inherit the deadline of the
 * call whose handler submits them, on the executors that Spring Boot builds: that of
 * {@code @Async}, for example, on pooled and on virtual threads.
 * <p>
 * Not by a bean that is a {@link TaskDecorator}: where there are two, Boot 3 uses
 * neither. Whatever decorator an executor has, from whomever, is kept, and ours comes
 * within it.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "ha-rpc.enabled", matchIfMissing = true)
public class RpcTaskAutoConfiguration {

	@Bean
	@Order
	ThreadPoolTaskExecutorCustomizer rpcThreadPoolTaskExecutorCustomizer() {
		return (executor) -> executor.setTaskDecorator(within(executor, CallContext::propagating));
	}

	@Bean
	@Order
	SimpleAsyncTaskExecutorCustomizer rpcSimpleAsyncTaskExecutorCustomizer() {
		return (executor) -> executor.setTaskDecorator(within(executor, CallContext::propagating));
	}

	/** Has what decorates tasks come within whatever decorates those of an executor. */
	static TaskDecorator within(Object executor, TaskDecorator inner) {
		TaskDecorator former = decoratorOf(executor);
		return (former != null) ? (task) -> former.decorate(inner.decorate(task)) : inner;
	}

	/** Spring has a setter for it, and no getter. */
	private static @Nullable TaskDecorator decoratorOf(Object executor) {
		return (TaskDecorator) new DirectFieldAccessor(executor).getPropertyValue("taskDecorator");
	}

}
