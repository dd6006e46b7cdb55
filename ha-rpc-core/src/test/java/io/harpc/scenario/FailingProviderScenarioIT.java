package io.harpc.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Two of three instances do not answer, the load balancer does not mind, and nobody
 * ejects them: each breaker is for one instance, and the third has no reason to open.
 */
class FailingProviderScenarioIT {

	@ScenarioTest
	void mostAreSilent(Stage stage) throws Exception {
		Provider sound = stage.provide(1).get(0);
		List<Provider> silent = stage.provide(2, stage.options().behindProxy());
		stage.consume(new Consumer(stage.ensemble().connectString(), null, "round-robin", false));
		stage.load(100);
		stage.runFor(Duration.ofSeconds(1));
		long begun = System.nanoTime();
		silent.forEach((provider) -> provider.proxy().stall());
		stage.runFor(Consumer.TIMEOUT.multipliedBy(2));
		silent.forEach((provider) -> provider.proxy().heal());
		List<Provider> providers = new ArrayList<>(silent);
		providers.add(sound);
		stage.awaitEvenLoad(providers, System.nanoTime());
		stage.checkRetries(stage.end());
		stage.neverCutOff(sound, begun);
	}

}
