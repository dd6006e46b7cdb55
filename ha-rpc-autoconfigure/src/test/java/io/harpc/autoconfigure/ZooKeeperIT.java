package io.harpc.autoconfigure;

import java.time.Duration;

import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.registry.Registry;
import io.harpc.server.ExportedService;
import io.harpc.server.RpcServer;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whole applications that find each other through a real ZooKeeper.
 */
@Timeout(120)
class ZooKeeperIT {

	@Test
	void providerAndConsumerMeetAndNeedNoZooKeeperToGoOn() throws Exception {
		try (TestingServer zookeeper = new TestingServer();
				ConfigurableApplicationContext provider = start(Provider.class, zookeeper.getConnectString());
				ConfigurableApplicationContext consumer = start(Consumer.class, zookeeper.getConnectString())) {
			Greeter greeter = consumer.getBean(Caller.class).greeter;
			await().ignoreExceptions().untilAsserted(() -> assertThat(greeter.greet("Ann")).isEqualTo("Hello Ann"));
			zookeeper.stop();
			await().until(() -> !consumer.getBean(Registry.class).status().connected());
			assertThat(greeter.greet("Bob")).isEqualTo("Hello Bob");
			HealthEndpoint health = consumer.getBean(HealthEndpoint.class);
			assertThat(health.healthForPath("rpc").getStatus()).isEqualTo(Status.UP);
			zookeeper.restart();
			await().atMost(Duration.ofSeconds(60))
				.until(() -> provider.getBean(RpcServer.class)
					.services()
					.stream()
					.allMatch(ExportedService::registered));
			assertThat(greeter.greet("Cid")).isEqualTo("Hello Cid");
		}
	}

	private static ConfigurableApplicationContext start(Class<?> application, String connectString) {
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("ha-rpc.registry.zookeeper.connect-string=" + connectString, "ha-rpc.server.port=0",
					"ha-rpc.server.advertised-host=localhost", "spring.main.banner-mode=off",
					"ha-rpc.registry.zookeeper.session-timeout=6s", "ha-rpc.registry.required=true")
			.run();
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

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(GreeterService.class)
	static class Provider {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Caller.class)
	static class Consumer {

	}

	static class Caller {

		final Greeter greeter;

		Caller(@RpcReference Greeter greeter) {
			this.greeter = greeter;
		}

	}

}
