package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.harpc.Outcome;
import io.harpc.RpcException;
import io.harpc.RpcNotSentException;
import io.harpc.RpcRemoteException;
import io.harpc.RpcUnknownOutcomeException;
import io.harpc.client.Broadcast.Result;
import io.harpc.client.ClientFixture.Mode;
import io.harpc.client.FakeChannels.Behaviour;
import io.harpc.client.Shop.OutOfStock;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Calls of all instances.
 */
class BroadcastTests {

	private static final String A = "10.0.0.1:1";

	private static final String B = "10.0.0.2:1";

	private static final String C = "10.0.0.3:1";

	private static final Behaviour NOT_SENT = Behaviour.failing(Kind.CONNECT, Outcome.NOT_SENT);

	private static final Behaviour LOST = Behaviour.failing(Kind.LOST, Outcome.UNKNOWN);

	private static final Behaviour HANGS = NOT_SENT.taking(Duration.ofHours(1));

	private final ClientFixture fixture = new ClientFixture();

	private final List<String> observed = new ArrayList<>();

	private Shop shop;

	@BeforeEach
	void start() {
		this.fixture.build((builder) -> builder
			.observer((side, service, method, headers) -> (outcome, error) -> this.observed.add(outcome.toString())));
		this.shop = this.fixture
			.shop((settings) -> settings.withCalls((calls) -> calls.withCluster(Cluster.BROADCAST)));
		this.fixture.up(A, B);
		this.fixture.up(C, "spare", 0);
	}

	@AfterEach
	void nothingIsLeft() {
		while (this.fixture.timing.runNext()) {
			// Whatever is still to come
		}
		assertThat(this.fixture.instances()).allSatisfy((instance) -> assertThat(instance.outstanding()).isZero());
		this.fixture.close();
	}

	@ParameterizedTest
	@EnumSource
	void reachesEveryInstance(Mode mode) throws Throwable {
		assertThat(mode.call(this.fixture, this.shop, false)).isIn(A, B, C);
		assertThat(this.fixture.channels.attempts).containsExactlyInAnyOrder(A, B, C);
		assertThat(this.observed).containsExactly("SUCCEEDED");
	}

	@Test
	void givesTheResultOfEach() throws Exception {
		this.fixture.channel(B).behaviour = Behaviour.throwing(new OutOfStock("no tea"));
		List<Result<String>> results = Broadcast.call(() -> this.shop.place("tea"));
		assertThat(results).hasSize(3).allSatisfy((result) -> {
			if (result.instance().toString().equals(B)) {
				assertThat(result.failure()).isInstanceOf(OutOfStock.class);
				assertThat(result.value()).isNull();
			}
			else {
				assertThat(result.value()).isEqualTo(result.instance().toString());
				assertThat(result.failure()).isNull();
			}
		});
		assertThat(Broadcast.current()).isNull();
		assertThat(this.observed).containsExactly("FAILED");
	}

	@Test
	void refusesToCollectWhereNothingWasCalledOnAll() {
		Shop ordinary = this.fixture.shop();
		assertThatIllegalStateException().isThrownBy(() -> Broadcast.call(() -> ordinary.find(1)))
			.withMessageContaining("expected: a call of a reference of cluster: broadcast");
	}

	@ParameterizedTest
	@EnumSource
	void namesEachInstanceThatFailed(Mode mode) {
		this.fixture.channel(A).behaviour = LOST;
		this.fixture.channel(C).behaviour = NOT_SENT;
		RpcException thrown = catchThrowableOfType(RpcException.class, () -> mode.call(this.fixture, this.shop, false));
		assertThat(thrown).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining(A + " UNKNOWN")
			.hasMessageContaining(C + " NOT_SENT")
			.hasMessageContaining("3 instances were called, and 2 of them failed. The others have run it.");
		assertThat(thrown.getSuppressed()).hasSize(2);
		assertThat(thrown.attempts()).hasSize(4);
		assertThat(this.observed).containsExactly("UNKNOWN");
	}

