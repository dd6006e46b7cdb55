package io.harpc.autoconfigure;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.CallContext;
import io.harpc.Deadline;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.task.ThreadPoolTaskExecutorCustomizer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcTaskAutoConfiguration}.
 */
class RpcTaskAutoConfigurationTests {

	private final CallContext context = new CallContext(new ServiceKey("shop", "", ""), "find(long)", "peer",
			Deadline.afterNanos(1_000_000_000), Map.of());

	private final AtomicInteger decorated = new AtomicInteger();

	private final TaskDecorator own = (task) -> () -> {
		this.decorated.incrementAndGet();
		task.run();
	};

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class, RpcTaskAutoConfiguration.class))
		.withUserConfiguration(Worker.class);

	@Test
	void anAsynchronousMethodInheritsTheDeadline() {
		this.runner.run((context) -> assertThat(seen(context)).isEqualTo(this.context));
	}

	@Test
	void aTaskOfTheExecutorInheritsTheDeadline() {
		this.runner.run((context) -> {
			Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
			CompletableFuture<@Nullable CallContext> seen = this.context
				.call(() -> CompletableFuture.supplyAsync(CallContext::current, executor));
			assertThat(seen.get(10, TimeUnit.SECONDS)).isEqualTo(this.context);
		});
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsInheritItToo() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			assertThat(seen(context)).isEqualTo(this.context);
			assertThat(context.getBean(Worker.class).thread()).startsWith("VirtualThread");
		});
	}

	@Test
	void theApplicationsOwnDecoratorStays() {
		this.runner.withBean(TaskDecorator.class, () -> this.own).run((context) -> {
			assertThat(seen(context)).isEqualTo(this.context);
			assertThat(this.decorated).hasValue(1);
			assertThat(context).hasSingleBean(TaskDecorator.class);
		});
	}

	@Test
	void soDoesOneThatACustomizerSets() {
		this.runner
			.withBean(ThreadPoolTaskExecutorCustomizer.class, () -> (executor) -> executor.setTaskDecorator(this.own))
			.run((context) -> {
				assertThat(seen(context)).isEqualTo(this.context);
				assertThat(this.decorated).hasValue(1);
			});
	}

	@Test
	void offMeansOff() {
		this.runner.withPropertyValues("ha-rpc.enabled=false").run((context) -> assertThat(seen(context)).isNull());
	}

	private @Nullable CallContext seen(ApplicationContext application) throws Exception {
		Worker worker = application.getBean(Worker.class);
		return this.context.call(worker::seen).get(10, TimeUnit.SECONDS);
	}

	@EnableAsync(proxyTargetClass = true)
	static class Worker {

		private volatile String thread = "";

		@Async
		CompletableFuture<@Nullable CallContext> seen() {
			this.thread = Thread.currentThread().toString();
			return CompletableFuture.completedFuture(CallContext.current());
		}

		String thread() {
			return this.thread;
		}

	}

}
