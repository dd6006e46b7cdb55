package io.harpc.demo.launcher;

import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.Profiles;

/**
 * Starts a ZooKeeper within the launcher before anything looks for one, unless a property
 * says where a real one is. It is closed after everything that uses it.
 */
public final class EmbeddedZooKeeperInitializer
		implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final Logger logger = LoggerFactory.getLogger(EmbeddedZooKeeperInitializer.class);

	private static final String CONNECT_STRING = "ha-rpc.registry.zookeeper.connect-string";

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		ConfigurableEnvironment environment = context.getEnvironment();
		if (!isWanted(environment)) {
			return;
		}
		int preferred = environment.getProperty("demo.zookeeper.port", Integer.class, 2181);
		int port = LoopbackPort.preferably(preferred);
		if (preferred != 0 && port != preferred) {
			logger.warn("Port {} is taken, so the embedded ZooKeeper takes {}. If a ZooKeeper of yours has it"
					+ " and should be used: --{}=localhost:{}", preferred, port, CONNECT_STRING, preferred);
		}
		EmbeddedZooKeeper zooKeeper = EmbeddedZooKeeper.start(port);
		((DefaultSingletonBeanRegistry) context.getBeanFactory()).registerDisposableBean("embeddedZooKeeper",
				zooKeeper::close);
		environment.getPropertySources()
			.addFirst(new MapPropertySource("embeddedZooKeeper", Map.of(CONNECT_STRING, zooKeeper.connectString())));
		logger.info("ZooKeeper embedded, on {}", zooKeeper.connectString());
	}

	private static boolean isWanted(ConfigurableEnvironment environment) {
		Binder binder = Binder.get(environment);
		return environment.acceptsProfiles(Profiles.of(LauncherConfiguration.PROFILE))
				&& !binder.bind(CONNECT_STRING, String.class).isBound()
				&& binder.bind("ha-rpc.registry.type", String.class).orElse("zookeeper").equals("zookeeper");
	}

}
