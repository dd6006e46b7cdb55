package io.harpc.benchmarks.around;

import java.lang.management.ManagementFactory;

import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.benchmarks.api.UserService;
import io.harpc.benchmarks.api.UserServiceBean;
import io.harpc.benchmarks.process.CommandLoop;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * A Boot application that says, in milliseconds, how long it took from the start of the
 * virtual machine until it was ready.
 */
public final class StartedMain {

	private StartedMain() {
	}

	/**
	 * Starts the application.
	 * @param args {@code disabled}, {@code unused}, {@code used} or {@code zookeeper}
	 */
	public static void main(String[] args) {
		CommandLoop.orEndProcess(() -> {
			boolean zooKeeper = args[0].equals("zookeeper");
			boolean used = zooKeeper || args[0].equals("used");
			new SpringApplicationBuilder(used ? Using.class : Empty.class).web(WebApplicationType.NONE)
				.properties("spring.main.banner-mode=off", "logging.level.root=error",
						"ha-rpc.enabled=" + !args[0].equals("disabled"),
						"ha-rpc.registry.type=" + (zooKeeper ? "zookeeper" : "in-memory"),
						"ha-rpc.registry.zookeeper.connect-string=127.0.0.1:1", "ha-rpc.server.port=0")
				.run();
			long millis = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
			CommandLoop loop = new CommandLoop((line) -> {
				throw new IllegalArgumentException("command: " + line + " (expected: memory)");
			});
			loop.answer(Long.toString(millis));
			loop.run();
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Empty {

	}

	/** Offers a service and asks for it. */
	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Using.Users.class)
	static class Using {

		@RpcReference
		@SuppressWarnings("NullAway.Init")
		UserService users;

		@RpcService
		static class Users extends UserServiceBean {

		}

	}

}
