package io.harpc.scenario;

import java.util.List;

/**
 * A thousand clients come and go, one after the other.
 */
class ConnectAndCloseScenarioIT {

	@ScenarioTest
	void connectAndClose(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(1);
		providers.get(0).tell("delay 0");
		Consumer consumer = stage.consume();
		cycles(consumer, 100);
		Resources before = Resources.now();
		cycles(consumer, 1000);
		stage.await("threads have ended", () -> Thread.activeCount() <= before.threads());
		Resources after = Resources.now();
		stage.numbers()
			.put("threads", after.threads() - before.threads())
			.put("descriptors", after.descriptors() - before.descriptors())
			.put("heapBytes", after.heapBytes() - before.heapBytes());
		Invariants.nothingGrows(before, after);
	}

	private static void cycles(Consumer consumer, int count) {
		for (int i = 0; i < count; i++) {
			try (Consumer another = consumer.another()) {
				another.work().write(i);
			}
		}
	}

}
