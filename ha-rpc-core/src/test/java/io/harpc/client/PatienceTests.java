package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.client.ClientFixture.Mode;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.FakeChannels.FakeChannel;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.loadbalancer.Candidate;
import io.harpc.loadbalancer.Choice;
import io.harpc.loadbalancer.LoadBalancers;
import io.harpc.protocol.Status;
import io.harpc.resilience.ResilienceSettings;
import io.harpc.resilience.RetryBudget;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * An attempt that takes long gets company: when, where, at whose cost, and who wins.
 */
class PatienceTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final String C = "10.0.0.3:1";

	private static final Behaviour NOT_SENT = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);

	private static final Behaviour HANGS = NOT_SENT.taking(Duration.ofHours(1));

	private final ClientFixture fixture = new ClientFixture();

	private final List<String> observed = new ArrayList<>();

	private long begun;

	@BeforeEach
	void observe() {
		this.fixture.build((builder) -> builder
			.loadBalancers(new LoadBalancers(Map.of("by-address", PatienceTests::first), ""))
			.observer(
					(side, service, method, headers) -> (outcome, error) -> this.observed.add(method + " " + outcome)));
	}

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@ParameterizedTest
	@EnumSource
	void aHungInstanceCostsAnIdempotentCallAThirdOfItsTime(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		hang(A);
		assertThat(call(mode, shop, true)).isEqualTo(B);
		assertThat(elapsed()).isBetween(millis(1000), millis(1010));
		assertThat(this.fixture.channel(A).cancelled).isOne();
		assertThat(this.fixture.instance(A).recentFailures()).isGreaterThan(0.9);
		assertThat(this.fixture.instance(A).lastFailures()).singleElement()
			.satisfies((failure) -> assertThat(failure.attempt().reason())
				.isEqualTo("no answer when another instance gave one"));
		assertThat(this.observed).hasSize(1).allMatch((end) -> end.endsWith("SUCCEEDED"));
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void aHungInstanceEndsAnyOtherCallAtItsDeadline(Mode mode) {
		Shop shop = threeInstances();
		hang(A);
		assertThatThrownBy(() -> call(mode, shop, false)).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("ended UNKNOWN after 3000 of 3000 ms")
			.hasMessageContaining("The timeout is over");
		assertThat(this.fixture.channels.attempts).hasSize(1);
		nothingIsLeft();
	}

	@Test
	void anAttemptThatIsCancelledIsNoFailure() {
		Shop shop = threeInstances();
		hang(A, B, C);
		shop.findAsync(1).cancel(false);
		assertThat(this.fixture.channel(A).cancelled).isOne();
		assertThat(this.fixture.instance(A).lastFailures()).isEmpty();
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void twoHungInstancesCostTwoThirds(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		hang(A, B);
		assertThat(call(mode, shop, true)).isEqualTo(C);
		assertThat(elapsed()).isBetween(millis(2000), millis(2010));
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void aCallEndsAtItsDeadlineWhereAllHang(Mode mode) {
		Shop shop = threeInstances();
		hang(A, B, C);
		RpcException thrown = catchThrowableOfType(RpcException.class, () -> call(mode, shop, true));
		assertThat(elapsed()).isBetween(millis(3000), millis(3010));
		assertThat(thrown).isInstanceOf(RpcUnknownOutcomeException.class).hasMessageContaining("The timeout is over");
		assertThat(thrown.attempts()).extracting((attempt) -> attempt.instance()).containsExactlyInAnyOrder(A, B, C);
		assertThat(thrown.getStackTrace()).as("the caller's stack")
			.anyMatch((frame) -> frame.getClassName().equals(PatienceTests.class.getName()));
		assertThat(this.observed).hasSize(1).allMatch((end) -> end.endsWith("UNKNOWN"));
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void theFirstAnswerWinsThoughItIsLate(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		this.fixture.channel(A).behaviour = this.fixture.channel(A)::succeed;
		slow(A, millis(1500));
		slow(B, millis(1500));
		assertThat(call(mode, shop, true)).isEqualTo(A);
		assertThat(elapsed()).isBetween(millis(1500), millis(1510));
		assertThat(this.fixture.channel(A).cancelled).isZero();
		assertThat(this.fixture.channel(B).cancelled).isOne();
		assertThat(this.fixture.instance(A).recentFailures()).isZero();
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void aLoserThatWasNotSlowIsNotBlamed(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		slow(A, millis(1050));
		slow(B, millis(100));
		this.fixture.channel(B).behaviour = this.fixture.channel(B)::succeed;
		for (int i = 0; i < 3; i++) {
			call(mode, shop, false);
		}
		slow(B, millis(100));
		assertThat(call(mode, shop, true)).isEqualTo(A);
		assertThat(this.fixture.channel(B).cancelled).isOne();
		assertThat(this.fixture.instance(B).recentFailures()).isZero();
		assertThat(this.fixture.instance(B).lastFailures()).isEmpty();
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void whatFailsBesideALateAttemptIsTriedElsewhere(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		hang(A);
		this.fixture.channel(B).behaviour = NOT_SENT;
		assertThat(call(mode, shop, true)).isEqualTo(C);
		assertThat(elapsed()).isBetween(millis(1000), millis(1010));
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void aLateAttemptIsWaitedForWhereTheOthersFail(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		slow(A, millis(2500));
		this.fixture.channel(B).behaviour = NOT_SENT;
		this.fixture.channel(C).behaviour = NOT_SENT;
		assertThat(call(mode, shop, true)).isEqualTo(A);
		assertThat(this.fixture.channels.attempts).containsExactly(A, B, C);
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void noAttemptIsSpentOnADeadInstanceWhileAnotherWorks(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = shop((calls) -> calls);
		this.fixture.channel(B).connected = false;
		this.fixture.channel(B).behaviour = NOT_SENT;
		this.fixture.channels.next.add(Behaviour.refusing(Status.BUSY, millis(10)).taking(millis(1700)));
		assertThat(call(mode, shop, true)).isEqualTo(A);
		assertThat(this.fixture.channels.attempts).containsExactly(A, B, A);
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void theInstanceThatHangsGetsNoSecondAttempt(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = shop((calls) -> calls);
		hang(A);
		this.fixture.channel(B).behaviour = Behaviour.refusing(Status.BUSY, millis(300));
		RpcException thrown = catchThrowableOfType(RpcException.class, () -> call(mode, shop, true));
		assertThat(thrown.attempts()).extracting((attempt) -> attempt.instance() + " " + attempt.outcome())
			.containsExactly(B + " NOT_STARTED", B + " NOT_STARTED", A + " UNKNOWN");
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void anExceptionOfTheMethodIsAnAnswer(Mode mode) {
		Shop shop = threeInstances();
		hang(A);
		this.fixture.channel(B).behaviour = Behaviour.throwing(new OutOfStock("no tea"));
		assertThatThrownBy(() -> call(mode, shop, true)).isInstanceOf(OutOfStock.class);
		assertThat(elapsed()).isBetween(millis(1000), millis(1010));
		assertThat(this.fixture.channel(A).cancelled).isOne();
		assertThat(this.observed).hasSize(1);
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void aFailureOfTheLateAttemptIsMadeGoodByTheOther(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		this.fixture.channel(A).behaviour = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN).taking(millis(1200));
		slow(B, millis(400));
		assertThat(call(mode, shop, true)).isEqualTo(B);
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void nobodyLooksAfterACallThatHasOneInstance(Mode mode) {
		this.fixture.up(A);
		Shop shop = shop((calls) -> calls);
		hang(A);
		assertThatThrownBy(() -> call(mode, shop, true)).isInstanceOf(RpcUnknownOutcomeException.class);
		assertThat(this.fixture.channels.attempts).hasSize(1);
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void saysThatThereWasNoCompanyForLackOfBudget(Mode mode) {
		this.fixture.resilience = ResilienceSettings.defaults().withRetryBudget(new RetryBudget.Settings(0, 0));
		observe();
		Shop shop = threeInstances();
		hang(A);
		assertThatThrownBy(() -> call(mode, shop, true)).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("retry budget of reference 'shop' is spent");
		assertThat(this.fixture.channels.attempts).hasSize(1);
		nothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void hedgedTriesElsewhereAfterWhatNearlyAllTake(Mode mode) throws Throwable {
		this.fixture.up(A, B, C);
		Shop shop = shop((calls) -> calls.withCluster(Cluster.HEDGED));
		this.fixture.each((channel) -> channel.behaviour = ((Behaviour) channel::succeed).taking(millis(9)));
		for (int i = 0; i < 300; i++) {
			call(mode, shop, true);
		}
		int before = this.fixture.channels.attempts.size();
		assertThat(before).isLessThan(300 + 60);
		String next = call(mode, shop, true);
		hang(A, B, C);
		this.fixture.channel(next).behaviour = this.fixture.channel(next)::succeed;
		for (int i = 0; i < 3; i++) {
			assertThat(call(mode, shop, true)).isEqualTo(next);
			assertThat(elapsed()).isLessThan(millis(60));
		}
		nothingIsLeft();
	}

	@Test
	void anInterruptEndsACallThatHasCompany() {
		Shop shop = threeInstances();
		hang(A, B, C);
		this.fixture.timing.interruptNextSleep = true;
		RpcException thrown = catchThrowableOfType(RpcException.class, () -> shop.find(1));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(thrown).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("The calling thread was interrupted")
			.hasMessageEndingWith("The method perhaps ran.");
		assertThat(thrown.attempts()).hasSizeGreaterThan(1);
		assertThat(this.observed).containsExactly("find UNKNOWN");
		nothingIsLeft();
	}

	@Test
	void cancellingCancelsEveryAttempt() {
		Shop shop = threeInstances();
		hang(A, B, C);
		CompletableFuture<String> future = shop.findAsync(1);
		this.fixture.timing.runNext();
		assertThat(this.fixture.channels.attempts).containsExactly(A, B);
		future.cancel(false);
		assertThat(this.fixture.channel(A).cancelled).isOne();
		assertThat(this.fixture.channel(B).cancelled).isOne();
		assertThat(this.fixture.instance(A).recentFailures()).as("the caller's decision is nobody's fault").isZero();
		assertThat(this.observed).containsExactly("findAsync UNKNOWN");
		nothingIsLeft();
		assertThat(this.fixture.channels.attempts).hasSize(2);
	}

	/** Three instances, asked in this order, that usually take a millisecond. */
	private Shop threeInstances() {
		this.fixture.up(A, B, C);
		Shop shop = shop((calls) -> calls);
		this.fixture.each((channel) -> channel.connected = false);
		for (FakeChannel channel : this.fixture.channels.byAddress.values()) {
			channel.connected = true;
			shop.find(1);
			channel.connected = false;
		}
		this.fixture.each((channel) -> channel.connected = true);
		assertThat(this.fixture.channels.attempts).containsExactly(A, B, C);
		this.fixture.channels.attempts.clear();
		this.observed.clear();
		return shop;
	}

	private Shop shop(UnaryOperator<CallSettings> change) {
		return this.fixture
			.shop((settings) -> settings.withCalls((calls) -> change.apply(calls.withLoadBalancer("by-address"))));
	}

	private static @Nullable Candidate first(Choice choice) {
		return choice.candidates()
			.stream()
			.filter((candidate) -> !choice.isExcluded(candidate))
			.min(Comparator.comparing((candidate) -> candidate.instance().address().toString()))
			.orElse(null);
	}

	private String call(Mode mode, Shop shop, boolean idempotent) throws Throwable {
		this.begun = this.fixture.timing.nanoTime();
		return mode.call(this.fixture, shop, idempotent);
	}

	private Duration elapsed() {
		return Duration.ofNanos(this.fixture.timing.nanoTime() - this.begun);
	}

	private void hang(String... addresses) {
		for (String address : addresses) {
			this.fixture.channel(address).behaviour = HANGS;
		}
	}

	private void slow(String address, Duration duration) {
		this.fixture.channel(address).behaviour = ((Behaviour) this.fixture.channel(address)::succeed).taking(duration);
	}

	private void nothingIsLeft() {
		while (this.fixture.timing.runNext()) {
			// Whatever is still to come
		}
		assertThat(this.fixture.instances()).allSatisfy((instance) -> assertThat(instance.outstanding()).isZero());
	}

}
