package io.harpc.autoconfigure.actuate;

import java.util.HashMap;
import java.util.Map;

import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes every call an observation, whose trace context travels in the headers of the
 * call. Its handlers make of it what they like: spans, and the same timers as
 * {@link TimerCallObserver}.
 */
final class ObservationCallObserver implements CallObserver {

	private final ObservationRegistry observations;

	ObservationCallObserver(ObservationRegistry observations) {
		this.observations = observations;
	}

	@Override
	public Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers) {
		Map<String, String> carrier = (side == Side.CLIENT) ? new HashMap<>() : headers;
		Observation observation = Observation.createNotStarted(CallMeters.name(side),
				() -> (side == Side.CLIENT) ? sender(service, carrier) : receiver(carrier), this.observations);
		if (observation.isNoop()) {
			return Observed.NOTHING;
		}
		observation.contextualName(service.name().substring(service.name().lastIndexOf('.') + 1) + "/" + method)
			.lowCardinalityKeyValue(CallMeters.SERVICE, service.toString())
			.lowCardinalityKeyValue(CallMeters.METHOD, method)
			.start();
		return new ObservedCall(observation, carrier);
	}

	private static Observation.Context sender(ServiceKey service, Map<String, String> headers) {
		SenderContext<Map<String, String>> context = new SenderContext<>(
				(carrier, name, value) -> carrier.put(name, value), Kind.CLIENT);
		context.setCarrier(headers);
		context.setRemoteServiceName(service.name());
		return context;
	}

	private static Observation.Context receiver(Map<String, String> headers) {
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(Map::get, Kind.SERVER);
		context.setCarrier(headers);
		return context;
	}

	private record ObservedCall(Observation observation, Map<String, String> headers) implements Observed {

		@Override
		public Scope open() {
			Observation.Scope scope = this.observation.openScope();
			return scope::close;
		}

		@Override
		public void end(Outcome outcome, @Nullable Throwable error) {
			this.observation.lowCardinalityKeyValue(KeyValue.of(CallMeters.OUTCOME, outcome.name()));
			if (error != null) {
				this.observation.error(error);
			}
			this.observation.stop();
		}

	}

}
