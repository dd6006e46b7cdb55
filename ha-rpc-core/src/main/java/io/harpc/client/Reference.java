package io.harpc.client;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.CallObserver.Observed;
import io.harpc.CallObserver.Side;
import io.harpc.Deadline;
import io.harpc.ServiceKey;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.RegistryStatus;
import io.harpc.resilience.ReferenceRetry;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * A service as this process calls it: settings, methods, instances, load balancer and
 * retry. Thread-safe.
 */
final class Reference {

	/** How many instances a message names. */
	private static final int MAX_NAMED = 10;

	private final ReferenceSettings<?> settings;

	private final ClientContext context;

	private final long timeoutNanos;

	private final Map<Method, ReferenceMethod> methods;

	private final LoadBalancer loadBalancer;

	private final ReferenceRetry retry;

	private final ServiceInstances instances;

	/**
	 * Creates the reference.
	 * @param settings with nothing left open
	 * @param context what it has in common with the client's others
	 * @param instances gives the instances, asked only when all else is in order
	 */
	Reference(ReferenceSettings<?> settings, ClientContext context, Supplier<ServiceInstances> instances) {
		this.settings = settings;
		this.context = context;
		this.timeoutNanos = Objects.requireNonNull(settings.calls().timeout()).toNanos();
		this.methods = Map.copyOf(describe(ServiceDescriptor.of(settings.service(), settings.type())));
		this.loadBalancer = context.loadBalancers().create(settings.calls().loadBalancer());
		this.retry = context.resilience()
			.retry(settings.name(), settings.calls().maxAttempts(), context.timing()::nanoTime);
		this.instances = instances.get();
	}

	/**
	 * {@return the method, {@code null} if it is none of the service's}
	 */
	@Nullable ReferenceMethod method(Method method) {
		return this.methods.get(method);
	}

	/**
	 * Calls a method.
	 * @param method the method
	 * @param arguments its arguments
	 * @return what it returned, or a future of that
	 * @throws Throwable what it threw, or an {@code RpcException}
	 */
	@Nullable Object call(ReferenceMethod method, @Nullable Object @Nullable [] arguments) throws Throwable {
		CallObserver observer = this.context.observer();
		Map<String, String> headers = Map.of();
		Observed observed = Observed.NOTHING;
		if (observer != CallObserver.NONE) {
			headers = new HashMap<>();
			observed = observer.begin(Side.CLIENT, this.settings.service(), method.descriptor().name(), headers);
		}
		CallSequence call = new CallSequence(method, arguments, headers, observed);
		if (method.descriptor().isAsync()) {
			return new AsyncCall(call).start(this.instances.known());
		}
		return new BlockingCall(call).run(this.instances.known());
	}

	ReferenceSettings<?> settings() {
		return this.settings;
	}

	ServiceInstances instances() {
		return this.instances;
	}

	LoadBalancer loadBalancer() {
		return this.loadBalancer;
	}

	ReferenceRetry retry() {
		return this.retry;
	}

	Timing timing() {
		return this.context.timing();
	}

	ReferenceStatus status() {
		long now = timing().nanoTime();
		List<InstanceStatus> seen = this.instances.states().map((state) -> state.status(now)).toList();
		return new ReferenceStatus(this.settings, this.instances.snapshot().origin(), seen);
	}

	/**
	 * {@return why no instance can take a call, and what to do}
	 */
	String describeNoInstance(InstanceSnapshot snapshot) {
		if (this.instances.isClosed()) {
			return "The client is closed.";
		}
		if (snapshot.size() != 0) {
			return ((snapshot.size() == 1) ? "Its only instance cannot take the call: "
					: "None of its " + snapshot.size() + " instances can take the call: ")
					+ this.instances.states()
						.limit(MAX_NAMED)
						.map(InstanceState::describe)
						.collect(Collectors.joining(", "))
					+ ((snapshot.size() > MAX_NAMED) ? ", ..." : "") + ".";
		}
		RegistryStatus status = this.context.registry().status();
		String registry = "registry " + status.type() + " (" + status.message() + ")";
		if (!snapshot.isKnown()) {
			return "Its instances are not known yet: " + registry + " has not answered.";
		}
		return "No instance of " + this.settings.service() + " is registered in " + registry
				+ ". Is a provider running, and are version and group the same there?" + describeSimilar();
	}

	@Override
	public String toString() {
		return "RPC reference " + this.settings.name() + " to " + this.settings.service();
	}

	/**
	 * {@return until when a call that begins now may take: no longer than the one being
	 * served}
	 */
	Deadline deadline(long now) {
		Deadline own = Deadline.at(now + this.timeoutNanos);
		CallContext caller = CallContext.current();
		return (caller != null) ? own.earlier(caller.deadline()) : own;
	}

	private String describeSimilar() {
		String similar = this.context.registry()
			.services()
			.stream()
			.filter((service) -> service.name().equals(this.settings.service().name())
					&& !service.equals(this.settings.service()))
			.map(ServiceKey::toString)
			.limit(MAX_NAMED)
			.collect(Collectors.joining(", "));
		return similar.isEmpty() ? "" : " Known are " + similar + ".";
	}

	private Map<Method, ReferenceMethod> describe(ServiceDescriptor service) {
		Map<MethodDescriptor, Map<String, MethodSerializer>> serializers = new HashMap<>();
		for (Serializer serializer : this.context.serializers()) {
			serializer.forService(service)
				.forEach((method, prepared) -> serializers.computeIfAbsent(method, (key) -> new HashMap<>())
					.put(serializer.name(), prepared));
		}
		Map<MethodDescriptor, ReferenceMethod> described = new HashMap<>();
		serializers.forEach((method, byName) -> described.put(method, new ReferenceMethod(this, method,
				method.isIdempotent() || this.settings.isIdempotent(method.name()), Map.copyOf(byName))));
		Map<Method, ReferenceMethod> byMethod = new HashMap<>();
		for (Method method : service.type().getMethods()) {
			MethodDescriptor descriptor = service.method(method);
			if (descriptor != null) {
				byMethod.put(method, Objects.requireNonNull(described.get(descriptor)));
			}
		}
		return byMethod;
	}

}
