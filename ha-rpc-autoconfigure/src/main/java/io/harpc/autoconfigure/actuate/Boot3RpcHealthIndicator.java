package io.harpc.autoconfigure.actuate;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * {@link RpcHealth} in the types of Spring Boot 3.
 */
final class Boot3RpcHealthIndicator implements HealthIndicator {

	private final RpcHealth health;

	Boot3RpcHealthIndicator(RpcHealth health) {
		this.health = health;
	}

	@Override
	public Health health() {
		RpcHealth.State state = this.health.state();
		return (state.up() ? Health.up() : Health.down()).withDetails(state.details()).build();
	}

}
