package io.harpc.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.task.SimpleAsyncTaskExecutorCustomizer;
import org.springframework.boot.task.ThreadPoolTaskExecutorCustomizer;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Decorates the tasks of the executors that Spring Boot builds, on pooled and on virtual
 * threads.
 * <p>
 * Not by a bean that is a {@link TaskDecorator}: where there are two, Boot 3 uses
 * neither. Whatever decorator an executor has, from whomever, is kept, and ours comes
 * within it.
 *
 * @param inner what decorates them
 */
record TaskDecoration(
		TaskDecorator inner) implements ThreadPoolTaskExecutorCustomizer, SimpleAsyncTaskExecutorCustomizer {

	@Override
	public void customize(ThreadPoolTaskExecutor executor) {
		executor.setTaskDecorator(within(decoratorOf(executor)));
	}

	@Override
	public void customize(SimpleAsyncTaskExecutor executor) {
		executor.setTaskDecorator(within(decoratorOf(executor)));
	}

	private TaskDecorator within(@Nullable TaskDecorator former) {
		return (former != null) ? (task) -> former.decorate(this.inner.decorate(task)) : this.inner;
	}

	/** Spring has a setter for it, and no getter. */
	private static @Nullable TaskDecorator decoratorOf(Object executor) {
		return (TaskDecorator) new DirectFieldAccessor(executor).getPropertyValue("taskDecorator");
	}

}
