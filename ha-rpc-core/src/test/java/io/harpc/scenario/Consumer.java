package io.harpc.scenario;

import java.nio.file.Path;
import java.time.Duration;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.harpc.client.CallSettings;
import io.harpc.client.Cluster;
import io.harpc.client.ReferenceStatus;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.failback.FailbackSettings;
import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.Registry;
import io.harpc.resilience.EjectionSettings;
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

	/**
	 * With a registry of its own, as each application has one.
	 * @param connectString where it finds ZooKeeper
	 * @param disk where it keeps snapshots and its journal, {@code null} for nowhere
	 * @param loadBalancer its name
	 * @param ejects whether it ejects instances, or leaves that to their breakers
	 */
	Consumer(String connectString, @Nullable Path disk, String loadBalancer, boolean ejects) {
		this.registry = new KeepingRegistry(new ZooKeeperRegistry(zooKeeperSettings(connectString)),
				KeepingSettings.defaults().withSettling(SESSION_TIMEOUT).withSnapshotDirectory(disk));
		this.owner = true;
		this.client = client(disk, ejects);
		this.work = work(loadBalancer);
	}

	private Consumer(Registry shared) {
		this.registry = shared;
		this.owner = false;
		this.client = client(null, true);
		this.work = work(LOAD_BALANCER);
	}

	private RpcClient client(@Nullable Path disk, boolean ejects) {
		RpcClient.Builder builder = RpcClient.builder(this.registry).resilience(resilience(ejects));
		return ((disk != null) ? builder.failback(FailbackSettings.of(disk.resolve("journal"))) : builder).build();
	}

	private Work work(String loadBalancer) {
		return this.client.reference(ReferenceSettings.of(Work.class)
			.withCalls((calls) -> calls.withTimeout(TIMEOUT).withLoadBalancer(loadBalancer)));
	}

	/**
	 * {@return one more, on the same registry, to be closed before this one}
	 */
	Consumer another() {
		return new Consumer(this.registry);
	}

	private static Resilience resilience(boolean ejects) {
		ResilienceSettings defaults = ResilienceSettings.defaults();
		EjectionSettings e = defaults.ejection();
		EjectionSettings ejection = new EjectionSettings(ejects, e.consecutiveFailures(), e.failureRatio(),
				e.minCalls(), e.interval(), e.baseDuration(), e.maxDuration(), e.maxEjectedRatio());
		Duration warmUp = Scenarios.SOAK ? defaults.warmUp() : SHORT_WARM_UP;
		return new Resilience(CircuitBreakerRegistry.ofDefaults(), RetryRegistry.ofDefaults(),
				new ResilienceSettings(defaults.retryBudget(), ejection, warmUp));
	}

	static ZooKeeperSettings zooKeeperSettings(String connectString) {
		return ZooKeeperSettings.of(connectString).withTimeouts(SESSION_TIMEOUT, Duration.ofSeconds(2));
	}

	Work work() {
		return this.work;
	}

	/** The same service, whose methods without a result are called by way of the disk. */
	Work byJournal() {
		return this.client.reference(ReferenceSettings.of(Work.class)
			.withName("by-journal")
			.withCalls((calls) -> calls.withTimeout(TIMEOUT).withCluster(Cluster.FAILBACK)));
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
		return this.client.references()
			.stream()
			.filter((each) -> each.settings().name().equals("work"))
			.findAny()
			.orElseThrow();
	}

	@Override
	public void close() {
		this.client.close();
		if (this.owner) {
			this.registry.close();
		}
	}

}
