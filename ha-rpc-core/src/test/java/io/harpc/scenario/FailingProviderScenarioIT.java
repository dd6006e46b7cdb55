package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

/**
 * Two of three instances stand still, and the load balancer does not mind: too many to do
 * without, and no reason to give up the third.
 */
class FailingProviderScenarioIT {

	@ScenarioTest
	void mostHang(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3);
		stage.consume(new Consumer(stage.ensemble().connectString(), null, "round-robin"));
		stage.load(100);
		stage.runFor(Duration.ofSeconds(1));
		long begun = System.nanoTime();
		List<Provider> hanging = providers.subList(0, 2);
		for (Provider provider : hanging) {
			provider.signal("STOP");
			stage.lives(provider, false);
		}
		stage.runFor(Consumer.TIMEOUT.plusSeconds(1));
		for (Provider provider : hanging) {
			provider.signal("CONT");
			stage.lives(provider, true);
		}
		stage.awaitEvenLoad(providers, System.nanoTime());
		stage.checkRetries(stage.end());
		stage.neverCutOff(providers.get(2), begun);
	}

}
