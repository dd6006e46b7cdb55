package io.harpc.scenario;

import java.time.Duration;
import java.util.List;

import io.harpc.faults.FaultProxy;

/**
 * Whatever becomes of ZooKeeper, no call fails.
 */
class ZooKeeperScenarioIT {

	/** Longer than a session lasts. */
	private static final Duration OUTAGE = Consumer.SESSION_TIMEOUT.plusMillis(1500);

	private static final Duration AFTERWARDS = Duration.ofSeconds(3);

	/** Until the sessions of before the outage have expired, and been missed. */
	private static final Duration SESSIONS_OVER = Consumer.SESSION_TIMEOUT.plusSeconds(4);

	@ScenarioTest
	void zooKeeperKilledAndRestarted(Stage stage) throws Exception {
		List<Provider> providers = stage.provide(3);
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(1));
		stage.ensemble().kill(1);
		stage.runFor(OUTAGE);
		stage.ensemble().restart(1);
		stage.runFor(SESSIONS_OVER);
		stage.awaitUseOf(providers);
		stage.check(stage.end()).noCallFails();
	}

	@ScenarioTest
	void quorumLost(Stage stage) throws Exception {
		stage.ensembleOfThree();
		List<Provider> providers = stage.provide(3);
		stage.consume();
		stage.load(300);
		stage.runFor(Duration.ofSeconds(1));
		stage.ensemble().kill(2);
		stage.runFor(OUTAGE);
		stage.ensemble().restart(2);
		stage.runFor(AFTERWARDS);
		stage.awaitUseOf(providers);
		stage.check(stage.end()).noCallFails();
	}

	@ScenarioTest
	void allSessionsExpire(Stage stage) throws Exception {
		FaultProxy zooKeeper = stage.proxyOfZooKeeper();
		List<Provider> providers = stage.provide(3, stage.options().registeredAt(zooKeeper.address().toString()));
		stage.consume(new Consumer(zooKeeper.address().toString(), null, Consumer.LOAD_BALANCER, true));
		stage.load(300);
		stage.runFor(Duration.ofSeconds(1));
		zooKeeper.stall();
		providers.forEach((provider) -> stage.lives(provider, false));
		stage.runFor(OUTAGE);
		zooKeeper.heal();
		providers.forEach((provider) -> stage.lives(provider, true));
		stage.runFor(AFTERWARDS);
		stage.awaitUseOf(providers);
		stage.check(stage.end()).noCallFails();
	}

}
