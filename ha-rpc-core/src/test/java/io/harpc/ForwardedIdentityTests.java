package io.harpc;

import java.util.Map;
import java.util.Set;

import io.harpc.CallObserver.Side;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ForwardedIdentity}; how a server reads what is not well formed,
 * {@code AccessControlTests} show.
 */
class ForwardedIdentityTests {

	private static final ServiceKey STOCK = new ServiceKey("stock", "", "");

	private static final Identity ANN = new Identity("ann, of Ω", Set.of("READER", "A,B"));

	private static final Identity GATE = new Identity("gate", Set.of());

	@Test
	void aCallMadeWhileServingAnotherSaysForWhomItIs() throws Exception {
		assertThat(ForwardedIdentity.read(headers(Side.CLIENT, ANN, null))).isEqualTo(ANN);
		assertThat(ForwardedIdentity.read(headers(Side.CLIENT, GATE, null))).isEqualTo(GATE);
	}

	@Test
	void theFirstCallerIsCarriedOnThroughAllThatFollow() throws Exception {
		assertThat(ForwardedIdentity.read(headers(Side.CLIENT, GATE, ANN))).isEqualTo(ANN);
	}

	@Test
	void nothingIsSaidWhereNobodyIsKnown() throws Exception {
		assertThat(headers(Side.CLIENT, null, null)).isEmpty();
		assertThat(headers(Side.SERVER, ANN, null)).isEmpty();
		assertThat(new ForwardedIdentity().begin(Side.CLIENT, STOCK, "find", Map.of()))
			.isSameAs(CallObserver.Observed.NOTHING);
		assertThat(ForwardedIdentity.read(Map.of("other", "x"))).isNull();
	}

	private static Map<String, String> headers(Side side, @Nullable Identity caller, @Nullable Identity original)
			throws Exception {
		CallContext serving = new CallContext(STOCK, "find()", "peer", Deadline.afterNanos(1_000_000_000), Map.of(),
				caller, original);
		return serving.call(() -> new ForwardedIdentity().begin(side, STOCK, "find", Map.of()).headers());
	}

}
