package io.harpc.autoconfigure.actuate;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.harpc.client.CallSettings;
import io.harpc.client.Decision;
import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.ReferenceStatus;
import io.harpc.client.RpcClient;
import io.harpc.failback.FailbackStatus;
import io.harpc.protocol.ServerState;
import io.harpc.registry.Instance;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.resilience.RetryBudget;
import io.harpc.server.ExportedService;
import io.harpc.server.RpcServer;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@link Endpoint @Endpoint} that shows what this process offers, whom it calls, and what
 * it believes of each of them and why.
 */
@Endpoint(id = "rpc")
public final class RpcEndpoint {

	private final @Nullable RpcServer server;

	private final Registry registry;

	private final RpcClient client;

	RpcEndpoint(@Nullable RpcServer server, Registry registry, RpcClient client) {
		this.server = server;
		this.registry = registry;
		this.client = client;
	}

	/**
	 * Describes it all as it is now.
	 * @return the description
	 */
	@ReadOperation
	public Description describe() {
		return new Description((this.server != null) ? ServerDescription.of(this.server) : null, this.registry.status(),
				this.client.references().stream().map(ReferenceDescription::of).toList(), this.client.failback());
	}

	/**
	 * All of it.
	 *
	 * @param server what is offered, {@code null} where the server is switched off
	 * @param registry how the registry stands
	 * @param references whom this process calls
	 * @param failback calls that are delivered later, {@code null} if no reference has
	 * any
	 */
	public record Description(@Nullable ServerDescription server, RegistryStatus registry,
			List<ReferenceDescription> references, @Nullable FailbackStatus failback) {

	}

	/**
	 * The server.
	 *
	 * @param listening whether it takes connections
	 * @param state what it says of itself with every answer, {@code null} while it does
	 * not run
	 * @param address where others find it, {@code null} while it does not run
	 * @param connections how many are open
	 * @param runningCalls how many calls are in progress
	 * @param authorization whether anything decides who may call what
	 * @param services what it offers
	 */
	public record ServerDescription(boolean listening, @Nullable ServerState state, @Nullable String address,
			int connections, int runningCalls, boolean authorization, List<ServiceDescription> services) {

		static ServerDescription of(RpcServer server) {
			return new ServerDescription(server.isRunning(), server.state(),
					(server.address() != null) ? String.valueOf(server.address()) : null, server.connections(),
					server.runningCalls(), server.isAuthorizing(),
					server.services().stream().map(ServiceDescription::of).toList());
		}

	}

	/**
	 * One service that is offered.
	 *
	 * @param service the service
	 * @param bean the class behind it
	 * @param weight its share of the calls, relative to other instances
	 * @param registered whether the registry is known to hold it
	 * @param instanceId under which id, {@code null} while it is not to be registered
	 * @param denied how many of its calls were refused, since the server started, because
	 * their callers may not make them
	 */
	public record ServiceDescription(String service, String bean, int weight, boolean registered,
			@Nullable String instanceId, long denied) {

		private static ServiceDescription of(ExportedService exported) {
			Instance instance = exported.instance();
			return new ServiceDescription(exported.service().toString(), exported.bean().getName(), exported.weight(),
					exported.registered(), (instance != null) ? instance.id() : null, exported.denied());
		}

	}

	/**
	 * One reference.
	 *
	 * @param name its name
	 * @param service the service that it calls
	 * @param cluster what happens when an attempt fails
	 * @param timeout for a whole call
	 * @param attemptTimeout for an attempt, {@code null} if it may take as long as the
	 * call
	 * @param maxAttempts how many attempts a call may take
	 * @param loadBalancer what chooses the instance
	 * @param sticky whether calls stay with the instance that answered last
	 * @param fallback what answers where a call fails, {@code null} if nothing does
	 * @param addresses called in place of those in the registry, if any
	 * @param instancesFrom where the list of instances comes from
	 * @param retryBudget what is left for retries and hedges
	 * @param panic whether so many instances are cut off that all are called
	 * @param decisions when which instances were cut off, came back, and why; oldest
	 * first
	 * @param instances what is believed of each instance
	 */
	public record ReferenceDescription(String name, String service, String cluster, @Nullable Duration timeout,
			@Nullable Duration attemptTimeout, int maxAttempts, String loadBalancer, boolean sticky,
			@Nullable String fallback, List<String> addresses, String instancesFrom, RetryBudget.Status retryBudget,
			boolean panic, List<Decision> decisions, List<InstanceDescription> instances) {

		private static ReferenceDescription of(ReferenceStatus status) {
			ReferenceSettings<?> settings = status.settings();
			CallSettings calls = settings.calls();
			Object fallback = settings.fallback();
			return new ReferenceDescription(settings.name(), settings.service().toString(),
					String.valueOf(calls.cluster()), calls.timeout(), calls.attemptTimeout(), calls.maxAttempts(),
					calls.loadBalancer(), settings.sticky(), (fallback != null) ? fallback.toString() : null,
					settings.addresses().stream().map(Object::toString).toList(), status.origin().name(),
					status.retryBudget(), status.panic(), status.decisions(),
					status.instances().stream().map(InstanceDescription::of).toList());
		}

	}

	/**
	 * One instance of a reference.
	 *
	 * @param address where it listens
	 * @param registry what the registry says of it
	 * @param client what the client believes of it
	 */
	public record InstanceDescription(String address, RegistryView registry, ClientView client) {

		private static InstanceDescription of(InstanceStatus status) {
			Instance instance = status.instance();
			return new InstanceDescription(instance.address().toString(),
					new RegistryView(instance.id(), instance.weight(), instance.zone(), instance.serialization(),
							instance.tls(), instance.metadata()),
					new ClientView(status.connection(), status.lastLoss(), status.standing(), status.ejection(),
							status.breaker(), status.share(), status.latency(), status.outstanding(),
							status.recentFailures(), status.lastFailures()));
		}

	}

	/**
	 * What the registry says of an instance.
	 *
	 * @param id its id, another one after each restart
	 * @param weight its share of the calls
	 * @param zone where it runs
	 * @param serialization what it speaks
	 * @param tls whether it speaks nothing but TLS, or ({@code false}) nothing but plain
	 * text; {@code null} if both, or if nobody has said
	 * @param metadata anything else
	 */
	public record RegistryView(String id, int weight, String zone, String serialization, @Nullable Boolean tls,
			Map<String, String> metadata) {

	}

	/**
	 * What the client believes of an instance.
	 *
	 * @param connection whether there is one
	 * @param lastLoss why there was none the last time
	 * @param standing whether it gets calls: IN, OUT or PROBED
	 * @param ejection why, how often and until when it is ejected, {@code null} if it is
	 * not
	 * @param breaker the state of its circuit breaker
	 * @param share its warm-up, and what its own reports say it can take
	 * @param latency the average that the load balancer sees
	 * @param outstanding attempts that wait for it now
	 * @param recentFailures failures of late, decaying with time
	 * @param lastFailures the last attempts that did not succeed, oldest first
	 */
	public record ClientView(String connection, String lastLoss, String standing,
			InstanceStatus.@Nullable Ejection ejection, String breaker, InstanceStatus.Share share, Duration latency,
			int outstanding, double recentFailures, List<InstanceStatus.Failure> lastFailures) {

	}

}
