package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.harpc.IdempotentCall;
import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.client.ClientFixture.Mode;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.protocol.Status;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.harpc.client.ClientFixture.millis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What a key allows: a second try on the same run of the same server, and nowhere else.
 */
class KeyedCallTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final String C = "10.0.0.3:1";

	private static final Behaviour NOT_SENT = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private final ClientFixture fixture = new ClientFixture();

	private final List<Map<String, String>> sent = new ArrayList<>();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@ParameterizedTest
	@EnumSource
	void isTriedAgainWhereItPerhapsRan(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		meet(LOST, LOST);
		String answered = reserve(mode, shop, "k1");
		assertThat(this.fixture.channels.attempts).hasSize(3).containsOnly(answered);
		assertThat(this.fixture.timing.pauses).containsExactly(millis(50), millis(100));
		assertThat(this.sent.get(0)).containsOnly(Map.entry("idempotency-key", "k1"));
		assertThat(this.sent.get(1)).containsEntry("idempotency-key", "k1");
		assertThat(this.sent.get(1).get("idempotency-retry")).startsWith("first;");
		long ageMicros = Long.parseLong(this.sent.get(2).get("idempotency-retry").substring("first;".length()));
		assertThat(ageMicros).as("at most").isBetween(150_000L, 3_000_000L);
	}

	@ParameterizedTest
	@EnumSource
	void theKeyMayComeFromTheContext(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		meet(LOST);
		IdempotentCall.withKey("k2", () -> {
			assertThat(catchThrowable(() -> mode.call(this.fixture, shop, false))).isNull();
			return null;
		});
		assertThat(this.sent).allSatisfy((headers) -> assertThat(headers).containsEntry("idempotency-key", "k2"));
		assertThat(this.fixture.channels.attempts).hasSize(2);
		assertThat(IdempotentCall.currentKey()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void goesAnywhereAsLongAsItDidNotRun(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		meet(NOT_SENT, Behaviour.refusing(Status.BUSY, millis(0)));
		reserve(mode, shop, "k1");
		assertThat(this.fixture.channels.attempts).hasSize(3).doesNotHaveDuplicates();
		assertThat(this.sent).allSatisfy((headers) -> assertThat(headers).doesNotContainKey("idempotency-retry"));
	}

	@ParameterizedTest
	@EnumSource
	void staysWithTheInstanceAlsoWhereThatIsBusyLater(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		meet(LOST, Behaviour.refusing(Status.BUSY, millis(300)));
		String answered = reserve(mode, shop, "k1");
		assertThat(this.fixture.channels.attempts).hasSize(3).containsOnly(answered);
		assertThat(this.fixture.timing.pauses).containsExactly(millis(50), millis(300));
	}

	@ParameterizedTest
	@EnumSource
	void isNotTriedOnAnotherRunOfTheServer(Mode mode) {
		Shop shop = threeInstances();
		meet((attempted) -> {
			attempted.channel().incarnation = "second";
			return LOST.meet(attempted);
		});
		assertThatThrownBy(() -> reserve(mode, shop, "k1")).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("knows what came of the first attempt, and that process is gone.")
			.hasMessageContaining("The method perhaps ran. With its key it is tried again only on the same run")
			.hasMessageEndingWith("find out whether it took effect before you make it again.");
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void isNotTriedElsewhereWhereItsInstanceDrains(Mode mode) {
		Shop shop = threeInstances();
		meet((attempted) -> {
			attempted.channel().draining = true;
			return LOST.meet(attempted);
		});
		assertThatThrownBy(() -> reserve(mode, shop, "k1")).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("it cannot take the call");
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void isNotTriedAgainWhereTheServerCannotKnow(Mode mode) {
		Shop shop = threeInstances();
		meet(LOST, Behaviour.refusing(Status.NOT_REPLAYABLE, Duration.ZERO));
		RpcException thrown = catchThrowableOfType(RpcException.class, () -> reserve(mode, shop, "k1"));
		assertThat(thrown).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("the server does not know any more")
			.hasMessageEndingWith("Find out whether it took effect before you make it again.");
		assertThat(thrown.attempts()).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void perhapsRanWhereAnotherCallOfItsKeyDid(Mode mode) {
		Shop shop = threeInstances();
		meet(Behaviour.refusing(Status.NOT_REPLAYABLE, Duration.ZERO));
		assertThatThrownBy(() -> reserve(mode, shop, "k1")).isInstanceOf(RpcUnknownOutcomeException.class);
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void endsUnknownWhereTheRunOfTheServerIsNotKnown(Mode mode) {
		Shop shop = threeInstances();
		this.fixture.each((channel) -> channel.incarnation = "");
		meet(LOST);
		assertThatThrownBy(() -> reserve(mode, shop, "k1")).isInstanceOf(RpcUnknownOutcomeException.class);
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void anAnswerThatCannotBeReadIsNotAskedForAgain(Mode mode) {
		Shop shop = threeInstances();
		meet(Behaviour.returning(new byte[] { '{' }));
		assertThatThrownBy(() -> reserve(mode, shop, "k1")).hasMessageContaining("its answer cannot be read here");
		assertThat(this.fixture.channels.attempts).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void anIdempotentCallGoesAnywhereAndHasItsKeyAllTheSame(Mode mode) throws Throwable {
		Shop shop = threeInstances();
		meet(LOST, LOST);
		IdempotentCall.withKey("k1", () -> {
			assertThat(shop.find(1)).isIn(A, B, C);
			return null;
		});
		assertThat(this.fixture.channels.attempts).hasSize(3).doesNotHaveDuplicates();
		assertThat(this.sent).allSatisfy((headers) -> assertThat(headers).containsOnlyKeys("idempotency-key"));
	}

	@Test
	void aCallWithoutAKeyCarriesNone() throws Exception {
		Shop shop = threeInstances();
		this.fixture.channels.next.add((attempted) -> {
			this.sent.add(attempted.headers());
			return attempted.channel().succeed(attempted);
		});
		shop.reserve(null);
		assertThat(this.sent.get(0)).isEmpty();
	}

	@Test
	void refusesAKeyThatNoServerTakes() {
		Shop shop = threeInstances();
		assertThatIllegalArgumentException().isThrownBy(() -> shop.reserve("k".repeat(201)))
			.withMessage("idempotency key of 201 characters (expected: 1 to 200)");
		assertThatIllegalArgumentException().isThrownBy(() -> IdempotentCall.withKey("", () -> null))
			.withMessage("idempotency key of 0 characters (expected: 1 to 200)");
	}

	private Shop threeInstances() {
		this.fixture.up(A, B, C);
		return this.fixture.shop();
	}

	/** Keeps what the next attempts carry, and has them meet this. */
	private void meet(Behaviour... behaviours) {
		for (Behaviour behaviour : behaviours) {
			this.fixture.channels.next.add((attempted) -> {
				this.sent.add(attempted.headers());
				return behaviour.meet(attempted);
			});
		}
		this.fixture.channels.next.add((attempted) -> {
			this.sent.add(attempted.headers());
			return attempted.channel().succeed(attempted);
		});
	}

	private String reserve(Mode mode, Shop shop, String key) throws Throwable {
		if (mode == Mode.BLOCKING) {
			return shop.reserve(key);
		}
		CompletableFuture<String> future = shop.reserveAsync(key);
		while (!future.isDone() && this.fixture.timing.runNext()) {
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
