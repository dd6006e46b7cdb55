package io.harpc.demo.launcher;

import java.time.Duration;
import java.util.List;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/**
 * What the launcher has beyond a consumer: provider processes under a supervisor. They
 * start when the rest of the launcher is up, so that a port taken for HTTP ends the start
 * before there is anything to clean up.
 */
@Configuration(proxyBeanMethods = false)
@Profile(LauncherConfiguration.PROFILE)
class LauncherConfiguration {

	static final String PROFILE = "!provider & !consumer";

	private static final RestartBackoff.Settings BACKOFF = new RestartBackoff.Settings(Duration.ofMillis(500),
			Duration.ofSeconds(10), Duration.ofSeconds(20));

	private static final Duration STOP_GRACE_PERIOD = Duration.ofSeconds(10);

	@Bean
	WorkDirectory ordersDirectory() {
		return WorkDirectory.create("orders");
	}

	@Bean
	Supervisor supervisor(ProvidersProperties properties, WorkDirectory ordersDirectory, Environment environment,
			ApplicationArguments arguments) {
		ProviderCommands commands = new ProviderCommands("io.harpc.demo.DemoApplication",
				environment.getProperty("ha-rpc.registry.zookeeper.connect-string", "localhost:2181"),
				ordersDirectory.path().resolve("orders.jsonl"), List.of(arguments.getSourceArgs()));
		return new Supervisor(commands.forPorts(properties.firstPort(), properties.count()), BACKOFF,
				STOP_GRACE_PERIOD);
	}

	@Bean
	ProvidersLifecycle providersLifecycle(Supervisor supervisor) {
		return new ProvidersLifecycle(supervisor);
	}

	/** Ties the supervisor to the application's life. */
	static final class ProvidersLifecycle {

		private final Supervisor supervisor;

		ProvidersLifecycle(Supervisor supervisor) {
			this.supervisor = supervisor;
		}

		@EventListener
		void ready(ApplicationReadyEvent event) {
			this.supervisor.start();
		}

		@EventListener
		void closed(ContextClosedEvent event) {
			this.supervisor.stopRestarting();
		}

	}

}
