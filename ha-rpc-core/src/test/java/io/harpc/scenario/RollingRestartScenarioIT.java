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
		List<Provider> running = provide(stage, 3, 0);
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(1));
		for (int i = 0; i < ROUNDS * 3; i++) {
			running = restart(stage, running, running.get(i % 3));
		}
		stage.awaitEvenLoad(running, System.nanoTime());
		stage.check(stage.end()).noCallFails();
	}

	/** Slow ones: many calls are under way at any time. */
	private static List<Provider> provide(Stage stage, int count, int port) throws Exception {
		List<Provider> started = stage.provide(count, stage.options().at(port));
		for (Provider provider : started) {
			provider.tell("delay 100");
		}
		return started;
	}

	private static List<Provider> restart(Stage stage, List<Provider> running, Provider leaving) throws Exception {
		stage.lives(leaving, false);
		leaving.terminate();
		assertThat(leaving.awaitExit()).as(leaving + " ends").isTrue();
		Provider reborn = provide(stage, 1, leaving.address().port()).get(0);
		List<Provider> all = Stage.replaced(running, leaving, reborn);
		stage.awaitUseOf(all);
		return all;
	}

}
