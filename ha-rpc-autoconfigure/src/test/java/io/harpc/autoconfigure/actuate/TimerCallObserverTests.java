package io.harpc.autoconfigure.actuate;

import java.util.Map;

import io.harpc.CallObserver;
import io.harpc.CallObserver.Side;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TimerCallObserver}.
 */
class TimerCallObserverTests {

	private static final ServiceKey SERVICE = new ServiceKey("com.example.Orders", "1.0", "");

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final CallObserver observer = new TimerCallObserver(this.meters);

	@Test
	void timesBothSidesByServiceMethodAndOutcome() {
		call(Side.CLIENT, Outcome.SUCCEEDED);
		call(Side.CLIENT, Outcome.SUCCEEDED);
		call(Side.CLIENT, Outcome.UNKNOWN);
		call(Side.SERVER, Outcome.FAILED);
		assertThat(timer("ha.rpc.client.calls", "SUCCEEDED").count()).isEqualTo(2);
		assertThat(timer("ha.rpc.client.calls", "UNKNOWN").count()).isOne();
		assertThat(timer("ha.rpc.server.calls", "FAILED").count()).isOne();
		assertThat(this.meters.getMeters()).hasSize(3);
	}

	private void call(Side side, Outcome outcome) {
		this.observer.begin(side, SERVICE, "find", Map.of()).end(outcome, null);
	}

	private Timer timer(String name, String outcome) {
		return this.meters.get(name)
			.tags("service", "com.example.Orders:1.0", "method", "find", "outcome", outcome)
			.timer();
	}

}
