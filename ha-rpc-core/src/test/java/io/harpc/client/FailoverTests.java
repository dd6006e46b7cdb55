package io.harpc.client;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.resilience4j.retry.RetryConfig;
import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.RpcExpiredException;
import io.harpc.RpcNotSentException;
import io.harpc.RpcNotStartedException;
import io.harpc.RpcRejectedException;
import io.harpc.RpcRemoteException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.client.ClientFixture.Mode;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.protocol.Status;
import io.harpc.resilience.ResilienceSettings;
import io.harpc.resilience.RetryBudget;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The outcome table, row by row, for blocking and asynchronous calls.
 */
class FailoverTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final String C = "10.0.0.3:1";

	private static final Behaviour NOT_SENT = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private static final Behaviour NO_SUCH_METHOD = Behaviour.refusing(Status.NO_SUCH_METHOD, millis(0));

	private static final Behaviour UNAUTHENTICATED = Behaviour.failing(Kind.UNAUTHENTICATED, Outcome.REJECTED);

	private static final Behaviour BUSY = Behaviour.refusing(Status.BUSY, millis(0));

	private final ClientFixture fixture = new ClientFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	static Stream<Arguments> rows() {
		return Stream.of(Mode.values())
			.flatMap((mode) -> Stream.of(
					// what the server did, the method is idempotent, tried again, what
					// the caller gets
					Arguments.of(mode, NOT_SENT, false, true, RpcNotSentException.class),
					Arguments.of(mode, NOT_SENT, true, true, RpcNotSentException.class),
					Arguments.of(mode, Behaviour.failing(Kind.TIMEOUT, Outcome.NOT_SENT), false, true,
							RpcNotSentException.class),
					Arguments.of(mode, BUSY, false, true, RpcNotStartedException.class),
					Arguments.of(mode, Behaviour.refusing(Status.DRAINING, millis(0)), false, true,
							RpcNotStartedException.class),
					Arguments.of(mode, Behaviour.refusing(Status.NO_SUCH_SERVICE, millis(0)), false, true,
							RpcNotStartedException.class),
					Arguments.of(mode, Behaviour.refusing(Status.EXPIRED, millis(0)), true, false,
							RpcExpiredException.class),
					Arguments.of(mode, LOST, false, false, RpcUnknownOutcomeException.class),
					Arguments.of(mode, LOST, true, true, RpcUnknownOutcomeException.class),
					Arguments.of(mode, Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN), false, false,
							RpcUnknownOutcomeException.class),
					Arguments.of(mode, Behaviour.returning(new byte[] { '{' }), false, false,
							RpcUnknownOutcomeException.class),
					Arguments.of(mode, Behaviour.throwing(new OutOfStock("no tea")), true, false, OutOfStock.class),
					Arguments.of(mode, Behaviour.throwing(new IllegalStateException("broken")), true, false,
							RpcRemoteException.class),
					Arguments.of(mode, Behaviour.refusing(Status.INTERNAL, millis(0)), true, false,
							RpcRemoteException.class),
					Arguments.of(mode, Behaviour.refusing(Status.FORBIDDEN, millis(0)), true, false,
							RpcRejectedException.class),
					Arguments.of(mode, Behaviour.refusing(Status.UNAUTHENTICATED, millis(0)), true, false,
							RpcRejectedException.class),
					Arguments.of(mode, Behaviour.refusing(Status.MALFORMED, millis(0)), true, false,
							RpcRejectedException.class),
					Arguments.of(mode, Behaviour.failing(Kind.TOO_LARGE, Outcome.REJECTED), true, false,
							RpcRejectedException.class)));
	}

	@ParameterizedTest
	@MethodSource("rows")
	void triesAgainWhereTheTableSaysSo(Mode mode, Behaviour behaviour, boolean idempotent, boolean triedAgain,
			Class<?> whenAllFail) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(behaviour);
		if (triedAgain) {
			assertThat(mode.call(this.fixture, shop, idempotent)).isIn(A, B);
			assertThat(this.fixture.channels.attempts).hasSize(2).doesNotHaveDuplicates();
		}
		else {
			assertThatThrownBy(() -> mode.call(this.fixture, shop, idempotent)).isInstanceOf(whenAllFail);
			assertThat(this.fixture.channels.attempts).hasSize(1);
		}
		assertThat(this.fixture.instances()).allSatisfy((instance) -> assertThat(instance.outstanding()).isZero());
	}

	@ParameterizedTest
	@MethodSource("rows")
	void endsByTheTypeOfItsOutcomeWhenEveryAttemptFails(Mode mode, Behaviour behaviour, boolean idempotent,
			boolean triedAgain, Class<?> whenAllFail) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.each((channel) -> channel.behaviour = behaviour);
		Throwable thrown = catchThrowable(() -> mode.call(this.fixture, shop, idempotent));
		assertThat(thrown).isInstanceOf(whenAllFail);
		assertThat(this.fixture.channels.attempts).hasSize(triedAgain ? 3 : 1);
		if (thrown instanceof RpcException failure) {
			assertThat(failure.attempts()).hasSize(triedAgain ? 3 : 1);
			failure.attempts().forEach((attempt) -> assertThat(failure).hasMessageContaining(attempt.toString()));
			assertThat(failure).hasMessageContaining("io.harpc.client.Shop#")
				.hasMessageContaining("'shop'")
				.as("what to do")
				.message()
				.matches(
						"(?s).*(The method did not run|The method perhaps ran|The method ran, but its answer|Its log may say).*")
				.contains(failure.outcome().toString(), "of 3000 ms");
		}
	}

	@ParameterizedTest
	@EnumSource
	void goesToAnotherInstanceAtOnceWhenNothingWasSent(Mode mode) throws Throwable {
		this.fixture.up(A, B, C);
		this.fixture.channels.next.add(NOT_SENT);
		this.fixture.channels.next.add(NOT_SENT);
		mode.call(this.fixture, this.fixture.shop(), false);
		assertThat(this.fixture.channels.attempts).hasSize(3).doesNotHaveDuplicates();
		assertThat(this.fixture.timing.pauses).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void goesOnAtOnceAfterTheFirstRefusalAndSlowsDownAfterTheNext(Mode mode) throws Throwable {
		this.fixture.up(A, B, C);
		this.fixture.channels.next.add(BUSY);
		this.fixture.channels.next.add(BUSY);
		mode.call(this.fixture, this.fixture.shop(), false);
		assertThat(this.fixture.timing.pauses).containsExactly(millis(100));
	}

	@ParameterizedTest
	@EnumSource
	void findsTheInstanceThatHasAMethodWhichOthersDoNotHaveYet(Mode mode) throws Throwable {
		this.fixture.up(A, B, C);
		this.fixture.channels.next.addAll(List.of(NO_SUCH_METHOD, NO_SUCH_METHOD));
		assertThat(mode.call(this.fixture, this.fixture.shop(), false)).isIn(A, B, C);
		assertThat(this.fixture.channels.attempts).hasSize(3).doesNotHaveDuplicates();
		assertThat(this.fixture.timing.pauses).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void asksEachInstanceOnceForAMethodThatNoneHas(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.each((channel) -> channel.behaviour = NO_SUCH_METHOD);
		RpcException thrown = catchThrowableOfType(RpcException.class, () -> mode.call(this.fixture, shop, true));
		assertThat(thrown).isInstanceOf(RpcRejectedException.class)
			.hasMessageContaining("The method did not run: the instances that were asked do not have it.")
			.hasMessageNotContaining("refused again");
		assertThat(thrown.attempts()).hasSize(2);
		assertThat(this.fixture.channels.attempts).hasSize(2).doesNotHaveDuplicates();
	}

	/** As while one key takes the place of another. */
	@ParameterizedTest
	@EnumSource
	void findsTheInstanceThatKnowsTheClient(Mode mode) throws Throwable {
		this.fixture.up(A, B, C);
		this.fixture.channels.next.addAll(List.of(UNAUTHENTICATED, UNAUTHENTICATED));
		assertThat(mode.call(this.fixture, this.fixture.shop(), false)).isIn(A, B, C);
		assertThat(this.fixture.channels.attempts).hasSize(3).doesNotHaveDuplicates();
		assertThat(this.fixture.timing.pauses).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void asksEachInstanceOnceWhetherItKnowsTheClientAndBlamesNone(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.each((channel) -> channel.behaviour = UNAUTHENTICATED);
		for (int i = 0; i < 20; i++) {
			this.fixture.channels.attempts.clear();
			assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcRejectedException.class)
				.hasMessageContaining("compare ha-rpc.client.authentication here");
			assertThat(this.fixture.channels.attempts).hasSize(2).doesNotHaveDuplicates();
		}
		assertThat(this.fixture.instances()).allSatisfy((instance) -> {
			assertThat(instance.standing()).isEqualTo("IN");
			assertThat(instance.recentFailures()).isZero();
		});
	}

	@ParameterizedTest
	@EnumSource
	void backsOffWhereAnAttemptPerhapsRan(Mode mode) throws Throwable {
		this.fixture.up(A, B, C);
		this.fixture.channels.next.addAll(List.of(LOST, LOST));
		mode.call(this.fixture, this.fixture.shop(), true);
		assertThat(this.fixture.timing.pauses).containsExactly(millis(50), millis(100));
	}

	@ParameterizedTest
	@EnumSource
	void spendsRetriesThatMakeLoadFromABudgetAndSaysWhenItIsSpent(Mode mode) {
		budget(0, 0);
		for (Behaviour behaviour : List.of(LOST, BUSY)) {
			this.fixture.channels.next.add(behaviour);
			assertThatThrownBy(() -> mode.call(this.fixture, this.fixture.shop(), true))
				.hasMessageContaining("Not tried again: the retry budget of reference 'shop' is spent"
						+ " (0 % of calls + 0 per second; see ha-rpc.client.retry-budget).");
		}
		assertThat(this.fixture.channels.attempts).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void triesAgainForFreeWhatMadeNoLoad(Mode mode) throws Throwable {
		budget(0, 0);
		for (Behaviour behaviour : List.of(NOT_SENT, NO_SUCH_METHOD, Behaviour.refusing(Status.DRAINING, millis(0)),
				Behaviour.refusing(Status.NO_SUCH_SERVICE, millis(0)))) {
			this.fixture.channels.next.add(behaviour);
			mode.call(this.fixture, this.fixture.shop(), false);
		}
		assertThat(this.fixture.channels.attempts).hasSize(8);
	}

	@ParameterizedTest
	@EnumSource
	void addsAFifthToTheLoadOfAServiceOfWhichEveryInstanceFails(Mode mode) {
		budget(0.2, 0);
		Shop shop = this.fixture.shop();
		this.fixture.each((channel) -> channel.behaviour = BUSY);
		for (int i = 0; i < 1000; i++) {
			assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcNotStartedException.class);
		}
		assertThat(this.fixture.channels.attempts).hasSizeBetween(1150, 1200);
	}

	@ParameterizedTest
	@EnumSource
	void triesTheOnlyInstanceAgainAfterAPause(Mode mode) throws Throwable {
		this.fixture.up(A);
		this.fixture.channels.next.add(NOT_SENT);
		assertThat(mode.call(this.fixture, this.fixture.shop(), false)).isEqualTo(A);
		assertThat(this.fixture.timing.pauses).containsExactly(millis(50));
	}

	@ParameterizedTest
	@EnumSource
	void waitsAsLongAsTheOnlyInstanceAsks(Mode mode) throws Throwable {
		this.fixture.up(A);
		this.fixture.channels.next.add(Behaviour.refusing(Status.BUSY, millis(700)));
		assertThat(mode.call(this.fixture, this.fixture.shop(), false)).isEqualTo(A);
		assertThat(this.fixture.timing.pauses).containsExactly(millis(700));
	}

	@ParameterizedTest
	@EnumSource
	void leavesABusyInstanceAloneForAsLongAsItAsks(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(Behaviour.refusing(Status.BUSY, millis(700)));
		for (int i = 0; i < 10; i++) {
			mode.call(this.fixture, shop, false);
		}
		String busy = this.fixture.channels.attempts.get(0);
		assertThat(this.fixture.channels.attempts.subList(1, 11)).doesNotContain(busy);
		this.fixture.timing.advance(millis(700));
		mode.call(this.fixture, shop, false);
		mode.call(this.fixture, shop, false);
		assertThat(this.fixture.channels.attempts.subList(11, 13)).contains(busy);
	}

	@ParameterizedTest
	@EnumSource
	void neverTriesAnInstanceTwiceWhileAnotherIsLeft(Mode mode) {
		this.fixture.up(A, B, C);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withMaxAttempts(4)));
		this.fixture.each((channel) -> channel.behaviour = LOST);
		assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcUnknownOutcomeException.class);
		assertThat(this.fixture.channels.attempts).hasSize(4);
		assertThat(this.fixture.channels.attempts.subList(0, 3)).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@EnumSource
	void beginsAgainWithTheInstanceThatWasTriedFirst(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withMaxAttempts(4)));
		this.fixture.each((channel) -> channel.behaviour = NOT_SENT);
		assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcNotSentException.class);
		List<String> attempts = this.fixture.channels.attempts;
		assertThat(attempts).hasSize(4);
		assertThat(attempts.subList(2, 4)).isEqualTo(attempts.subList(0, 2));
		assertThat(this.fixture.timing.pauses).containsExactly(millis(100), millis(200));
	}

	@ParameterizedTest
	@EnumSource
	void makesOneAttemptWhereOneIsAllowed(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withMaxAttempts(1)));
		this.fixture.channels.next.add(NOT_SENT);
		assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcNotSentException.class);
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void stopsWhereThePauseWouldOutlastTheDeadline(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withTimeout(millis(1000))));
		this.fixture.each((channel) -> channel.behaviour = LOST.after(this.fixture.timing, millis(960)));
		assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("of 1000 ms");
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void givesEachAttemptWhatIsLeftOfTheDeadline(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		this.fixture.channels.next.add(NOT_SENT);
		mode.call(this.fixture, shop, false);
		Deadline first = this.fixture.channel(A).lastDeadline;
		assertThat(this.fixture.channel(B).lastDeadline).isSameAs(first);
	}

	@ParameterizedTest
	@EnumSource
	void saysThatTheCallPerhapsRanIfOneOfItsAttemptsPerhapsDid(Mode mode) {
		this.fixture.up(A, B, C);
		this.fixture.channels.next.addAll(List.of(LOST, NOT_SENT, BUSY));
		RpcException thrown = catchThrowableOfType(RpcException.class,
				() -> mode.call(this.fixture, this.fixture.shop(), true));
		assertThat(thrown).isInstanceOf(RpcUnknownOutcomeException.class);
		assertThat(thrown.attempts()).extracting((attempt) -> attempt.outcome())
			.containsExactly(Outcome.UNKNOWN, Outcome.NOT_SENT, Outcome.NOT_STARTED);
	}

	@ParameterizedTest
	@EnumSource
	void triesAgainWhatAnIdempotentMethodThrewIfTheApplicationNamedIt(Mode mode) throws Throwable {
		this.fixture.retries.addConfiguration("ha-rpc",
				RetryConfig.custom().retryExceptions(OutOfStock.class).waitDuration(millis(7)).build());
		this.fixture.up(A, B);
		this.fixture.channels.next.add(Behaviour.throwing(new OutOfStock("no tea")));
		assertThat(mode.call(this.fixture, this.fixture.shop(), true)).isIn(A, B);
		assertThat(this.fixture.channels.attempts).hasSize(2).doesNotHaveDuplicates();
		assertThat(this.fixture.timing.pauses).containsExactly(millis(7));
	}

	@ParameterizedTest
	@EnumSource
	void doesNotTryAgainWhatAnotherMethodThrewThoughTheApplicationNamedIt(Mode mode) {
		this.fixture.retries.addConfiguration("ha-rpc", RetryConfig.custom().retryExceptions(OutOfStock.class).build());
		this.fixture.up(A, B);
		this.fixture.channels.next.add(Behaviour.throwing(new OutOfStock("no tea")));
		assertThatThrownBy(() -> mode.call(this.fixture, this.fixture.shop(), false)).isInstanceOf(OutOfStock.class)
			.hasMessage("no tea");
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void keepsResilience4jsCounts(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop();
		mode.call(this.fixture, shop, false);
		this.fixture.channels.next.add(NOT_SENT);
		mode.call(this.fixture, shop, false);
		this.fixture.channels.next.add(LOST);
		assertThatThrownBy(() -> mode.call(this.fixture, shop, false)).isInstanceOf(RpcException.class);
		var metrics = this.fixture.retries.retry("shop").getMetrics();
		assertThat(metrics.getNumberOfSuccessfulCallsWithoutRetryAttempt()).isOne();
		assertThat(metrics.getNumberOfSuccessfulCallsWithRetryAttempt()).isOne();
		assertThat(metrics.getNumberOfFailedCallsWithoutRetryAttempt()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void saysWhatWasTriedAndWhatToDo(Mode mode) {
		this.fixture.up(A);
		this.fixture.channels.next.add(LOST.after(this.fixture.timing, Duration.ofMillis(4)));
		assertThatThrownBy(() -> mode.call(this.fixture, this.fixture.shop(), false))
			.hasMessageContaining("reference 'shop' ended UNKNOWN after 5 of 3000 ms")
			.hasMessageContaining("Tried: 10.0.0.1:1 UNKNOWN after 5 ms: it was LOST.")
			.hasMessageContaining("ha-rpc.client.references.shop.idempotent");
	}

	@ParameterizedTest
	@EnumSource
	void namesAllThatMayHelpWhereTheTimeoutIsOver(Mode mode) {
		this.fixture.up(A, B);
		this.fixture.channels.next
			.add(Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN).after(this.fixture.timing, millis(3000)));
		assertThatThrownBy(() -> mode.call(this.fixture, this.fixture.shop(), false))
			.isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("The method perhaps ran. The timeout is over")
			.hasMessageContaining("raise ha-rpc.client.references.shop.timeout;")
			.hasMessageContaining("the instance may hang")
			.hasMessageContaining("@Idempotent or ha-rpc.client.references.shop.idempotent")
			.hasMessageContaining("@IdempotencyKey");
	}

	@ParameterizedTest
	@EnumSource
	void saysThatACallWhichMayRunTwiceCanBeMadeAgain(Mode mode) {
		this.fixture.up(A, B);
		this.fixture.channels.next
			.add(Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN).after(this.fixture.timing, millis(3000)));
		assertThatThrownBy(() -> mode.call(this.fixture, this.fixture.shop(), true))
			.hasMessageContaining("the instance may hang")
			.hasMessageEndingWith("It may run twice, so it can be called again.");
	}

	@ParameterizedTest
	@EnumSource
	void advisesByAllAttemptsAndNotByTheLast(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withMaxAttempts(2)));
		this.fixture.channels.next.addAll(List.of(BUSY, NOT_SENT));
		assertThatThrownBy(() -> mode.call(this.fixture, shop, false)).isInstanceOf(RpcNotSentException.class)
			.hasMessageEndingWith("The method did not run. NOT_STARTED: call again later, or add instances."
					+ " NOT_SENT: are these instances up, and can they be reached from here?");
		this.fixture.channels.next.addAll(List.of(NO_SUCH_METHOD, BUSY));
		assertThatThrownBy(() -> mode.call(this.fixture, shop, false)).isInstanceOf(RpcNotStartedException.class)
			.hasMessageContaining("REJECTED: the instances that were asked do not have it.")
			.hasMessageEndingWith("NOT_STARTED: call again later, or add instances.");
	}

	@ParameterizedTest
	@EnumSource(value = Kind.class, names = { "TLS", "ENCRYPTION", "TOKEN", "REFUSED" })
	void doesNotAskWhetherInstancesAreUpWhereThatIsNotTheQuestion(Kind kind) {
		this.fixture.up(A);
		Shop shop = this.fixture.shop();
		this.fixture.each((link) -> link.behaviour = Behaviour.failing(kind, Outcome.NOT_SENT));
		String remedy = switch (kind) {
			case TOKEN -> "it is the TokenSource of this application that has to be mended.";
			case REFUSED -> "what refused the connection is said above.";
			default -> "compare ha-rpc.client.ssl here with ha-rpc.server.ssl there, and the certificates of both.";
		};
		assertThatThrownBy(() -> shop.find(1)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("it was " + kind)
			.hasMessageEndingWith(remedy);
	}

	@ParameterizedTest
	@EnumSource(value = Status.class, names = { "FORBIDDEN", "UNAUTHENTICATED" })
	void saysWhoDecidesWhoMayCall(Status status) {
		this.fixture.up(A);
		this.fixture.channels.next.add(Behaviour.refusing(status, millis(0)));
		assertThatThrownBy(() -> this.fixture.shop().find(1)).isInstanceOf(RpcRejectedException.class)
			.hasMessageContaining("says no")
			.hasMessageContaining("ha-rpc.server.authorization.rules")
			.hasMessageContaining("ha-rpc.client.authentication here");
	}

	@ParameterizedTest
	@EnumSource
	void asksForTheRightAddressWhereTheServiceIsMissing(Mode mode) {
		this.fixture.up(A);
		Shop shop = this.fixture.shop((settings) -> settings.withCalls((calls) -> calls.withMaxAttempts(1)));
		this.fixture.channels.next.add(Behaviour.refusing(Status.NO_SUCH_SERVICE, millis(0)));
		assertThatThrownBy(() -> mode.call(this.fixture, shop, false)).isInstanceOf(RpcNotStartedException.class)
			.hasMessageContaining(
					"are the addresses those of providers of this service, of the same version and group?");
	}

	@ParameterizedTest
	@EnumSource
	void saysThatTheMethodRanWhereItsAnswerCannotBeRead(Mode mode) {
		this.fixture.up(A, B);
		this.fixture.channels.next.add(Behaviour.returning(new byte[] { '{' }));
		assertThatThrownBy(() -> mode.call(this.fixture, this.fixture.shop(), false))
			.isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("The method ran, but its answer cannot be read here")
			.hasMessageContaining("different versions of the types")
			.hasMessageNotContaining("dempotent");
	}

	private void budget(double ratio, int minPerSecond) {
		this.fixture.resilience = ResilienceSettings.defaults()
			.withRetryBudget(new RetryBudget.Settings(ratio, minPerSecond));
		this.fixture.build((builder) -> builder);
		this.fixture.up(A, B, C);
	}

}
