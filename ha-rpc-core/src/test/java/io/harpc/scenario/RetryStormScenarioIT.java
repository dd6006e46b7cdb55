package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

import io.harpc.faults.Fault;
import io.harpc.faults.Moment;
import io.harpc.faults.Moment.Direction;

/**
 * Every instance fails: retries must not make it worse.
 */
class RetryStormScenarioIT {

	@ScenarioTest
	void everyAnswerIsLost(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3, stage.options().behindProxy());
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(1));
		providers.forEach((provider) -> provider.proxy().place(new Fault.Reset(Moment.next(Direction.TO_CLIENT))));
		stage.runFor(Duration.ofSeconds(6));
		providers.forEach((provider) -> provider.proxy().heal());
		long healed = System.nanoTime();
		stage.awaitEvenLoad(providers, healed);
		stage.checkRetries(stage.end());
	}

	@ScenarioTest
	void everyInstanceIsBusy(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3, stage.options().taking(1));
		for (Provider provider : providers) {
			provider.tell("delay 100");
		}
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(6));
		stage.checkRetries(stage.end());
	}

}
