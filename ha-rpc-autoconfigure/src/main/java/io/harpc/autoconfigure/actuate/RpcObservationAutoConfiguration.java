package io.harpc.autoconfigure.actuate;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Import;

/**
 * {@link AutoConfiguration Auto-configuration} of what measures and traces calls.
 * <p>
 * A call is counted once. Where there is a tracer, calls are observations: Micrometer's
 * handlers make spans of them, and the timers {@code ha.rpc.client.calls} and
 * {@code ha.rpc.server.calls}. Where there is none, the same timers are recorded without
 * that detour. {@code ha-rpc.observation.enabled} decides otherwise.
 */
@AutoConfiguration(afterName = {
		"org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
		"org.springframework.boot.actuate.autoconfigure.tracing.BraveAutoConfiguration",
		"org.springframework.boot.actuate.autoconfigure.tracing.OpenTelemetryTracingAutoConfiguration",
		"org.springframework.boot.actuate.autoconfigure.tracing.MicrometerTracingAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
		"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.brave.autoconfigure.BraveAutoConfiguration",
		"org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "ha-rpc.enabled", matchIfMissing = true)
@Import({ CallObserverConfigurations.Observations.class, CallObserverConfigurations.Timers.class })
public class RpcObservationAutoConfiguration {

}
