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
			.withCalls((calls) -> calls.withMaxAttempts(2))
			.withCalls((calls) -> calls
				.orElse(new CallSettings(Duration.ofSeconds(7), null, 5, "random", Cluster.FAILSAFE)));
		assertThat(settings.calls())
			.isEqualTo(new CallSettings(Duration.ofSeconds(7), null, 2, "random", Cluster.FAILSAFE));
	}

	@Test
	void refusesWhatMakesNoSense() {
		assertThatIllegalArgumentException().isThrownBy(() -> CallSettings.OPEN.withTimeout(Duration.ZERO))
			.withMessage("timeout: PT0S (expected: more than zero, at most 24 h)");
		assertThatIllegalArgumentException().isThrownBy(() -> CallSettings.OPEN.withMaxAttempts(-1))
			.withMessage("max-attempts: -1 (expected: 1 to 100)");
		assertThatIllegalArgumentException().isThrownBy(() -> new RpcClientSettings(CallSettings.OPEN, null))
			.withMessageContaining("max-attempts: 0 (expected: 1 to 100)");
	}

	interface OrderService {

	}

	interface HTTPGateway2 {

	}

}
