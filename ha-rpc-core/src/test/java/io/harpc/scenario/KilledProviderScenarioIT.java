package io.harpc.scenario;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Providers that go without a word, under load.
 */
class KilledProviderScenarioIT {

	private static final String MANY_UNDER_WAY = "delay 100";

	@ScenarioTest
	void killed(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3);
		for (Provider provider : providers) {
			provider.tell(MANY_UNDER_WAY);
		}
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(2));

		Provider victim = providers.get(stage.random().nextInt(3));
		long before = System.nanoTime();
		stage.kill(victim);
		long after = System.nanoTime() + Duration.ofMillis(50).toNanos();
		stage.noteDetection(victim, before);
		stage.runFor(Duration.ofSeconds(2));

		Provider reborn = stage.provide(1, stage.options().at(victim.address().port())).get(0);
		reborn.tell(MANY_UNDER_WAY);
		stage.awaitEvenLoad(Stage.replaced(providers, victim, reborn), System.nanoTime());
		stage.check(stage.end())
			.noIdempotentCallFails()
			.onlyCallsInFlightOnTheVictimsFail(Set.of(victim.address().toString()), before, after);
	}

}
