package io.harpc.autoconfigure.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.harpc.CallObserver;
import io.harpc.CallObserver.Observed;
import io.harpc.CallObserver.Scope;
import io.harpc.CallObserver.Side;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ObservationCallObserver}.
 */
class ObservationCallObserverTests {

	private static final ServiceKey SERVICE = new ServiceKey("com.example.Orders", "", "");

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final CallObserver observer = new ObservationCallObserver(this.observations);

	@Test
	void theTraceContextTravelsInTheHeaders() {
		FakeTracing tracing = new FakeTracing();
		this.observations.observationConfig().observationHandler(tracing);
		Observed sent = this.observer.begin(Side.CLIENT, SERVICE, "find", Map.of());
		Map<String, String> headers = sent.headers();
		sent.end(Outcome.SUCCEEDED, null);
		assertThat(headers).containsEntry("traceparent", "from client");
		this.observer.begin(Side.SERVER, SERVICE, "find", headers).end(Outcome.SUCCEEDED, null);
		assertThat(tracing.events).containsExactly("sent Orders/find to com.example.Orders",
				"stopped ha.rpc.client.calls SUCCEEDED", "received from client",
				"stopped ha.rpc.server.calls SUCCEEDED");
	}

	@Test
	void aCallFromAHandlerBelongsToTheCallThatTheHandlerServes() {
		this.observations.observationConfig()
			.observationHandler((ObservationHandler<Observation.Context>) (any) -> true);
		Observed served = this.observer.begin(Side.SERVER, SERVICE, "find", Map.of());
		Scope scope = served.open();
		Observation current = this.observations.getCurrentObservation();
		scope.close();
		assertThat(current).isNotNull();
		assertThat(this.observations.getCurrentObservation()).isNull();
	}

	@Test
	void aFailureIsAnErrorOfTheObservation() {
		FakeTracing tracing = new FakeTracing();
		this.observations.observationConfig().observationHandler(tracing);
		this.observer.begin(Side.SERVER, SERVICE, "find", Map.of()).end(Outcome.FAILED, new IllegalStateException("x"));
		assertThat(tracing.events).contains("error x", "stopped ha.rpc.server.calls FAILED");
	}

	@Test
	void costsNothingWhereNobodyListens() {
		assertThat(this.observer.begin(Side.CLIENT, SERVICE, "find", Map.of())).isSameAs(Observed.NOTHING);
	}

	private static final class FakeTracing implements ObservationHandler<Observation.Context> {

		final List<String> events = new ArrayList<>();

		@Override
		@SuppressWarnings("unchecked")
		public void onStart(Observation.Context context) {
			if (context instanceof SenderContext<?> sender) {
				SenderContext<Object> sending = (SenderContext<Object>) sender;
				sending.getSetter().set(sending.getCarrier(), "traceparent", "from client");
				this.events.add("sent " + context.getContextualName() + " to " + sender.getRemoteServiceName());
			}
			else if (context instanceof ReceiverContext<?> receiver) {
				ReceiverContext<Object> receiving = (ReceiverContext<Object>) receiver;
				this.events.add("received " + receiving.getGetter().get(receiving.getCarrier(), "traceparent"));
			}
		}

		@Override
		public void onError(Observation.Context context) {
			this.events.add("error " + context.getError().getMessage());
		}

		@Override
		public void onStop(Observation.Context context) {
			this.events
				.add("stopped " + context.getName() + " " + context.getLowCardinalityKeyValue("outcome").getValue());
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
