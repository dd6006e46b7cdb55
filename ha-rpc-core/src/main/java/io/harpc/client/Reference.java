package io.harpc.client;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.harpc.CallContext;
import io.harpc.CallObserver.Observed;
import io.harpc.CallObserver.Side;
import io.harpc.Deadline;
import io.harpc.RpcException;
import io.harpc.ServiceKey;
import io.harpc.failback.Failback;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.RegistryStatus;
import io.harpc.resilience.ReferenceRetry;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service as this process calls it: settings, methods, instances, load balancer and
 * retry. Thread-safe.
 */
final class Reference {

	private static final Logger LOG = LoggerFactory.getLogger(Reference.class);

	/** How many instances a message names. */
	private static final int MAX_NAMED = 10;

	private final ReferenceSettings<?> settings;

	private final ClientContext context;

	private final long timeoutNanos;

	/** {@link Long#MAX_VALUE} if an attempt may take as long as the call. */
	private final long attemptTimeoutNanos;

	private final Map<Method, ReferenceMethod> methods;

	private final LoadBalancer loadBalancer;

	private final ReferenceRetry retry;

	private final ServiceInstances instances;

	/** The calls that are made later, if that is the mode; set before any is made. */
	private @Nullable KeptCalls kept;

	/** The instance that answered last, if calls are to stay with it. */
	private volatile @Nullable InstanceState favourite;

	/**
	 * Creates the reference.
	 * @param settings with nothing left open
	 * @param said the mode that was asked for, {@code null} if it is the client's
	 * @param context what it has in common with the client's others
	 * @param instances gives the instances, asked only when all else is in order
	 */
	Reference(ReferenceSettings<?> settings, @Nullable Cluster said, ClientContext context,
			Supplier<ServiceInstances> instances) {
		this.settings = settings;
		this.context = context;
		CallSettings calls = settings.calls();
		this.timeoutNanos = Objects.requireNonNull(calls.timeout()).toNanos();
		this.attemptTimeoutNanos = (calls.attemptTimeout() != null) ? calls.attemptTimeout().toNanos() : Long.MAX_VALUE;
		this.methods = Map.copyOf(describe(ServiceDescriptor.of(settings.service(), settings.type())));
		refuseWhatCannotWork(said);
		this.loadBalancer = context.loadBalancers().create(calls.loadBalancer());
		this.retry = context.resilience().retry(settings.name(), maxAttempts(), context.timing()::nanoTime);
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
		try {
			KeptCalls kept = this.kept;
			if (kept != null && isKept(method)) {
				kept.keep(method, arguments);
				return null;
			}
			return make(begin(method, arguments, method.idempotencyKey(arguments)));
		}
		catch (RpcException failure) {
			try {
				return answerInstead(method, arguments, failure);
			}
			catch (InvocationTargetException ex) {
				throw ex.getTargetException();
			}
		}
	}

	private @Nullable Object make(CallSequence call) throws Throwable {
		boolean async = call.method().descriptor().isAsync();
		CompletableFuture<Void> known = this.instances.known();
		if (this.settings.calls().cluster() == Cluster.BROADCAST) {
			BroadcastCall all = new BroadcastCall(call);
			return async ? all.start(known) : all.run(known);
		}
		return async ? new AsyncCall(call).start(known) : new BlockingCall(call).run(known);
	}

	/**
	 * Begins a call, of which nothing is sent yet.
	 * @param method the method
	 * @param arguments its arguments
	 * @param key by which the server knows it again, {@code null} if it has none
	 * @return the call
	 */
	CallSequence begin(ReferenceMethod method, @Nullable Object @Nullable [] arguments, @Nullable String key) {
		Observed observed = this.context.observer()
			.begin(Side.CLIENT, this.settings.service(), method.descriptor().name(), Map.of());
		return new CallSequence(method, arguments, key, observed);
	}

	/**
	 * Has calls without a result kept on disk and made later, if that is the mode.
	 * @param journal opens the journal
	 */
	void keepCalls(Supplier<Failback> journal) {
		List<ReferenceMethod> without = this.methods.values().stream().filter(Reference::isKept).toList();
		if (this.settings.calls().cluster() == Cluster.FAILBACK && !without.isEmpty()) {
			refuse(!without.get(0).serializers().containsKey(Serializer.json().name()),
					"cluster: failback without JSON among the serializers (expected: it is there)");
			this.kept = new KeptCalls(this, without, journal.get());
		}
	}

	private static boolean isKept(ReferenceMethod method) {
		return method.descriptor().isVoid() && !method.descriptor().isAsync();
	}

