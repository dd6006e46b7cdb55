package io.harpc.scenario;

import java.nio.file.Path;
import java.time.Duration;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.harpc.client.CallSettings;
import io.harpc.client.ReferenceStatus;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.Registry;
import io.harpc.resilience.Resilience;
import io.harpc.resilience.ResilienceSettings;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.registry.zookeeper.ZooKeeperSettings;
import io.harpc.scenario.Witness.Belief;
import org.jspecify.annotations.Nullable;

/**
 * A client as the auto-configuration makes it, in the JVM of the test. Everything is at
 * its default but three times, so that a scenario takes seconds: calls end after
 * {@link #TIMEOUT}, ZooKeeper sessions after {@link #SESSION_TIMEOUT}, and instances warm
 * up in a tenth of the time unless scenarios run long.
 */
final class Consumer implements AutoCloseable {

	static final Duration TIMEOUT = Duration.ofMillis(1500);

	private static final Duration SHORT_WARM_UP = Duration.ofSeconds(3);

	static final Duration SESSION_TIMEOUT = Duration.ofSeconds(3);

	/** How calls are made where a scenario says nothing else. */
	static final String LOAD_BALANCER = CallSettings.defaults().loadBalancer();

	private final Registry registry;

	/** Whether the registry is closed with this consumer. */
	private final boolean owner;

	private final RpcClient client;

	private final Work work;

	/** With a registry of its own, as each application has one. */
	Consumer(String connectString, @Nullable Path snapshots, String loadBalancer) {
		this(new KeepingRegistry(new ZooKeeperRegistry(zooKeeperSettings(connectString)),
				KeepingSettings.defaults().withSettling(SESSION_TIMEOUT).withSnapshotDirectory(snapshots)), true,
				loadBalancer);
	}

	private Consumer(Registry registry, boolean owner, String loadBalancer) {
		this.registry = registry;
		this.owner = owner;
		this.client = RpcClient.builder(registry).resilience(resilience()).build();
		this.work = this.client.reference(ReferenceSettings.of(Work.class)
			.withCalls((calls) -> calls.withTimeout(TIMEOUT).withLoadBalancer(loadBalancer)));
	}

	/**
	 * {@return one more, on the same registry, to be closed before this one}
	 */
	Consumer another() {
		return new Consumer(this.registry, false, LOAD_BALANCER);
	}

	private static Resilience resilience() {
		ResilienceSettings defaults = ResilienceSettings.defaults();
		return new Resilience(CircuitBreakerRegistry.ofDefaults(), RetryRegistry.ofDefaults(), Scenarios.SOAK ? defaults
				: new ResilienceSettings(defaults.retryBudget(), defaults.ejection(), SHORT_WARM_UP));
	}

	static ZooKeeperSettings zooKeeperSettings(String connectString) {
		return ZooKeeperSettings.of(connectString).withTimeouts(SESSION_TIMEOUT, Duration.ofSeconds(2));
	}

	Work work() {
		return this.work;
	}

	/** Whether it can know what is registered. */
	boolean seesRegistry() {
		return this.registry.status().connected();
	}

	/** Whether it would use an instance. */
	boolean uses(Provider provider) {
		return status().instances()
			.stream()
			.anyMatch((status) -> status.instance().id().equals(provider.instanceId())
					&& Belief.of(status, false).usable());
	}

	/** What it believes now. */
	ReferenceStatus status() {
		return this.client.references().get(0);
	}

	@Override
	public void close() {
		this.client.close();
		if (this.owner) {
			this.registry.close();
		}
	}

}
