package io.harpc.autoconfigure.actuate;

import io.harpc.CallObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * What sees calls, imported in this order: timers stand back where there are
 * observations.
 */
final class CallObserverConfigurations {

	private static final String SWITCH = "ha-rpc.observation.enabled";

	private static final String OBSERVER = "rpcObservationCallObserver";

	private CallObserverConfigurations() {
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ObservationRegistry.class)
	static class Observations {

		@Bean(OBSERVER)
		@ConditionalOnBean(ObservationRegistry.class)
		@ConditionalOnMissingBean(name = OBSERVER)
		@Conditional(OnObservation.class)
		CallObserver rpcObservationCallObserver(ObservationRegistry observations) {
			return new ObservationCallObserver(observations);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class Timers {

		@Bean
		@ConditionalOnBean(MeterRegistry.class)
		@ConditionalOnMissingBean(name = { OBSERVER, "rpcTimerCallObserver" })
		CallObserver rpcTimerCallObserver(MeterRegistry meters) {
			return new TimerCallObserver(meters);
		}

		@Bean
		@ConditionalOnBean(MeterRegistry.class)
		DeniedCallMeter rpcDeniedCallMeter(MeterRegistry meters) {
			return new DeniedCallMeter(meters);
		}

	}

	/** Whether calls are to be observations. */
	static class OnObservation extends AnyNestedCondition {

		OnObservation() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnBooleanProperty(SWITCH)
		static class Wanted {

		}

		@ConditionalOnBooleanProperty(name = SWITCH, matchIfMissing = true)
		@ConditionalOnBean(type = "io.micrometer.tracing.Tracer")
		static class Traced {

		}

	}

}
