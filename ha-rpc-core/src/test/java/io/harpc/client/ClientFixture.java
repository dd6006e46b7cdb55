package io.harpc.client;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.client.FakeChannels.FakeChannel;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.Registration;
import io.harpc.resilience.Resilience;
import io.harpc.resilience.ResilienceSettings;

/**
 * A client with everything about it under control but its own code.
 */
final class ClientFixture implements AutoCloseable {

	static final ServiceKey SHOP = ServiceKey.of(Shop.class);

	final FakeTiming timing;

	final FakeChannels channels;

	final InMemoryRegistry registry = new InMemoryRegistry();

	final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	final RetryRegistry retries = RetryRegistry.ofDefaults();

	final Map<String, Registration> registrations = new HashMap<>();

	ResilienceSettings resilience = ResilienceSettings.defaults();

	RpcClient client;

	ClientFixture() {
		this(new FakeTiming());
	}

	ClientFixture(FakeTiming timing) {
		this.timing = timing;
		this.channels = new FakeChannels(timing);
		setBreakerClock();
		this.client = build((builder) -> builder);
	}

	RpcClient build(UnaryOperator<RpcClient.Builder> customizer) {
		this.client = customizer
			.apply(RpcClient.builder(this.registry)
				.channels(this.channels.shared())
				.timing(this.timing)
				// The middle of the jitter, and always the first of two
				.resilience(new Resilience(this.breakers, this.retries, this.resilience, (bound) -> bound / 2)))
			.build();
		return this.client;
	}

	void up(String... addresses) {
		for (String address : addresses) {
			up(address, address + "-1", 100);
		}
	}

	void up(String address, String id, int weight) {
		this.registrations.put(id,
				this.registry.register(new Instance(id, SHOP, Address.parse(address), weight, "", "json", Map.of())));
	}

	void down(String id) {
		this.registrations.remove(id).close();
	}

	Shop shop() {
		return shop((settings) -> settings);
	}

	Shop shop(UnaryOperator<ReferenceSettings<Shop>> customizer) {
		return this.client.reference(customizer
			.apply(ReferenceSettings.of(Shop.class).withCalls((calls) -> calls.withLoadBalancer("round-robin"))));
	}

	static ServiceInstances instancesOf(Shop shop) {
		ReferenceProxy proxy = (ReferenceProxy) Proxy.getInvocationHandler(shop);
		return proxy.reference().instances();
	}

	/** What is believed of an instance, as load balancers see it. */
	static InstanceState state(Shop shop, String address) {
		return instancesOf(shop).states()
			.filter((state) -> state.instance().address().toString().equals(address))
			.findAny()
			.orElseThrow();
	}

	FakeChannel channel(String address) {
		return this.channels.byAddress.get(address);
	}

	void each(Consumer<FakeChannel> action) {
		this.channels.byAddress.values().forEach(action);
	}

	List<InstanceStatus> instances() {
		return this.client.references().get(0).instances();
	}

	InstanceStatus instance(String address) {
		return instances().stream()
			.filter((status) -> status.instance().address().toString().equals(address))
			.findAny()
			.orElseThrow();
	}

	/** The breakers' time is ours. */
	private void setBreakerClock() {
		new Resilience(this.breakers, this.retries, ResilienceSettings.defaults()).breaker("any");
		CircuitBreakerConfig config = CircuitBreakerConfig
			.from(this.breakers.circuitBreaker("any").getCircuitBreakerConfig())
			.clock(this.timing.clock())
			.build();
		this.breakers.remove("any");
		this.breakers.addConfiguration(Resilience.CONFIGURATION, config);
	}

	@Override
	public void close() {
		this.client.close();
		this.registry.close();
	}

	/** The two ways to make a call, which must not differ in what they decide. */
	enum Mode {

		BLOCKING, ASYNC;

		String call(ClientFixture fixture, Shop shop, boolean idempotent) throws Throwable {
			if (this == BLOCKING) {
				return idempotent ? shop.find(1) : shop.place("tea");
			}
			CompletableFuture<String> future = idempotent ? shop.findAsync(1) : shop.placeAsync("tea");
			while (!future.isDone() && fixture.timing.runNext()) {
				// The pauses between attempts
			}
			try {
				return future.get(1, TimeUnit.SECONDS);
			}
			catch (ExecutionException ex) {
				throw ex.getCause();
			}
		}

	}

	static Duration millis(long millis) {
		return Duration.ofMillis(millis);
	}

}
