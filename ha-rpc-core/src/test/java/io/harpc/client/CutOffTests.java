package io.harpc.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.harpc.Address;
import io.harpc.Outcome;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ServerState;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Which instances get no calls for a while, how they come back, and when all are called
 * all the same.
 */
class CutOffTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final String C = "10.0.0.3:1";

	private static final String D = "10.0.0.4:1";

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private final ClientFixture fixture = new ClientFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void ejectsAnInstanceAfterFiveFailuresInARowThoughItsBreakerIsClosed() {
		Shop shop = up(A, B);
		call(shop, 40);
		fail(A);
		assertThat(callsTo(A, shop, 40)).isEqualTo(5);
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
		assertThat(decisions(shop)).singleElement()
			.asString()
			.startsWith("10.0.0.1:1 ejected for 5 s: 5 failures in a row, the last: 10.0.0.1:1 UNKNOWN after 1 ms");
	}

	@Test
	void ejectsAnInstanceOfWhichHalfOfTwentyCallsFail() {
		Shop shop = up(A, B);
		for (int i = 0; i < 21; i++) {
			this.fixture.channel(A).behaviour = (i % 2 == 0) ? LOST : null;
			callUntil(A, shop);
			// Otherwise it would open first
			this.fixture.breakers.getAllCircuitBreakers().forEach((breaker) -> breaker.reset());
		}
		assertThat(callsTo(A, shop, 20)).isZero();
		assertThat(decisions(shop)).singleElement().asString().contains("ejected for 5 s: 11 of 21 calls failed");
	}

	@Test
	void ejectsNothingForWhatTheApplicationThrewOrForALackOfRoom() {
		Shop shop = up(A, B);
		for (Behaviour harmless : List.of(Behaviour.throwing(new OutOfStock("no tea")),
				Behaviour.throwing(new IllegalStateException()), Behaviour.refusing(Status.BUSY, millis(0)),
				Behaviour.refusing(Status.EXPIRED, millis(0)), Behaviour.failing(Kind.ENCODING, Outcome.REJECTED))) {
			this.fixture.each((channel) -> channel.behaviour = harmless);
			call(shop, 50);
		}
		assertThat(decisions(shop)).isEmpty();
		assertThat(this.fixture.instance(A).breaker()).isEqualTo("CLOSED");
	}

	@Test
	void comesBackThroughExactlyOneProbeThatOthersDoNotWaitFor() {
		Shop shop = up(A, B, C);
		call(shop, 60);
		fail(A);
		call(shop, 60);
		heal(A);
		this.fixture.timing.advance(millis(4_900));
		assertThat(callsTo(A, shop, 30)).isZero();
		this.fixture.timing.advance(millis(100));
		this.fixture.channel(A).held = new ArrayDeque<>();
		List<?> calls = Collections.nCopies(10, null).stream().map((none) -> shop.findAsync(1)).toList();
		assertThat(this.fixture.channel(A).held).hasSize(1);
		assertThat(calls).hasSize(10);
		Runnable answer = this.fixture.channel(A).held.remove();
		this.fixture.channel(A).held = null;
		answer.run();
		assertThat(callsTo(A, shop, 30)).isEqualTo(10);
		assertThat(decisions(shop)).last().asString().isEqualTo("10.0.0.1:1 gets calls again: it answered a probe");
	}

	@Test
	void passesByWhatIsEjectedByHandUntilItsTimeIsOver() {
		Shop shop = up(A, B);
		Address a = Address.parse(A);
		assertThat(this.fixture.client.eject(a, Duration.ofSeconds(60))).isOne();
		this.fixture.timing.advance(Duration.ofSeconds(59));
		assertThat(callsTo(A, shop, 20)).isZero();
		this.fixture.timing.advance(Duration.ofSeconds(1));
		assertThat(callsTo(A, shop, 20)).as("a probe, then every other").isEqualTo(11);
		assertThat(decisions(shop)).containsExactly("10.0.0.1:1 ejected by hand for 60 s",
				"10.0.0.1:1 gets calls again: it answered a probe");
	}

	@Test
	void callsAgainWhatIsReadmittedByHand() {
		Shop shop = up(A, B);
		Address a = Address.parse(A);
		assertThat(this.fixture.client.readmit(a)).as("not ejected").isOne();
		this.fixture.client.eject(a, Duration.ofSeconds(60));
		assertThat(this.fixture.client.readmit(a)).isOne();
		assertThat(callsTo(A, shop, 20)).isEqualTo(10);
		assertThat(decisions(shop)).last().asString().endsWith("gets calls again: readmitted by hand");
		assertThat(this.fixture.client.eject(new Address("10.9.9.9", 1), Duration.ofSeconds(60))).isZero();
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.client.eject(a, Duration.ZERO))
			.withMessage("duration: PT0S (expected: more than zero, at most 24 h)");
	}

	@Test
	void showsWhyAnInstanceGetsNoCallsAndWhatIsLeftForRetries() {
		Shop shop = up(A, B);
		call(shop, 40);
		eject(A, shop, 5);
		InstanceStatus status = this.fixture.instance(A);
		assertThat(status.standing()).isEqualTo("OUT");
		assertThat(status.ejection()).isNotNull();
		assertThat(status.ejection().reason()).startsWith("5 failures in a row, the last: " + A + " UNKNOWN");
		assertThat(status.ejection().times()).isOne();
		assertThat(status.ejection().until()).isBetween(Instant.now(), Instant.now().plusSeconds(5));
		assertThat(status.share().warmUp()).isOne();
		assertThat(this.fixture.instance(B).ejection()).isNull();
		ReferenceStatus reference = this.fixture.client.references().get(0);
		assertThat(reference.panic()).isFalse();
		assertThat(reference.decisions()).hasSize(1);
		assertThat(reference.retryBudget().left()).isEqualTo(100 + 60 / 5);
	}

	@Test
	void warmsUpAnInstanceThatIsBack() {
		Shop shop = up(A, B);
		call(shop, 40);
		fail(A);
		call(shop, 20);
		heal(A);
		this.fixture.timing.advance(Duration.ofSeconds(5));
		call(shop, 1);
		assertThat(ClientFixture.state(shop, A).warmUp(this.fixture.timing.nanoTime())).isEqualTo(0.1);
		assertThat(ClientFixture.state(shop, B).warmUp(this.fixture.timing.nanoTime())).isEqualTo(1);
	}

	@Test
	void ejectsForTwiceAsLongEachTimeThatAProbeFails() {
		Shop shop = up(A, B);
		call(shop, 40);
		fail(A);
		call(shop, 20);
		for (int seconds : new int[] { 5, 10, 20, 40, 80, 160, 300, 300 }) {
			this.fixture.timing.advance(Duration.ofSeconds(seconds).minus(millis(100)));
			assertThat(callsTo(A, shop, 10)).isZero();
			this.fixture.timing.advance(millis(100));
			assertThat(callsTo(A, shop, 10)).isOne();
		}
	}

	@Test
	void forgivesAnInstanceThatBehavesForAsLongAsItWasEjected() {
		Shop shop = up(A, B);
		call(shop, 40);
		eject(A, shop, 5);
		comeBack(A, shop, 5);
		eject(A, shop, 10);
		comeBack(A, shop, 10);
		this.fixture.timing.advance(Duration.ofSeconds(16));
		call(shop, 40);
		eject(A, shop, 5);
	}

	@Test
	void givesTheProbeToAnotherCallWhenItSaidNothing() {
		Shop shop = up(A, B);
		call(shop, 40);
		fail(A);
		call(shop, 20);
		this.fixture.channel(A).behaviour = Behaviour.failing(Kind.ENCODING, Outcome.REJECTED);
		this.fixture.timing.advance(Duration.ofSeconds(5));
		assertThat(callsTo(A, shop, 10)).isOne();
		heal(A);
		this.fixture.timing.advance(Duration.ofSeconds(5));
		call(shop, 1);
		assertThat(callsTo(A, shop, 10)).isEqualTo(5);
	}

	@Test
	void learnsNothingOfAnEjectedInstanceFromWhatWasSentBefore() {
		Shop shop = up(A, B);
		call(shop, 40);
		this.fixture.channel(A).held = new ArrayDeque<>();
		List<Runnable> late = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			shop.findAsync(1);
		}
		late.addAll(this.fixture.channel(A).held);
		this.fixture.channel(A).held = null;
		fail(A);
		call(shop, 20);
		heal(A);
		late.get(0).run();
		assertThat(callsTo(A, shop, 10)).isZero();
		this.fixture.timing.advance(Duration.ofSeconds(5));
		assertThat(callsTo(A, shop, 10)).isPositive();
		fail(A);
		late.subList(1, late.size()).forEach(Runnable::run);
		call(shop, 2);
		heal(A);
		assertThat(callsTo(A, shop, 10)).isPositive();
	}

	@Test
	void ejectsAtMostHalfOfTheInstances() {
		Shop shop = up(A, B, C, D);
		call(shop, 80);
		this.fixture.each((channel) -> channel.behaviour = LOST);
		int most = 0;
		for (int i = 0; i < 200; i++) {
			call(shop, 1);
			// The breakers would open, and all be called then
			this.fixture.breakers.getAllCircuitBreakers().forEach((breaker) -> breaker.reset());
			most = Math.max(most, ejected(shop));
		}
		assertThat(most).isEqualTo(2);
	}

	@Test
	void ejectsNoneOfASingleInstance() throws Exception {
		Shop shop = up(A);
		fail(A);
		call(shop, 100);
		assertThat(ejected(shop)).isZero();
		heal(A);
		assertThat(shop.find(1)).isEqualTo(A);
	}

	@Test
	void takesAnEjectedInstanceBackWhenTooFewOthersAreLeft() throws Exception {
		Shop shop = up(A, B, C);
		call(shop, 60);
		eject(A, shop, 5);
		heal(A);
		this.fixture.down(B + "-1");
		this.fixture.down(C + "-1");
		assertThat(ejected(shop)).isZero();
		assertThat(shop.find(1)).isEqualTo(A);
	}

	@Test
	void callsAllInstancesWhenTheBreakersOfAllAreOpen() throws Exception {
		Shop shop = up(A, B);
		this.fixture.breakers.getAllCircuitBreakers().forEach((breaker) -> breaker.transitionToOpenState());
		for (int i = 0; i < 10; i++) {
			assertThat(shop.find(i)).isIn(A, B);
		}
		assertThat(this.fixture.instances()).allSatisfy((instance) -> {
			assertThat(instance.breaker()).isEqualTo("OPEN");
			assertThat(instance.outstanding()).isZero();
		});
		this.fixture.timing.advance(Duration.ofSeconds(6));
		call(shop, 10);
		assertThat(this.fixture.instances())
			.allSatisfy((instance) -> assertThat(instance.breaker()).isEqualTo("CLOSED"));
		assertThat(decisions(shop)).last().asString().endsWith(":1 gets calls again: it answered a probe");
	}

	@Test
	void callsAllInstancesWhenMoreThanHalfAreCutOffAndOnlyTheOthersWhenHalfAre() {
		Shop shop = up(A, B, C, D);
		call(shop, 80);
		open(A);
		open(B);
		call(shop, 10);
		assertThat(callsTo(A, shop, 100)).isZero();
		open(C);
		call(shop, 10);
		assertThat(callsTo(A, shop, 100)).isEqualTo(25);
		assertThat(decisions(shop)).last().asString().isEqualTo("3 of 4 instances are cut off, so all are called");
	}

	@Test
	void bypassesNoBreakerThatWasForcedOpen() {
		Shop shop = up(A, B, C);
		open(B);
		open(C);
		this.fixture.breakers.circuitBreaker("io.harpc.client.Shop@" + A).transitionToForcedOpenState();
		assertThat(callsTo(A, shop, 30)).isZero();
	}

	@Test
	void callsAStandbyRatherThanAnInstanceThatIsCutOff() throws Exception {
		this.fixture.up(A);
		this.fixture.up(B, "standby", 0);
		Shop shop = this.fixture.shop();
		open(A);
		assertThat(shop.find(1)).isEqualTo(B);
		this.fixture.channel(B).behaviour = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);
		this.fixture.channel(B).connected = false;
		assertThat(shop.find(1)).isEqualTo(A);
	}

	@Test
	void callsAnEjectedInstanceRatherThanFail() throws Exception {
		Shop shop = up(A, B);
		call(shop, 40);
		eject(A, shop, 5);
		heal(A);
		this.fixture.channel(B).connected = false;
		this.fixture.channel(B).behaviour = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);
		assertThat(shop.place("tea")).isEqualTo(A);
	}

	@Test
	void callsInstancesThatAreNotReadyWhenMostAreNot() {
		Shop shop = up(A, B, C);
		LoadReport notReady = new LoadReport(ServerState.NOT_READY, 1, 1, 0, 0, 0, 0);
		this.fixture.channel(A).loadReport = notReady;
		assertThat(callsTo(A, shop, 30)).isZero();
		this.fixture.channel(B).loadReport = notReady;
		call(shop, 3);
		assertThat(callsTo(A, shop, 30)).isEqualTo(10);
		this.fixture.channel(A).loadReport = null;
		this.fixture.channel(B).loadReport = null;
		call(shop, 3);
		assertThat(callsTo(A, shop, 30)).isEqualTo(10);
		assertThat(ClientFixture.instancesOf(shop).snapshot().cutOffs().isEmpty()).isTrue();
	}

	@Test
	void probesNoInstanceThatIsNotConnected() throws Exception {
		Shop shop = up(A, B);
		call(shop, 40);
		eject(A, shop, 5);
		heal(A);
		this.fixture.channel(A).connected = false;
		this.fixture.timing.advance(Duration.ofSeconds(20));
		assertThat(callsTo(A, shop, 10)).isZero();
		this.fixture.channel(A).connected = true;
		this.fixture.channel(A).listener.connected();
		assertThat(shop.find(1)).isEqualTo(A);
	}

	@Test
	void blamesNoInstanceForAReferenceInAHurry() {
		Shop shop = up(A, B);
		this.fixture.timing.advance(Duration.ofSeconds(10));
		call(shop, 4);
		this.fixture.each((channel) -> channel.behaviour = timeoutAfter(50));
		call(shop, 40);
		assertThat(decisions(shop)).isEmpty();
		assertThat(this.fixture.instances())
			.allSatisfy((instance) -> assertThat(instance.breaker()).isEqualTo("CLOSED"));
	}

	@Test
	void blamesAnInstanceThatIsSilentButNotOneThatAnswersOthers() {
		Shop shop = up(A, B);
		this.fixture.timing.advance(Duration.ofSeconds(10));
		call(shop, 4);
		this.fixture.each((channel) -> channel.behaviour = (attempted) -> {
			ClientFixture.state(shop, channel.address.toString()).succeeded(this.fixture.timing.nanoTime(), 1_000_000);
			ClientFixture.state(shop, channel.address.toString()).begun();
			return timeoutAfter(200).meet(attempted);
		});
		call(shop, 40);
		assertThat(decisions(shop)).isEmpty();
		this.fixture.channel(A).behaviour = timeoutAfter(200);
		call(shop, 12);
		assertThat(decisions(shop)).singleElement().asString().startsWith(A + " ejected");
	}

	@Test
	void sendsFewerCallsToAnInstanceWhoseAnswersMakeNoSense() {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withLoadBalancer("p2c")));
		this.fixture.channel(A).behaviour = Behaviour.returning(new byte[] { '{' });
		assertThat(callsTo(A, shop, 100)).isLessThan(5);
		assertThat(decisions(shop)).isEmpty();
	}

	@Test
	void holdsNothingThatWasAgainstAnInstanceThatIsBack() {
		Shop shop = up(A, B);
		this.fixture.timing.advance(Duration.ofSeconds(10));
		call(shop, 40);
		eject(A, shop, 5);
		comeBack(A, shop, 5);
		assertThat(this.fixture.instance(A).recentFailures()).isZero();
	}

	private Behaviour timeoutAfter(long millis) {
		return Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN).after(this.fixture.timing, millis(millis));
	}

	private Shop up(String... addresses) {
		this.fixture.up(addresses);
		return this.fixture.shop();
	}

	private void fail(String address) {
		this.fixture.channel(address).behaviour = LOST;
	}

	private void heal(String address) {
		this.fixture.channel(address).behaviour = null;
	}

	private void open(String address) {
		this.fixture.breakers.circuitBreaker("io.harpc.client.Shop@" + address).transitionToOpenState();
	}

	private static void call(Shop shop, int times) {
		for (int i = 0; i < times; i++) {
			catchThrowable(() -> shop.place("tea"));
		}
	}

	private void callUntil(String address, Shop shop) {
		do {
			call(shop, 1);
		}
		while (!this.fixture.channels.attempts.get(this.fixture.channels.attempts.size() - 1).equals(address));
	}

	private int callsTo(String address, Shop shop, int times) {
		int before = this.fixture.channels.attempts.size();
		call(shop, times);
		List<String> attempts = this.fixture.channels.attempts;
		return Collections.frequency(attempts.subList(before, attempts.size()), address);
	}

	private void eject(String address, Shop shop, int seconds) {
		fail(address);
		call(shop, 20);
		assertThat(decisions(shop)).last().asString().contains(address + " ejected for " + seconds + " s");
	}

	private void comeBack(String address, Shop shop, int seconds) {
		heal(address);
		this.fixture.timing.advance(Duration.ofSeconds(seconds));
		// Its breaker may be open, too, and wants to see two
		call(shop, 2);
		assertThat(decisions(shop)).last().asString().contains(address + " gets calls again");
	}

	private static int ejected(Shop shop) {
		return (int) ClientFixture.instancesOf(shop).states().filter(InstanceState::isEjected).count();
	}

	private static List<String> decisions(Shop shop) {
		return ClientFixture.instancesOf(shop).snapshot().cutOffs().decisions().stream().map(Decision::what).toList();
	}

}
