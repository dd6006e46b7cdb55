package io.harpc.autoconfigure;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.Executor;

import io.github.resilience4j.springboot3.bulkhead.autoconfigure.BulkheadAutoConfiguration;
import io.github.resilience4j.springboot3.ratelimiter.autoconfigure.RateLimiterAutoConfiguration;
import io.harpc.CallObserver;
import io.harpc.annotation.RpcService;
import io.harpc.protocol.ServerState;
import io.harpc.registry.Registry;
import io.harpc.server.ExportedService;
import io.harpc.server.ReplaySettings;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcServerAutoConfiguration}.
 */
class RpcServerAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class))
		.withPropertyValues("ha-rpc.server.port=0", "ha-rpc.server.advertised-host=localhost")
		.withBean(RecordingRegistry.class);

	@Test
	void listensWhereThereIsAService() {
		this.runner.withUserConfiguration(GreeterService.class).run((context) -> {
			RpcServer server = context.getBean(RpcServer.class);
			assertThat(server.isRunning()).isTrue();
			assertThat(server.services()).extracting((service) -> service.service().name())
				.containsExactly(Greeter.class.getName());
		});
	}

	@Test
	void opensNoPortWithoutAService() {
		this.runner.run((context) -> assertThat(context.getBean(RpcServer.class).isRunning()).isFalse());
	}

	@Test
	void isOffWhereThePropertySaysSo() {
		this.runner.withUserConfiguration(GreeterService.class)
			.withPropertyValues("ha-rpc.server.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcServer.class)
				.doesNotHaveBean(RpcServerLifecycle.class)
				.hasSingleBean(GreeterService.class));
	}

	@Test
	void everythingIsOffWhereThePropertySaysSo() {
		this.runner.withUserConfiguration(GreeterService.class)
			.withPropertyValues("ha-rpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(RpcServer.class)
				.doesNotHaveBean(RpcServerLifecycle.class)
				.doesNotHaveBean(RpcProperties.class));
	}

	@Test
	void theUsersOwnServerWins() {
		this.runner.withUserConfiguration(OwnServer.class, GreeterService.class).run((context) -> {
			assertThat(context).hasSingleBean(RpcServer.class);
			assertThat(context.getBean(RpcServer.class)).isSameAs(context.getBean("ownServer"));
			assertThat(context.getBean(RpcServer.class).isRunning()).isTrue();
		});
	}

	@Test
	void theUsersOwnSettingsWin() {
		this.runner.withBean(RpcServerSettings.class, () -> RpcServerSettings.defaults(0))
			.run((context) -> assertThat(context).hasSingleBean(RpcServerSettings.class));
	}

	@Test
	void theUsersOwnHandlerExecutorWins() {
		Executor own = Runnable::run;
		this.runner.withBean("rpcHandlerExecutor", Executor.class, () -> own)
			.run((context) -> assertThat(context.getBean("rpcHandlerExecutor")).isSameAs(own));
	}

	@Test
	void leavesTheApplicationItsOwnExecutor() {
		this.runner.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class)).run((context) -> {
			assertThat(context).hasBean("applicationTaskExecutor").hasBean("rpcHandlerExecutor");
			assertThat(context.getBeanProvider(Executor.class).getIfAvailable())
				.isSameAs(context.getBean("applicationTaskExecutor"));
		});
	}

	@Test
	void handlersRunOnPlatformThreadsUnlessAskedOtherwise() {
		this.runner.run((context) -> assertThat(context.getBean("rpcHandlerExecutor"))
			.isInstanceOf(ThreadPoolTaskExecutor.class));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_24)
	void handlersRunOnVirtualThreadsWhereTheApplicationWantsThem() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(context.getBean("rpcHandlerExecutor"))
				.isInstanceOf(SimpleAsyncTaskExecutor.class));
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_23)
	void virtualThreadsAreNotUsedWhereMonitorsPinThem() {
		this.runner.withPropertyValues("spring.threads.virtual.enabled=true")
			.run((context) -> assertThat(context.getBean("rpcHandlerExecutor"))
				.isInstanceOf(ThreadPoolTaskExecutor.class));
	}

	@Test
	void propertiesBecomeSettings() {
		this.runner
			.withPropertyValues("ha-rpc.server.address=127.0.0.1", "ha-rpc.server.zone=east",
					"ha-rpc.server.priority=2", "ha-rpc.server.serialization=smile", "ha-rpc.server.max-connections=7",
					"ha-rpc.server.max-concurrent-calls=8", "ha-rpc.server.max-queued-calls=9",
					"ha-rpc.server.adaptive-limit=false", "ha-rpc.server.replay-cache.max-entries=5",
					"ha-rpc.server.replay-cache.max-size=1MB", "ha-rpc.server.replay-cache.time-to-live=1m",
					"ha-rpc.server.max-frame-size=64KB", "ha-rpc.server.shutdown-grace-period=3s",
					"ha-rpc.server.include-stack-trace=true")
			.run((context) -> {
				RpcServerSettings settings = context.getBean(RpcServerSettings.class);
				assertThat(settings.transport().bindAddress()).isEqualTo("127.0.0.1");
				assertThat(settings.transport().serialization()).isEqualTo("smile");
				assertThat(settings.transport().maxConnections()).isEqualTo(7);
				assertThat(settings.transport().maxConcurrentCalls()).isEqualTo(8);
				assertThat(settings.transport().maxQueuedCalls()).isEqualTo(9);
				assertThat(settings.adaptiveLimit()).isFalse();
				assertThat(settings.replays()).isEqualTo(new ReplaySettings(5, 1024 * 1024, Duration.ofMinutes(1)));
				assertThat(settings.transport().maxFrameSize()).isEqualTo(64 * 1024);
				assertThat(settings.advertisedHost()).isEqualTo("localhost");
				assertThat(settings.zone()).isEqualTo("east");
				assertThat(settings.priority()).isEqualTo(2);
				assertThat(settings.shutdownGracePeriod()).isEqualTo(Duration.ofSeconds(3));
				assertThat(settings.includeStackTrace()).isTrue();
			});
	}

	@Test
	void aPriorityThatIsNoneIsRefused() {
		this.runner.withPropertyValues("ha-rpc.server.priority=100")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("ha-rpc.server.priority with value '100' is invalid: Expected: 0 to 99"));
	}

	@Test
	void registersOnlyWhileTheApplicationAcceptsTraffic() {
		this.runner.withUserConfiguration(GreeterService.class).run((context) -> {
			RecordingRegistry registry = context.getBean(RecordingRegistry.class);
			assertThat(registry.events).isEmpty();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(registry.events).containsExactly("register");
			assertThat(registry.registered.get(0).weight()).isEqualTo(100);
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(registry.events).containsExactly("register", "deregister");
			assertThat(context.getBean(RpcServer.class).isRunning()).isTrue();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(registry.events).containsExactly("register", "deregister", "register");
		});
	}

	@Test
	void saysWhetherTheApplicationIsReady() {
		this.runner.withUserConfiguration(GreeterService.class).run((context) -> {
			RpcServer server = context.getBean(RpcServer.class);
			assertThat(server.state()).as("while it starts").isEqualTo(ServerState.NOT_READY);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(server.state()).isEqualTo(ServerState.SERVING);
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(server.state()).isEqualTo(ServerState.NOT_READY);
		});
	}

	@Test
	void servicesAndMethodsHaveLimitsOfTheirOwn() {
		this.runner.withUserConfiguration(GreeterService.class)
			.withConfiguration(
					AutoConfigurations.of(BulkheadAutoConfiguration.class, RateLimiterAutoConfiguration.class))
			.withPropertyValues("ha-rpc.server.services.greeter.max-concurrent-calls=10",
					"ha-rpc.server.services.greeter.methods.greet.bulkhead=shared",
					"ha-rpc.server.services.greeter.rate-limiter=slowly",
					"resilience4j.bulkhead.instances.shared.max-concurrent-calls=3",
					"resilience4j.ratelimiter.instances.slowly.timeout-duration=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			greeting.max-concurrent-calls=1         | does not offer: [greeting]
			greeter.methods.shout.bulkhead=shared   | limits a method that %s does not have
			greeter.max-concurrent-calls=0          | max-concurrent-calls: 0 (expected: >= 1)
			greeter.bulkhead=none                   | bulkhead: none (expected: one that Resilience4j knows, of [])
			greeter.rate-limiter=none               | rate-limiter: none (expected: one that Resilience4j knows, of [])
			""")
	void aLimitThatWouldNeverApplyEndsTheStart(String property, String message) {
		this.runner.withUserConfiguration(GreeterService.class)
			.withPropertyValues("ha-rpc.server.services." + property)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining(message.replace("%s", Greeter.class.getName())));
	}

	@Test
	void drainsBeforeAnythingElseStops() {
		this.runner.withUserConfiguration(GreeterService.class, Witness.class).run((context) -> {
			Witness witness = context.getBean(Witness.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.close();
			assertThat(witness.serverRanWhenClosed).isFalse();
			assertThat(witness.serverRanWhenStopped).isFalse();
			assertThat(witness.eventsWhenStopped).isEqualTo(2);
		});
	}

	@Test
	void aContextStartedAgainServesAgain() {
		this.runner.withUserConfiguration(GreeterService.class).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			context.getSourceApplicationContext().stop();
			assertThat(context.getBean(RpcServer.class).isRunning()).isFalse();
			context.getSourceApplicationContext().start();
			assertThat(context.getBean(RpcServer.class).isRunning()).isTrue();
			assertThat(context.getBean(RecordingRegistry.class).events).containsExactly("register", "deregister",
					"register");
		});
	}

	@Test
	void attributesBeatTheProperties() {
		this.runner.withUserConfiguration(VersionedGreeterService.class)
			.withPropertyValues("greeter.version=2.1")
			.run((context) -> {
				ExportedService service = context.getBean(RpcServer.class).services().get(0);
				assertThat(service.service()).hasToString(Greeter.class.getName() + ":2.1/blue");
				assertThat(service.weight()).isEqualTo(7);
				assertThat(service.bean()).isEqualTo(VersionedGreeterService.class);
			});
	}

	@Test
	void aBeanMethodMayCarryTheAnnotation() {
		this.runner.withUserConfiguration(GreeterMethod.class)
			.run((context) -> assertThat(context.getBean(RpcServer.class).services()).hasSize(1));
	}

	@Test
	void startsInAWebApplicationToo() {
		new WebApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(RpcRegistryAutoConfiguration.class, RpcServerAutoConfiguration.class))
			.withPropertyValues("ha-rpc.server.port=0", "ha-rpc.registry.type=in-memory")
			.withUserConfiguration(GreeterService.class)
			.run((context) -> assertThat(context.getBean(RpcServer.class).isRunning()).isTrue());
	}

	@Test
	void aTakenPortIsReleasedByNobodyAndEndsTheStart() throws Exception {
		try (ServerSocket taken = new ServerSocket(0)) {
			this.runner.withUserConfiguration(GreeterService.class)
				.withPropertyValues("ha-rpc.server.port=" + taken.getLocalPort())
				.run((context) -> assertThat(context).hasFailed());
		}
	}

	interface Greeter {

		String greet(String name);

	}

	@RpcService
	static class GreeterService implements Greeter {

		@Override
		public String greet(String name) {
			return "Hello " + name;
		}

	}

	@RpcService(version = "${greeter.version}", group = "blue", weight = 7)
	static class VersionedGreeterService extends GreeterService {

	}

	@Configuration(proxyBeanMethods = false)
	static class GreeterMethod {

		@Bean
		@RpcService
		Greeter greeter() {
			return (name) -> "Hi " + name;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnServer {

		@Bean
		RpcServer ownServer(Registry registry) {
			return new RpcServer(RpcServerSettings.defaults(0), registry, (task) -> new Thread(task).start(),
					Thread::new, CallObserver.NONE);
		}

	}

	/**
	 * Hears of the close and stops as early as any bean can, and sees what is left of us.
	 */
	static class Witness implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

		private final RpcServer server;

		private final RecordingRegistry registry;

		boolean serverRanWhenClosed = true;

		boolean serverRanWhenStopped = true;

		int eventsWhenStopped;

		private boolean running;

		Witness(RpcServer server, RecordingRegistry registry) {
			this.server = server;
			this.registry = registry;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.serverRanWhenStopped = this.server.isRunning();
			this.eventsWhenStopped = this.registry.events.size();
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public void onApplicationEvent(ContextClosedEvent event) {
			this.serverRanWhenClosed = this.server.isRunning();
		}

	}

}
