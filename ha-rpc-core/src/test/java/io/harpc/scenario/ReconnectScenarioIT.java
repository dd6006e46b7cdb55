package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

/**
 * Two hundred clients lose one of two instances, and find it again all at once.
 */
class ReconnectScenarioIT {

	private static final int CLIENTS = 200;

	@ScenarioTest
	void thunderingReconnect(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(2);
		List<Consumer> clients = stage.consume(CLIENTS);
		stage.load(300);
		stage.runFor(Duration.ofSeconds(2));
		Provider victim = providers.get(stage.random().nextInt(2));
		stage.kill(victim);
		stage.runFor(Duration.ofSeconds(2));
		Provider reborn = stage.provide(1, stage.options().at(victim.address().port())).get(0);
		long back = System.nanoTime();
		stage.await("all clients are connected", () -> clients.stream().allMatch((client) -> client.uses(reborn)));
		stage.numbers().put("reconnectedMillis", (System.nanoTime() - back) / 1_000_000);
		stage.awaitEvenLoad(Stage.replaced(providers, victim, reborn), back);
		stage.check(stage.end()).noIdempotentCallFails();
	}

}