	@ParameterizedTest
	@EnumSource
	void ranNowhereWhereNothingWasSent(Mode mode) {
		this.fixture.each((channel) -> channel.behaviour = NOT_SENT);
		assertThatThrownBy(() -> mode.call(this.fixture, this.shop, false)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("The method ran nowhere.");
	}

	@ParameterizedTest
	@EnumSource
	void perhapsRanWhereOthersSucceeded(Mode mode) {
		this.fixture.channel(B).behaviour = NOT_SENT;
		assertThatThrownBy(() -> mode.call(this.fixture, this.shop, false))
			.isInstanceOf(RpcUnknownOutcomeException.class);
	}

	@ParameterizedTest
	@EnumSource
	void saysWhatTheMethodThrew(Mode mode) {
		this.fixture.channel(B).behaviour = Behaviour.throwing(new OutOfStock("no tea"));
		RpcRemoteException thrown = catchThrowableOfType(RpcRemoteException.class,
				() -> mode.call(this.fixture, this.shop, false));
		assertThat(thrown.remoteClassName()).isEqualTo(OutOfStock.class.getName());
		assertThat(thrown).hasMessageContaining(B + " FAILED");
		assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(OutOfStock.class);
	}

	@ParameterizedTest
	@EnumSource
	void triesAgainAtTheInstanceThatFailed(Mode mode) throws Throwable {
		this.fixture.channels.next.add(LOST);
		mode.call(this.fixture, this.shop, true);
		assertThat(this.fixture.channels.attempts).hasSize(4).containsOnly(A, B, C);
		assertThat(this.fixture.channels.attempts.subList(0, 3)).doesNotHaveDuplicates();
		assertThat(this.fixture.channels.attempts.get(3)).isEqualTo(this.fixture.channels.attempts.get(0));
	}

	@ParameterizedTest
	@EnumSource
	void anInstanceThatHangsEndsItAtTheDeadline(Mode mode) {
		this.fixture.channel(B).behaviour = HANGS;
		long begun = this.fixture.timing.nanoTime();
		assertThatThrownBy(() -> mode.call(this.fixture, this.shop, true))
			.isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining(B + " UNKNOWN");
		assertThat(this.fixture.timing.nanoTime() - begun).isBetween(Duration.ofMillis(3000).toNanos(),
				Duration.ofMillis(3020).toNanos());
		assertThat(this.fixture.channels.attempts).hasSize(3);
	}

	@ParameterizedTest
	@EnumSource
	void leavesOutWhoIsAboutToGo(Mode mode) throws Throwable {
		this.fixture.channel(A).draining = true;
		mode.call(this.fixture, this.shop, false);
		assertThat(this.fixture.channels.attempts).containsExactlyInAnyOrder(B, C);
	}

	@ParameterizedTest
	@EnumSource
	void failsWhereThereIsNobody(Mode mode) {
		this.fixture.down(A + "-1");
		this.fixture.down(B + "-1");
		this.fixture.down("spare");
		assertThatThrownBy(() -> mode.call(this.fixture, this.shop, false)).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("No instance of");
		assertThatThrownBy(() -> Broadcast.call(() -> this.shop.place("tea"))).isInstanceOf(RpcNotSentException.class);
		assertThat(this.observed).containsExactly("NOT_SENT", "NOT_SENT");
	}

	@Test
	void cancellingCancelsAll() {
		this.fixture.each((channel) -> channel.behaviour = HANGS);
		CompletableFuture<String> future = this.shop.findAsync(1);
		future.cancel(true);
		this.fixture.each((channel) -> assertThat(channel.cancelled).isOne());
		assertThat(this.observed).containsExactly("UNKNOWN");
	}

	@Test
	void anInterruptEndsAll() {
		this.fixture.each((channel) -> channel.behaviour = HANGS);
		this.fixture.timing.interruptNextSleep = true;
		this.fixture.timing.at(this.fixture.timing.nanoTime(), () -> {
		});
		assertThatThrownBy(() -> this.shop.find(1)).isInstanceOf(RpcUnknownOutcomeException.class)
			.hasMessageContaining("interrupted");
		assertThat(Thread.interrupted()).isTrue();
	}

}
