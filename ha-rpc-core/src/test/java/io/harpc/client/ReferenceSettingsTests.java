package io.harpc.client;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ReferenceSettingsTests {

	@Test
	void namesAReferenceByItsInterfaceInKebabCase() {
		assertThat(ReferenceSettings.nameOf(OrderService.class)).isEqualTo("order-service");
		assertThat(ReferenceSettings.nameOf(HTTPGateway2.class)).isEqualTo("http-gateway2");
	}

	@ParameterizedTest
	@CsvSource({ "find, find, true", "find*, findAll, true", "find*, find, true", "*All, findAll, true",
			"f*A*, findAll, true", "find, findAll, false", "find.*, findAll, false", "*, anything, true" })
	void matchesNamesOfMethods(String pattern, String method, boolean matches) {
		ReferenceSettings<OrderService> settings = ReferenceSettings.of(OrderService.class)
			.withIdempotent(List.of("other", pattern));
		assertThat(settings.isIdempotent(method)).isEqualTo(matches);
	}

	@Test
	void takesFromTheClientWhatItDoesNotSay() {
		ReferenceSettings<OrderService> settings = ReferenceSettings.of(OrderService.class)
			.withDefaults(new RpcClientSettings(Duration.ofSeconds(7), 5, "random"));
		assertThat(settings.timeout()).isEqualTo(Duration.ofSeconds(7));
		assertThat(settings.maxAttempts()).isEqualTo(5);
		assertThat(settings.loadBalancer()).isEqualTo("random");
	}

	@Test
	void refusesWhatMakesNoSense() {
		ReferenceSettings<OrderService> settings = ReferenceSettings.of(OrderService.class);
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withTimeout(Duration.ZERO))
			.withMessage("timeout: PT0S (expected: more than zero, at most 24 h)");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withMaxAttempts(-1))
			.withMessage("max-attempts: -1 (expected: 1 to 100)");
		assertThatIllegalArgumentException().isThrownBy(() -> new RpcClientSettings(Duration.ofSeconds(1), 0, "p2c"))
			.withMessage("max-attempts: 0 (expected: 1 to 100)");
	}

	interface OrderService {

	}

	interface HTTPGateway2 {

	}

}
