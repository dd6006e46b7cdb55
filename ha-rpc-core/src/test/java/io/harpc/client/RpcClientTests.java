package io.harpc.client;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.harpc.Address;
import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.CallObserver.Observed;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.RpcNotSentException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.ServiceKey;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.loadbalancer.LoadBalancer;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.loadbalancer.UnknownLoadBalancerException;
import io.harpc.method.InvalidServiceException;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.Instances;
import io.harpc.registry.Instances.Origin;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.LogOf;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.Watch;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * References: how they are made and shared, what a call takes along, how it is given up.
 */
class RpcClientTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final Behaviour NOT_SENT = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private final ClientFixture fixture = new ClientFixture();

	@AfterEach
	void close() {
		this.fixture.close();
		Thread.interrupted();
	}

	@Test
	void sharesTheProxyOfEqualSettings() {
		Shop shop = this.fixture.shop();
		assertThat(this.fixture.shop()).isSameAs(shop);
		assertThat(this.fixture
			.shop((settings) -> settings.withCalls((calls) -> calls.withTimeout(Duration.ofSeconds(3)))))
			.isSameAs(shop);
		assertThat(this.fixture
			.shop((settings) -> settings.withCalls((calls) -> calls.withTimeout(Duration.ofSeconds(2)))))
			.isNotSameAs(shop);
		assertThat(this.fixture.client.references()).hasSize(2);
	}

	@Test
	void warnsOnceOfReferencesThatDifferAndAreNamedAlike() {
		try (LogOf log = new LogOf(RpcClient.class, "'shop'")) {
			this.fixture.shop();
			this.fixture.shop();
			this.fixture.shop((settings) -> settings.withName("other").withCalls((calls) -> calls.withMaxAttempts(1)));
			assertThat(log.lines()).isEmpty();
			this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withTimeout(Duration.ofSeconds(2))));
			this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withTimeout(Duration.ofSeconds(1))));
			assertThat(log.lines()).singleElement()
				.asString()
				.startsWith("WARN Two references are named 'shop' and differ: ")
				.contains("timeout=PT3S", "timeout=PT2S")
				.endsWith("by name=");
		}
	}

	@Test
	void keepsTheMethodsOfObjectHere() {
		Shop shop = this.fixture.shop();
		assertThat(shop).hasToString("RPC reference shop to io.harpc.client.Shop")
			.isEqualTo(shop)
			.isNotEqualTo(this.fixture.shop((settings) -> settings.withName("other")))
			.hasSameHashCodeAs(shop);
	}

	@Test
	void refusesWhatCannotBeCalled() {
		assertThatThrownBy(() -> this.fixture.client.reference(ReferenceSettings.of(Unfit.class)))
			.isInstanceOf(InvalidServiceException.class);
		assertThatIllegalArgumentException().isThrownBy(() -> ReferenceSettings.of(String.class))
			.withMessageContaining("java.lang.String (expected: an interface)");
		assertThatThrownBy(
				() -> this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withLoadBalancer("best"))))
			.isInstanceOf(UnknownLoadBalancerException.class)
			.hasMessageContaining("'best' (expected: one of consistent-hash, least-active, p2c,");
		assertThat(this.fixture.client.references()).isEmpty();
	}

	@Test
	void refusesConsistentHashingOfAMethodWithoutAKey() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.fixture.client.reference(ReferenceSettings.of(Keyless.class)
				.withCalls((calls) -> calls.withLoadBalancer("consistent-hash"))))
			.withMessageContaining("reference keyless to " + Keyless.class.getName()
					+ ": load-balancer: consistent-hash, and sum(java.util.List) has no key");
		assertThat(this.fixture.client.references()).isEmpty();
		assertThat(this.fixture.client.reference(ReferenceSettings.of(Keyless.class))).isNotNull();
	}

	@Test
	void takesALoadBalancerOfTheApplicationsOwn() throws Exception {
		LoadBalancer last = (choice) -> choice.firstFrom(choice.candidates().size() - 1);
		this.fixture.build((builder) -> builder.loadBalancers(new LoadBalancers(Map.of("last", last), "")));
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withLoadBalancer("last")));
		assertThat(shop.find(1)).isEqualTo(shop.find(2));
	}

	@Test
	void tellsTheCallerWhatALoadBalancerThrew() {
		LoadBalancer broken = (choice) -> {
			throw new IllegalStateException("no idea");
		};
		this.fixture.build((builder) -> builder.loadBalancers(new LoadBalancers(Map.of("broken", broken), "")));
		this.fixture.up(A);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withLoadBalancer("broken")));
		assertThatIllegalStateException().isThrownBy(() -> shop.find(1)).withMessage("no idea");
		assertThat(shop.findAsync(1)).isCompletedExceptionally();
	}

	@Test
	void inheritsTheDeadlineOfTheCallBeingServed() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		Deadline callers = Deadline.at(this.fixture.timing.nanoTime() + millis(100).toNanos());
		context(callers).call(() -> shop.find(1));
		assertThat(this.fixture.channel(A).lastDeadline).isEqualTo(callers);
		Deadline later = Deadline.at(this.fixture.timing.nanoTime() + millis(9000).toNanos());
		context(later).call(() -> shop.find(1));
		assertThat(this.fixture.channel(A).lastDeadline).isLessThan(later);
	}

	@Test
	void sendsNothingAfterTheDeadline() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		Deadline passed = Deadline.at(this.fixture.timing.nanoTime());
		assertThatThrownBy(() -> context(passed).call(() -> shop.find(1))).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("The deadline passed");
		assertThat(this.fixture.channels.attempts).isEmpty();
	}

	@Test
	void treatsMethodsThatThePropertiesNameAsIdempotent() throws Exception {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withIdempotent(List.of("pl*e")));
		this.fixture.channels.next.add(LOST);
		assertThat(shop.place("tea")).isIn(A, B);
		this.fixture.channels.next.add(LOST);
		assertThatThrownBy(() -> shop.placeAsync("tea").get(1, TimeUnit.SECONDS))
			.hasCauseInstanceOf(RpcUnknownOutcomeException.class);
	}

	@Test
	void observesEveryCallOnceAndSendsWhatTheObserverAdds() throws Exception {
		List<String> seen = new ArrayList<>();
		CallObserver observer = (side, service, method, headers) -> new Observed() {

			@Override
			public Map<String, String> headers() {
				return Map.of("trace", "42");
			}

			@Override
			public void end(Outcome outcome, @Nullable Throwable error) {
				seen.add(method + " " + outcome + " " + (error != null));
			}

		};
		this.fixture.build((builder) -> builder.observer(observer));
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add((attempted) -> {
			assertThat(attempted.headers()).containsEntry("trace", "42");
			return NOT_SENT.meet(attempted);
		});
		shop.find(1);
		this.fixture.channels.next.add(LOST);
		assertThatThrownBy(() -> shop.place("tea")).isNotNull();
		shop.findAsync(1).get();
		assertThat(seen).containsExactly("find SUCCEEDED false", "place UNKNOWN true", "findAsync SUCCEEDED false");
	}

	@Test
	void saysThatACallPerhapsRanWhenItsThreadIsInterrupted() {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(Behaviour.failing(Kind.CANCELLED, Outcome.UNKNOWN));
		assertThatThrownBy(() -> shop.find(1)).isInstanceOf(RpcUnknownOutcomeException.class);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@Test
	void saysThatNothingRanWhenItsThreadIsInterruptedBetweenTwoAttempts() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(NOT_SENT);
		this.fixture.timing.interruptNextSleep = true;
		assertThatThrownBy(() -> shop.find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("interrupted")
			.hasMessageEndingWith("The method did not run.");
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void doesNotDoubtTheInstancesWhereItsThreadWasInterruptedBeforeTheCall() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(Behaviour.failing(Kind.CANCELLED, Outcome.NOT_SENT));
		assertThatThrownBy(() -> shop.place("tea")).isInstanceOf(RpcNotSentException.class)
			.hasMessageEndingWith("The method did not run.");
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void namesTheCallBeingServedWhereItsDeadlineIsOver() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next
			.add(Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN).after(this.fixture.timing, millis(100)));
		Deadline callers = Deadline.at(this.fixture.timing.nanoTime() + millis(100).toNanos());
		assertThatThrownBy(() -> context(callers).call(() -> shop.find(1)))
			.isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("by the call that is being served here is over");
	}

	@Test
	void cancelsTheAttemptUnderWay() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).held = new ArrayDeque<>();
		CompletableFuture<String> future = shop.findAsync(1);
		assertThat(this.fixture.instance(A).outstanding()).isOne();
		assertThat(future.cancel(false)).isTrue();
		assertThat(this.fixture.channel(A).cancelled).isOne();
		assertThat(this.fixture.instance(A).outstanding()).isZero();
		assertThat(future).isCancelled();
	}

	@Test
	void makesNoFurtherAttemptOnceCancelled() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(NOT_SENT);
		CompletableFuture<String> future = shop.findAsync(1);
		future.cancel(false);
		assertThat(this.fixture.timing.runNext()).isTrue();
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@Test
	void waitsForTheFirstViewOfTheInstances() throws Exception {
		LateRegistry late = new LateRegistry();
		RpcClient client = RpcClient.builder(late)
			.channels(this.fixture.channels.shared())
			.timing(this.fixture.timing)
			.build();
		Shop shop = client.reference(ReferenceSettings.of(Shop.class));
		CompletableFuture<String> async = shop.findAsync(1);
		CompletableFuture<String> blocking = CompletableFuture.supplyAsync(() -> find(shop));
		assertThat(async).isNotDone();
		late.arrive(A);
		assertThat(this.fixture.timing.runNext()).isTrue();
		assertThat(async).isCompletedWithValue(A);
		assertThat(blocking.get(10, TimeUnit.SECONDS)).isEqualTo(A);
		client.close();
	}

	@Test
	void saysThatTheRegistryHasNotAnswered() {
		LateRegistry late = new LateRegistry();
		RpcClient client = RpcClient.builder(late)
			.channels(this.fixture.channels.shared())
			.timing(this.fixture.timing)
			.build();
		Shop shop = client.reference(ReferenceSettings.of(Shop.class));
		CompletableFuture<String> async = shop.findAsync(1);
		assertThat(this.fixture.timing.runNext()).isTrue();
		assertThatThrownBy(async::get).hasCauseInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("registry late (still looking) has not answered");
		client.close();
	}

	@Test
	void failsEveryCallAfterItIsClosed() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(NOT_SENT);
		CompletableFuture<String> waiting = shop.findAsync(1);
		this.fixture.client.close();
		assertThatThrownBy(waiting::get).hasCauseInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("The client is closed");
		assertThatThrownBy(() -> shop.find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("The client is closed");
		assertThatIllegalStateException().isThrownBy(this.fixture::shop).withMessageContaining("closed");
		assertThat(this.fixture.channel(A).closed).isTrue();
		assertThat(this.fixture.channels.closed).isTrue();
		assertThat(this.fixture.breakers.getAllCircuitBreakers()).isEmpty();
	}

	private static String find(Shop shop) {
		try {
			return shop.find(1);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static CallContext context(Deadline deadline) {
		return new CallContext(ClientFixture.SHOP, "serve()", "peer", deadline, Map.of());
	}

	/** Cannot be called from another process. */
	interface Unfit {

		void take(Object anything);

	}

	/** Knows nothing until told. */
	private static final class LateRegistry implements Registry {

		private final InMemoryRegistry delegate = new InMemoryRegistry();

		private volatile @Nullable InstancesListener listener;

		void arrive(String address) {
			InstancesListener waiting = this.listener;
			assertThat(waiting).isNotNull();
			Instance instance = new Instance("late", ClientFixture.SHOP, Address.parse(address), 100, "", "json",
					Map.of());
			waiting.update(Instances.of(ClientFixture.SHOP, List.of(instance), Origin.REGISTRY));
		}

		@Override
		public Registration register(Instance instance) {
			return this.delegate.register(instance);
		}

		@Override
		public Watch watch(ServiceKey service, InstancesListener listener) {
			this.listener = listener;
			return new Watch() {

				@Override
				public Instances current() {
					return Instances.unknown(service);
				}

				@Override
				public void close() {
				}

			};
		}

		@Override
		public List<ServiceKey> services() {
			return List.of();
		}

		@Override
		public RegistryStatus status() {
			RegistryStatus status = this.delegate.status();
			return new RegistryStatus("late", false, status.since(), "still looking", 0, 0);
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

	interface Keyless {

		int sum(List<Integer> numbers);

		void ping();

	}

}
