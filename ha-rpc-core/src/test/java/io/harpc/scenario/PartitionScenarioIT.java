package io.harpc.scenario;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.harpc.faults.FaultProxy;
import io.harpc.faults.Moment.Direction;

/**
 * One of three providers is cut off: from its clients, from ZooKeeper, from both, or one
 * way only.
 */
class PartitionScenarioIT {

	private static final Duration PARTITION = Consumer.SESSION_TIMEOUT.plusMillis(1500);

	@ScenarioTest
	void fromClients(Stage stage) throws Exception {
		cutOff(stage, (victim, zooKeeper) -> victim.proxy().stall());
	}

	@ScenarioTest
	void requestsDoNotArrive(Stage stage) throws Exception {
		cutOff(stage, (victim, zooKeeper) -> victim.stall(Direction.TO_SERVER));
	}

	@ScenarioTest
	void answersDoNotArrive(Stage stage) throws Exception {
		cutOff(stage, (victim, zooKeeper) -> victim.stall(Direction.TO_CLIENT));
	}

	@ScenarioTest
	void fromClientsAndZooKeeper(Stage stage) throws Exception {
		cutOff(stage, (victim, zooKeeper) -> {
			victim.proxy().stall();
			zooKeeper.stall();
			stage.lives(victim, false);
		});
	}

	@ScenarioTest
	void fromZooKeeperAlone(Stage stage) throws Exception {
		FaultProxy zooKeeper = stage.proxyOfZooKeeper();
		List<Provider> providers = provide(stage, zooKeeper);
		Provider victim = providers.get(2);
		stage.runFor(Duration.ofSeconds(1));
		zooKeeper.stall();
		stage.lives(victim, false);
		stage.runFor(PARTITION);
		zooKeeper.heal();
		stage.lives(victim, true);
		stage.awaitEvenLoad(providers, System.nanoTime());
		stage.check(stage.end()).noCallFails();
	}

	private static void cutOff(Stage stage, Cut cut) throws Exception {
		FaultProxy zooKeeper = stage.proxyOfZooKeeper();
		List<Provider> providers = provide(stage, zooKeeper);
		Provider victim = providers.get(2);
		stage.runFor(Duration.ofSeconds(1));
		long begun = System.nanoTime();
		cut.off(victim, zooKeeper);
		stage.noteDetection(victim, begun);
		stage.runUntil(begun + PARTITION.toNanos());
		victim.proxy().heal();
		zooKeeper.heal();
		stage.lives(victim, true);
		long healed = System.nanoTime();
		stage.awaitEvenLoad(providers, healed);
		stage.check(stage.end()).onlyCallsInFlightOnTheVictimsFail(Set.of(victim.address().toString()), begun, healed);
	}

	/** The last of them behind both proxies. */
	private static List<Provider> provide(Stage stage, FaultProxy zooKeeper) throws Exception {
		List<Provider> providers = new ArrayList<>(stage.provide(2));
		providers.addAll(stage.provide(1, stage.options().behindProxy().registeredAt(zooKeeper.address().toString())));
		stage.consume();
		stage.load(300);
		return providers;
	}

	/** What separates one provider from others. */
	private interface Cut {

		void off(Provider victim, FaultProxy zooKeeper);

	}

}
