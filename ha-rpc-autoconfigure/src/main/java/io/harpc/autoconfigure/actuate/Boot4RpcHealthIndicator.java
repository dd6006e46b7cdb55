package io.harpc.autoconfigure.actuate;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * {@link RpcHealth} in the types of Spring Boot 4.
 */
final class Boot4RpcHealthIndicator implements HealthIndicator {

	private final RpcHealth health;

	Boot4RpcHealthIndicator(RpcHealth health) {
		this.health = health;
	}

	@Override
	public Health health() {
		RpcHealth.State state = this.health.state();
		return (state.up() ? Health.up() : Health.down()).withDetails(state.details()).build();
	}

}
