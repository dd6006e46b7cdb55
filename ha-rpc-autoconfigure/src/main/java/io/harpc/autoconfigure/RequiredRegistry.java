package io.harpc.autoconfigure;

import java.time.Duration;

import io.harpc.registry.Registry;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Refuses to start while a registry that is required cannot be reached.
 */
record RequiredRegistry(Registry registry, RpcProperties.Registry settings) implements SmartInitializingSingleton {

	@Override
	public void afterSingletonsInstantiated() {
		Duration timeout = this.settings.zookeeper().connectionTimeout();
		if (!isConnected(timeout)) {
			throw new RpcStartupException(
					"The registry could not be reached within %d ms, and ha-rpc.registry.required is true: %s"
						.formatted(timeout.toMillis(), this.registry.status().message()),
					"Start what the registry needs, or correct where it is looked for: "
							+ "ha-rpc.registry.zookeeper.connect-string is %s. "
								.formatted(this.settings.zookeeper().connectString())
							+ "Without ha-rpc.registry.required the application starts and the registry is tried again in"
							+ " the background.");
		}
	}

	private boolean isConnected(Duration timeout) {
		try {
			return this.registry.awaitConnected(timeout);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
