package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A provider that takes thirty times as long as the others, and recovers.
 */
class SlowProviderScenarioIT {

	@ScenarioTest
	void slow(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3);
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(2));
		Provider slow = providers.get(stage.random().nextInt(3));
		slow.tell("delay 300");
		stage.runFor(Duration.ofSeconds(1));
		long from = System.nanoTime();
		stage.runFor(Duration.ofSeconds(3));
		long to = System.nanoTime();
		slow.tell("delay 10");
		stage.awaitEvenLoad(providers, to);

		History history = stage.end();
		History while_ = history.between(from, to);
		long share = 100 * while_.executionsOf(List.of(slow.name())).get(slow.name()) / while_.executions().size();
		stage.numbers().put("slowSharePercent", share);
		assertThat(share).as("the share of " + slow).isLessThan(17);
		stage.check(history).noCallFails();
	}

}