	/**
	 * Answers a call that failed, if the reference is made so.
	 * @param method what was called
	 * @param arguments its arguments
	 * @param failure what the caller gets otherwise
	 * @return what the caller gets instead, for an asynchronous method perhaps in a
	 * future
	 * @throws InvocationTargetException if the fallback failed
	 * @throws RpcException the failure, if there is nothing else
	 */
	@Nullable Object answerInstead(ReferenceMethod method, @Nullable Object @Nullable [] arguments, RpcException failure)
			throws InvocationTargetException {
		Object fallback = this.settings.fallback();
		if (fallback != null) {
			return method.callFallback(fallback, arguments, failure);
		}
		if (this.settings.calls().cluster() == Cluster.FAILSAFE) {
			LOG.debug("Nothing returned instead of a failure", failure);
			return method.nothing();
		}
		throw failure;
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

	int maxAttempts() {
		CallSettings calls = this.settings.calls();
		return (calls.cluster() == Cluster.FAILFAST) ? 1 : calls.maxAttempts();
	}

	Timing timing() {
		return this.context.timing();
	}

	ReferenceStatus status() {
		long now = timing().nanoTime();
		List<InstanceStatus> seen = this.instances.states().map((state) -> state.status(now)).toList();
		InstanceSnapshot snapshot = this.instances.snapshot();
		return new ReferenceStatus(this.settings, snapshot.origin(), this.retry.budget().status(),
				snapshot.cutOffs().isPanic(), snapshot.cutOffs().decisions(), seen);
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
			return "Its instances are not known yet: " + registry
					+ " has not answered. Is it up, and can it be reached from here?";
		}
		String skipped = (status.badEntries() == 0) ? ""
				: " Entries of it that are skipped: " + status.badEntries() + "; the log says which and why.";
		return "No instance of " + this.settings.service() + " is registered in " + registry + "." + skipped + " "
				+ advise();
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

	/**
	 * {@return until when an attempt that begins now may take}
	 */
	Deadline attemptDeadline(Deadline call, long now) {
		return (this.attemptTimeoutNanos < call.nanoTime() - now) ? Deadline.at(now + this.attemptTimeoutNanos) : call;
	}

	/**
	 * {@return the instance to stay with, {@code null} if there is none}
	 */
	@Nullable InstanceState favourite() {
		return this.favourite;
	}

	/** An instance answered. */
	void answeredBy(InstanceState instance) {
		if (this.settings.sticky() && this.favourite != instance) {
			this.favourite = instance;
		}
	}

	/**
	 * Refuses what was asked for and cannot be had. A mode that comes from the client is
	 * for those references that can have it.
	 */
	private void refuseWhatCannotWork(@Nullable Cluster said) {
		if (said == Cluster.HEDGED) {
			refuse(this.methods.values().stream().noneMatch(ReferenceMethod::idempotent),
					"cluster: hedged (expected: a method that may run twice, marked by @Idempotent or named in"
							+ " ha-rpc.client.references." + this.settings.name() + ".idempotent)");
			refuse(maxAttempts() == 1, "cluster: hedged with max-attempts: 1 (expected: at least 2)");
		}
		refuse(said == Cluster.FAILBACK && this.methods.values().stream().noneMatch(Reference::isKept),
				"cluster: failback (expected: a method without a result that is not asynchronous)");
		refuse(said == Cluster.BROADCAST && this.settings.sticky(),
				"sticky with cluster: broadcast (expected: one of them)");
		if (this.settings.calls().loadBalancer().equals(LoadBalancers.CONSISTENT_HASH)) {
			refuseMethodsWithoutHashKey();
		}
		Object fallback = this.settings.fallback();
		if (fallback != null) {
			refuse(!this.settings.type().isInstance(fallback),
					"fallback: " + fallback.getClass().getName() + " (expected: an implementation of it)");
			refuse(said == Cluster.FAILSAFE || said == Cluster.BROADCAST,
					"fallback with cluster: " + said + " (expected: one of them)");
		}
	}

	private void refuseMethodsWithoutHashKey() {
		for (ReferenceMethod method : this.methods.values()) {
			MethodDescriptor descriptor = method.descriptor();
			refuse(descriptor.hashKeyParameter() < 0 && !descriptor.parameterTypes()
				.isEmpty(), "load-balancer: consistent-hash, and " + descriptor.signature()
						+ " has no key: the text of its first parameter may differ from process to process"
						+ " (expected: @HashKey at a String, a number, a boolean, an enum, a UUID or a type of java.time)");
		}
	}

	private void refuse(boolean wrong, String problem) {
		if (wrong) {
			throw new IllegalArgumentException(
					"reference " + this.settings.name() + " to " + this.settings.type().getName() + ": " + problem);
		}
	}

	private String advise() {
		String hint = this.context.hints().apply(this.settings.service());
		return !hint.isEmpty() ? hint
				: "Is a provider running, and known there by the same name, version and group?" + describeSimilar();
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
		boolean hedged = this.settings.calls().cluster() == Cluster.HEDGED;
		serializers.forEach((method, byName) -> described.put(method,
				new ReferenceMethod(this, method, method.isIdempotent() || this.settings.isIdempotent(method.name()),
						Map.copyOf(byName), hedged ? new LatencyQuantile() : null)));
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
