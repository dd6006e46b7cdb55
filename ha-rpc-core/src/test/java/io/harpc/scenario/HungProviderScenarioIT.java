package io.harpc.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * A provider that stands still, longer than its ZooKeeper session lasts, and goes on.
 */
class HungProviderScenarioIT {

	@ScenarioTest
	void stoppedAndContinued(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3);
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(2));

		Provider victim = providers.get(stage.random().nextInt(3));
		long stopped = System.nanoTime();
		victim.signal("STOP");
		stage.lives(victim, false);
		stage.noteDetection(victim, stopped);
		stage.runFor(Consumer.SESSION_TIMEOUT.plusSeconds(1));

		victim.signal("CONT");
		stage.lives(victim, true);
		long continued = System.nanoTime();
		stage.awaitEvenLoad(providers, continued);
		stage.check(stage.end())
			.noIdempotentCallFails()
			.onlyCallsInFlightOnTheVictimsFail(Set.of(victim.address().toString()), stopped, continued);
	}

}
