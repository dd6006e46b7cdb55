package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three rounds of SIGTERM over three providers, under load.
 */
class RollingRestartScenarioIT {

	private static final int ROUNDS = 3;

	@ScenarioTest
	void rollingRestart(Stage stage) throws Exception {
		List<Provider> running = stage.provide(3);
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(1));
		for (int i = 0; i < ROUNDS * 3; i++) {
			running = restart(stage, running, running.get(i % 3));
		}
		stage.awaitEvenLoad(running, System.nanoTime());
		stage.check(stage.end()).noCallFails();
	}

	private static List<Provider> restart(Stage stage, List<Provider> running, Provider leaving) throws Exception {
		stage.lives(leaving, false);
		leaving.terminate();
		assertThat(leaving.awaitExit()).as(leaving + " ends").isTrue();
		Provider reborn = stage.provide(1, stage.options().at(leaving.address().port())).get(0);
		List<Provider> all = Stage.replaced(running, leaving, reborn);
		stage.awaitUseOf(all);
		return all;
	}

}
