package io.harpc.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import io.harpc.Deadline;
import io.harpc.Outcome;
import io.harpc.RpcNotSentException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.ServiceKey;
import io.harpc.client.ClientFixture.Mode;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The modes of a reference, and what answers instead of a failure.
 */
class ClusterTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final Behaviour NOT_SENT = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private final ClientFixture fixture = new ClientFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void aModeIsKnownByItsName() {
		assertThat(Cluster.named("failfast")).isEqualTo(Cluster.FAILFAST).hasToString("failfast");
		assertThatIllegalArgumentException().isThrownBy(() -> Cluster.named("best"))
			.withMessage(
					"cluster: 'best' (expected: one of failover, failfast, failsafe, failback, hedged, broadcast)");
	}

	@ParameterizedTest
	@EnumSource
	void failfastMakesOneAttempt(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = shop(Cluster.FAILFAST);
		this.fixture.channels.next.add(NOT_SENT);
		assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(RpcNotSentException.class);
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void failsafeTriesAgainAndThenReturnsNothing(Mode mode) throws Throwable {
		List<Outcome> seen = new ArrayList<>();
		this.fixture.build((builder) -> builder
			.observer((side, service, method, headers) -> (outcome, error) -> seen.add(outcome)));
		this.fixture.up(A, B);
		Shop shop = shop(Cluster.FAILSAFE);
		this.fixture.each((channel) -> channel.behaviour = LOST);
		assertThat(mode.call(this.fixture, shop, true)).isNull();
		assertThat(this.fixture.channels.attempts).hasSize(3);
		assertThat(seen).containsExactly(Outcome.UNKNOWN);
	}

	@ParameterizedTest
	@EnumSource
	void failsafeThrowsWhatTheMethodDeclares(Mode mode) {
		this.fixture.up(A);
		this.fixture.channels.next.add(Behaviour.throwing(new OutOfStock("no tea")));
		assertThatThrownBy(() -> mode.call(this.fixture, shop(Cluster.FAILSAFE), false)).isInstanceOf(OutOfStock.class);
	}

	@Test
	void nothingIsZeroOrEmptyWhereNullWouldHurt() {
		assertThat(nothing("count")).isEqualTo(0L);
		assertThat(nothing("ready")).isEqualTo(false);
		assertThat(nothing("letter")).isEqualTo('\0');
		assertThat(nothing("optional")).isEqualTo(Optional.empty());
		assertThat(nothing("list")).isEqualTo(List.of());
		assertThat(nothing("set")).isEqualTo(Set.of());
		assertThat(nothing("map")).isEqualTo(Map.of());
		assertThat(nothing("array")).isEqualTo(new int[0]);
		assertThat(nothing("later")).isEqualTo(List.of());
		assertThat(nothing("text")).isNull();
		assertThat(nothing("boxed")).isNull();
		assertThat(nothing("run")).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void theFallbackAnswersWhereTheCallFails(Mode mode) throws Throwable {
		this.fixture.up(A);
		Shop shop = this.fixture.shop((settings) -> settings.withFallback(new Offline()));
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo(A);
		this.fixture.channel(A).behaviour = LOST;
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo("offline");
		this.fixture.channel(A).behaviour = Behaviour.throwing(new IllegalStateException("broken"));
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo("offline");
	}

	@ParameterizedTest
	@EnumSource
	void theFallbackIsNotAskedWhereTheMethodThrewWhatItDeclares(Mode mode) {
		this.fixture.up(A);
		Shop shop = this.fixture.shop((settings) -> settings.withFallback(new Offline()));
		this.fixture.channels.next.add(Behaviour.throwing(new OutOfStock("no tea")));
		assertThatThrownBy(() -> mode.call(this.fixture, shop, true)).isInstanceOf(OutOfStock.class);
	}

	@ParameterizedTest
	@EnumSource
	void aFallbackThatFailsTellsOfTheCallThatFailed(Mode mode) {
		this.fixture.up(A);
		Shop shop = this.fixture.shop((settings) -> settings.withFallback(new Offline()));
		this.fixture.channels.next.add(LOST);
		Throwable thrown = catchThrowable(() -> mode.call(this.fixture, shop, false));
		assertThat(thrown).isInstanceOf(UnsupportedOperationException.class);
		assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(RpcUnknownOutcomeException.class);
	}

	@Test
	void aFallbackIsNotAskedForACallThatWasCancelled() {
		this.fixture.up(A);
		Offline fallback = new Offline();
		Shop shop = this.fixture.shop((settings) -> settings.withFallback(fallback));
		this.fixture.channels.next.add(NOT_SENT);
		CompletableFuture<String> future = shop.findAsync(1);
		future.cancel(false);
		this.fixture.timing.runNext();
		assertThat(future).isCancelled();
		assertThat(fallback.asked).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void aStickyReferenceStaysWithTheInstanceThatAnsweredWhileItCan(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = this.fixture.shop((settings) -> settings.withSticky(true));
		String first = mode.call(this.fixture, shop, true);
		for (int i = 0; i < 5; i++) {
			assertThat(mode.call(this.fixture, shop, true)).isEqualTo(first);
		}
		String other = first.equals(A) ? B : A;
		this.fixture.channel(first).connected = false;
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo(other);
		this.fixture.channel(first).connected = true;
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo(other);
		this.fixture.channels.next.add(NOT_SENT);
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo(first);
		this.fixture.down(first + "-1");
		assertThat(mode.call(this.fixture, shop, true)).isEqualTo(other);
	}

	@ParameterizedTest
	@EnumSource
	void anAttemptEndsByItsOwnTimeout(Mode mode) throws Throwable {
		this.fixture.up(A, B);
		Shop shop = shop((calls) -> calls.withAttemptTimeout(millis(300)));
		this.fixture.channels.next.add((attempted) -> {
			Deadline deadline = attempted.deadline();
			assertThat(deadline.nanoTime() - this.fixture.timing.nanoTime()).isBetween(millis(298).toNanos(),
					millis(300).toNanos());
			return Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN)
				.after(this.fixture.timing, millis(299))
				.meet(attempted);
		});
		assertThat(mode.call(this.fixture, shop, true)).isIn(A, B);
		assertThat(this.fixture.channels.attempts).hasSize(2).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@EnumSource
	void aCallThatPerhapsRanEndsWithItsAttempt(Mode mode) {
		this.fixture.up(A, B);
		Shop shop = shop((calls) -> calls.withAttemptTimeout(millis(300)));
		this.fixture.channels.next
			.add(Behaviour.failing(Kind.TIMEOUT, Outcome.UNKNOWN).after(this.fixture.timing, millis(299)));
		assertThatThrownBy(() -> mode.call(this.fixture, shop, false)).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("ended UNKNOWN after 300 of 3000 ms")
			.hasMessageContaining("it was TIMEOUT, which attempt-timeout set")
			.hasMessageContaining("not tried again");
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@Test
	void refusesWhatCannotWorkWhenTheReferenceIsMade() {
		refused(Shop.class, (settings) -> settings.withSticky(true), Cluster.BROADCAST,
				"sticky with cluster: broadcast (expected: one of them)");
		refused(Shop.class, (settings) -> settings.withFallback(new Offline()), Cluster.FAILSAFE,
				"fallback with cluster: failsafe");
		refused(Shop.class, UnaryOperator.identity(), Cluster.FAILBACK,
				"cluster: failback (expected: a method without");
		refused(Shop.class, (settings) -> settings.withCalls((calls) -> calls.withMaxAttempts(1)), Cluster.HEDGED,
				"max-attempts: 1 (expected: at least 2)");
		refused(Plain.class, UnaryOperator.identity(), Cluster.HEDGED,
				"reference plain to " + Plain.class.getName()
						+ ": cluster: hedged (expected: a method that may run twice, marked by @Idempotent or named in"
						+ " ha-rpc.client.references.plain.idempotent)");
		assertThat(this.fixture.client.references()).isEmpty();
	}

	private <T> void refused(Class<T> type, UnaryOperator<ReferenceSettings<T>> change, Cluster cluster,
			String message) {
		ReferenceSettings<T> settings = change.apply(ReferenceSettings.of(type))
			.withCalls((calls) -> calls.withCluster(cluster));
		assertThatIllegalArgumentException().isThrownBy(() -> this.fixture.client.reference(settings))
			.withMessageContaining(message);
	}

	private Shop shop(Cluster cluster) {
		return shop((calls) -> calls.withCluster(cluster));
	}

	private Shop shop(UnaryOperator<CallSettings> change) {
		return this.fixture.shop((settings) -> settings.withCalls(change));
	}

	private static @Nullable Object nothing(String name) {
		MethodDescriptor method = ServiceDescriptor.of(ServiceKey.of(Results.class), Results.class)
			.methods()
			.stream()
			.filter((candidate) -> candidate.name().equals(name))
			.findAny()
			.orElseThrow();
		return new ReferenceMethod(null, method, false, Map.of(), null).nothing();
	}

	/** Has every kind of result. */
	interface Results {

		long count();

		boolean ready();

		char letter();

		Optional<String> optional();

		List<String> list();

		Set<String> set();

		Map<String, String> map();

		int[] array();

		CompletableFuture<List<String>> later();

		String text();

		Integer boxed();

		void run();

	}

	/** Has nothing that may run twice. */
	interface Plain {

		String place(String order);

	}

	/** Answers without the service. */
	private static final class Offline implements Shop {

		int asked;

		@Override
		public String place(String order) {
			throw new UnsupportedOperationException("not offline");
		}

		@Override
		public String find(long id) {
			this.asked++;
			return "offline";
		}

		@Override
		public CompletableFuture<String> placeAsync(String order) {
			return CompletableFuture.completedFuture(order).thenApply((text) -> {
				throw new UnsupportedOperationException("not offline");
			});
		}

		@Override
		public CompletableFuture<String> findAsync(long id) {
			return CompletableFuture.completedFuture(find(id));
		}

	}

}
