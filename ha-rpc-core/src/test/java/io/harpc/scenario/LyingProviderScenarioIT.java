package io.harpc.scenario;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.harpc.registry.Instance;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.scenario.LyingServer.Lie;

/**
 * One of three instances lies, each time in another way.
 */
class LyingProviderScenarioIT {

	private static final Duration LYING = Duration.ofSeconds(2);

	@ScenarioTest
	void lying(Stage stage) throws Exception {
		stage.provide(2);
		stage.consume();
		Registry registry = stage
			.opened(new ZooKeeperRegistry(Consumer.zooKeeperSettings(stage.ensemble().connectString())));
		stage.load(300);
		Map<Lie, Long> begun = new EnumMap<>(Lie.class);
		Set<String> liars = new HashSet<>();
		for (Lie lie : Lie.values()) {
			begun.put(lie, System.nanoTime());
			try (LyingServer server = new LyingServer(lie, stage.random())) {
				Instance liar = server.instance();
				liars.add(liar.address().toString());
				stage.lives(liar.id(), true);
				Registration registration = registry.register(liar);
				stage.runFor(LYING);
				stage.lives(liar.id(), false);
				registration.close();
			}
			stage.runFor(Consumer.TIMEOUT);
		}
		long end = System.nanoTime();
		History history = stage.end();
		begun.forEach((lie, from) -> stage.numbers()
			.put("failedBy" + lie, history.between(from, from + LYING.toNanos()).failed().size()));
		stage.check(history).onlyCallsInFlightOnTheVictimsFail(liars, begun.get(Lie.GARBAGE), end);
	}

}
