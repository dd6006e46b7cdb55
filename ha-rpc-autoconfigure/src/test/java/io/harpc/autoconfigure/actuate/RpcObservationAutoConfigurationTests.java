package io.harpc.autoconfigure.actuate;

import io.harpc.CallObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcObservationAutoConfiguration}.
 */
class RpcObservationAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcObservationAutoConfiguration.class));

	private final ApplicationContextRunner equipped = this.runner
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withBean(ObservationRegistry.class, ObservationRegistry::create);

	@Test
	void callsAreTimedWhereThereIsNoTracer() {
		this.equipped
			.run((context) -> assertThat(context.getBean(CallObserver.class)).isInstanceOf(TimerCallObserver.class));
	}

	@Test
	void callsAreObservationsWhereAskedForAndAreNotCountedTwice() {
		this.equipped.withPropertyValues("ha-rpc.observation.enabled=true")
			.run((context) -> assertThat(context.getBean(CallObserver.class))
				.isInstanceOf(ObservationCallObserver.class));
	}

	@Test
	void nothingIsThereToMeasureWithout() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(CallObserver.class));
		this.equipped.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run((context) -> assertThat(context).doesNotHaveBean(CallObserver.class));
	}

	@Test
	void isOffWhereThePropertySaysSo() {
		this.equipped.withPropertyValues("ha-rpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CallObserver.class));
	}

	@Test
	void theUsersOwnTimerWins() {
		CallObserver own = CallObserver.NONE;
		this.equipped.withBean("rpcTimerCallObserver", CallObserver.class, () -> own)
			.run((context) -> assertThat(context.getBean(CallObserver.class)).isSameAs(own));
	}

}
