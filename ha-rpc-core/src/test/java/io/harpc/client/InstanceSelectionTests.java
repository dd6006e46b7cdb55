package io.harpc.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.Outcome;
import io.harpc.RpcNotSentException;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.protocol.Status;
import io.harpc.resilience.Resilience;
import io.harpc.transport.Answers;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Which instances get calls, and what the client learns of them.
 */
class InstanceSelectionTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private final ClientFixture fixture = new ClientFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void connectsToEveryInstanceBeforeTheFirstCall() {
		this.fixture.up(A, B);
		this.fixture.shop();
		assertThat(this.fixture.channel(A).connects).isOne();
		assertThat(this.fixture.channel(B).connects).isOne();
	}

	@Test
	void connectsToAnInstanceThatComesLater() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.up(B);
		assertThat(this.fixture.channel(B).connects).isOne();
		assertThat(List.of(shop.find(1), shop.find(2))).containsExactlyInAnyOrder(A, B);
	}

	@Test
	void leavesAnInstanceThatIsNotConnectedAloneWhileAnotherIs() throws Exception {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).connected = false;
		for (int i = 0; i < 10; i++) {
			assertThat(shop.find(i)).isEqualTo(B);
		}
		assertThat(this.fixture.channels.attempts).hasSize(10);
	}

	@Test
	void triesAnInstanceThatIsNotConnectedIfNoneIs() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).connected = false;
		assertThat(shop.find(1)).isEqualTo(A);
	}

	@Test
	void sendsNothingToAnInstanceThatDrains() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).draining = true;
		assertThatThrownBy(() -> shop.find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("Its only instance cannot take the call: 10.0.0.1:1 (breaker CLOSED, DRAINING)");
		assertThat(this.fixture.channels.attempts).isEmpty();
	}

	@Test
	void callsAnInstanceOfWeightZeroOnlyIfThereIsNoOther() throws Exception {
		this.fixture.up(A);
		this.fixture.up(B, "standby", 0);
		Shop shop = this.fixture.shop();
		for (int i = 0; i < 10; i++) {
			assertThat(shop.find(i)).isEqualTo(A);
		}
		this.fixture.down(A + "-1");
		assertThat(shop.find(1)).isEqualTo(B);
	}

	@Test
	void saysThatNoInstanceIsRegistered() {
		assertThatThrownBy(() -> this.fixture.shop().find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("No instance of io.harpc.client.Shop is registered in registry in-memory")
			.hasMessageContaining("Is a provider running");
	}

	@Test
	void saysWhatOthersKnowOfAServiceWithoutInstances() {
		this.fixture.build((builder) -> builder.hints((service) -> "Ask somebody else for " + service.name() + "."));
		assertThatThrownBy(() -> this.fixture.shop().find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("No instance of io.harpc.client.Shop is registered in registry in-memory")
			.hasMessageEndingWith("Ask somebody else for io.harpc.client.Shop.");
	}

	@Test
	void cutsOffAnInstanceThatKeepsFailing() throws Exception {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).behaviour = LOST;
		for (int i = 0; i < 20; i++) {
			assertThat(shop.find(i)).isEqualTo(B);
		}
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("OPEN");
		assertThat(this.fixture.instance(B).breaker()).isEqualTo("CLOSED");
		assertThat(this.fixture.channels.attempts.stream().filter(A::equals)).hasSize(5);
		assertThat(this.fixture.instance(A).lastFailures()).hasSize(5);
	}

	@Test
	void namesEveryBreakerThatRefuses() {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.breakers.getAllCircuitBreakers().forEach((breaker) -> breaker.transitionToForcedOpenState());
		assertThatThrownBy(() -> shop.find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("10.0.0.1:1 (breaker FORCED_OPEN, CONNECTED)")
			.hasMessageContaining("10.0.0.2:1 (breaker FORCED_OPEN, CONNECTED)");
		assertThat(this.fixture.channels.attempts).isEmpty();
		assertThat(this.fixture.timing.pauses).isEmpty();
	}

	@Test
	void letsProbesThroughWhenTheConnectionIsBack() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.breakers.circuitBreaker("io.harpc.client.Shop@10.0.0.1:1").transitionToOpenState();
		this.fixture.channel(A).listener.connected();
		assertThat(shop.find(1)).isEqualTo(A);
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("HALF_OPEN");
		assertThat(shop.find(1)).isEqualTo(A);
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
	}

	@Test
	void waitsWhereTheConnectionOfAnInstanceThatFailsKeepsComingBack() {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).behaviour = LOST;
		for (int i = 0; i < 40; i++) {
			catchThrowable(() -> shop.place("tea"));
			this.fixture.channel(A).listener.connected();
		}
		// Five until it is cut off, and a probe for the first return
		assertThat(this.fixture.channels.attempts.stream().filter(A::equals)).hasSize(6);
		this.fixture.timing.advance(Duration.ofSeconds(5));
		this.fixture.channel(A).listener.connected();
		catchThrowable(() -> shop.place("tea"));
		assertThat(this.fixture.channels.attempts.stream().filter(A::equals)).hasSize(7);
	}

	@Test
	void startsAfreshWithARestartedProcessAtTheSameAddress() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.breakers.circuitBreaker("io.harpc.client.Shop@10.0.0.1:1").transitionToOpenState();
		this.fixture.up(A, "second-life", 100);
		this.fixture.down(A + "-1");
		assertThat(shop.find(1)).isEqualTo(A);
		assertThat(this.fixture.breakers.find("io.harpc.client.Shop@10.0.0.1:1")).isPresent();
		assertThat(this.fixture.channel(A).closed).isFalse();
	}

	@Test
	void holdsNeitherTheApplicationsFaultsNorTheCallersAgainstAnInstance() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		List<Behaviour> harmless = List.of(Behaviour.throwing(new OutOfStock("no tea")),
				Behaviour.throwing(new IllegalStateException()), Behaviour.refusing(Status.INTERNAL, millis(0)),
				Behaviour.refusing(Status.FORBIDDEN, millis(0)), Behaviour.refusing(Status.NO_SUCH_METHOD, millis(0)),
				Behaviour.refusing(Status.EXPIRED, millis(0)), Behaviour.failing(Kind.TOO_LARGE, Outcome.REJECTED),
				Behaviour.failing(Kind.ENCODING, Outcome.REJECTED), Behaviour.failing(Kind.CANCELLED, Outcome.UNKNOWN));
		for (int i = 0; i < 50; i++) {
			this.fixture.channels.next.add(harmless.get(i % harmless.size()));
			assertThatThrownBy(() -> shop.place("tea")).isNotNull();
		}
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
		assertThat(this.fixture.instance(A).recentFailures()).isZero();
	}

	@Test
	void learnsNothingFromTheTimeoutOfACallerInAHurry() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.timing.advance(Duration.ofSeconds(10));
		this.fixture.channels.next.add(answeringAfter(millis(100)));
		shop.place("tea");
		Behaviour timeout = Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN);
		for (int i = 0; i < 10; i++) {
			this.fixture.channels.next.add(timeout.after(this.fixture.timing, millis(20)));
			assertThatThrownBy(() -> shop.place("tea")).isNotNull();
		}
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
		for (int i = 0; i < 10; i++) {
			this.fixture.channels.next.add(timeout.after(this.fixture.timing, millis(400)));
			assertThatThrownBy(() -> shop.place("tea")).isNotNull();
		}
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("OPEN");
	}

	@Test
	void learnsNothingFromAShortTimeoutOnAnInstanceThatItDoesNotKnowYet() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		Behaviour timeout = Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN);
		for (int i = 0; i < 20; i++) {
			this.fixture.channels.next.add(timeout.after(this.fixture.timing, millis(20)));
			assertThatThrownBy(() -> shop.place("tea")).isNotNull();
		}
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
	}

	@Test
	void remembersHowLongAnInstanceTakesThatWasIdleForAMinute() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.timing.advance(Duration.ofSeconds(10));
		this.fixture.channels.next.add(answeringAfter(millis(100)));
		shop.place("tea");
		Behaviour timeout = Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN);
		for (int i = 0; i < 10; i++) {
			this.fixture.timing.advance(Duration.ofMinutes(1));
			this.fixture.channels.next.add(timeout.after(this.fixture.timing, millis(20)));
			assertThatThrownBy(() -> shop.place("tea")).isNotNull();
		}
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
	}

	@Test
	void leavesAnInstanceAloneThatIsNotReadyWhileAnotherIs() throws Exception {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).loadReport = new LoadReport(ServerState.NOT_READY, 1, 1, 0, 0, 0, 0);
		for (int i = 0; i < 10; i++) {
			assertThat(shop.find(i)).isEqualTo(B);
		}
		this.fixture.down(B + "-1");
		assertThat(shop.find(1)).isEqualTo(A);
	}

	@Test
	void warmsUpAnInstanceThatIsNewButNoneOfTheFirstView() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		assertThat(ClientFixture.state(shop, A).warmUp(now())).isOne();
		this.fixture.up(B);
		assertThat(ClientFixture.state(shop, B).warmUp(now())).isEqualTo(0.1);
		this.fixture.timing.advance(Duration.ofSeconds(30));
		assertThat(ClientFixture.state(shop, B).warmUp(now())).isOne();
	}

	@Test
	void warmsUpAnInstanceThatConnectsToANewRunOfItsServerButNotOneThatComesBackAsItWas() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).listener.connected();
		this.fixture.channel(A).listener.connected();
		assertThat(ClientFixture.state(shop, A).warmUp(now())).isOne();
		this.fixture.channel(A).incarnation = "second";
		this.fixture.channel(A).listener.connected();
		assertThat(ClientFixture.state(shop, A).warmUp(now())).isEqualTo(0.1);
	}

	@Test
	void believesTheReportsOfAnInstanceAfterTenSeconds() {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channel(A).loadReport = new LoadReport(ServerState.SERVING, 50, 1, 0, 100, 0, 0);
		this.fixture.channel(A).loadReportAt = now();
		assertThat(ClientFixture.state(shop, A).reportedWeight(now())).isZero();
		this.fixture.timing.advance(Duration.ofSeconds(10));
		assertThat(ClientFixture.state(shop, A).reportedWeight(now())).isEqualTo(200);
	}

	@Test
	void forgetsAnInstanceThatIsGone() {
		this.fixture.up(A, B);
		this.fixture.shop();
		this.fixture.down(A + "-1");
		assertThat(this.fixture.channel(A).closed).isTrue();
		assertThat(this.fixture.breakers.getAllCircuitBreakers()).extracting((breaker) -> breaker.getName())
			.containsExactly("io.harpc.client.Shop@10.0.0.2:1");
		assertThat(this.fixture.instances()).hasSize(1);
	}

	@Test
	void closesTheLinkToAnInstanceThatIsGoneWhenItsLastCallHasEnded() throws Exception {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add((attempted) -> {
			this.fixture.down(A + "-1");
			assertThat(attempted.channel().closed).isFalse();
			return answeringAfter(millis(1)).meet(attempted);
		});
		assertThat(shop.find(1)).isEqualTo("late");
		assertThat(this.fixture.channel(A).closed).isTrue();
	}

	@Test
	void sharesTheLinkToAnAddress() {
		this.fixture.up(A);
		this.fixture.shop();
		Shop direct = this.fixture
			.shop((settings) -> settings.withName("direct").withAddresses(List.of(Address.parse(A))));
		assertThat(direct).isNotNull();
		assertThat(this.fixture.channels.byAddress).hasSize(1);
		this.fixture.down(A + "-1");
		assertThat(this.fixture.channel(A).closed).isFalse();
	}

	@Test
	void callsAddressesDirectly() throws Exception {
		Shop shop = this.fixture
			.shop((settings) -> settings.withAddresses(List.of(Address.parse(A), Address.parse(B))));
		assertThat(List.of(shop.find(1), shop.find(2))).containsExactlyInAnyOrder(A, B);
	}

	@Test
	void tellsTheRegistryWhetherAnAddressStillAnswers() {
		this.fixture.up(A);
		this.fixture.shop();
		Channels channels = this.fixture.channels.shared();
		ClientContext context = new ClientContext(RpcClientSettings.defaults(), this.fixture.registry, channels,
				Resilience.ofDefaults(), new LoadBalancers(Map.of(), ""), List.of(), CallObserver.NONE,
				this.fixture.timing, (service) -> "");
		ServiceInstances instances = new ServiceInstances(context, null);
		assertThat(instances.stillAnswers(Address.parse(A))).isFalse();
		this.fixture.registry.watch(ClientFixture.SHOP, instances);
		assertThat(instances.stillAnswers(Address.parse(A))).isTrue();
		this.fixture.channel(A).draining = true;
		assertThat(instances.stillAnswers(Address.parse(A))).isFalse();
	}

	private long now() {
		return this.fixture.timing.nanoTime();
	}

	private Behaviour answeringAfter(Duration duration) {
		Behaviour answer = (attempted) -> Answers.of(Status.OK, Duration.ZERO,
				attempted.encode((serializer, out) -> serializer.writeResult("late", out)));
		return answer.after(this.fixture.timing, duration);
	}

}
