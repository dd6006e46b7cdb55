package io.harpc.autoconfigure;

import java.util.Map;
import java.util.Set;

import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.CallObserver.Side;
import io.harpc.Deadline;
import io.harpc.Identity;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SecurityContextObserver}.
 */
class SecurityContextObserverTests {

	private static final ServiceKey SHOP = new ServiceKey("shop", "", "");

	private static final Identity ANN = new Identity("ann", Set.of("READER", "WRITER"));

	private static final Identity GATE = new Identity("gate", Set.of());

	private final SecurityContextHolderStrategy strategy = SecurityContextHolder.getContextHolderStrategy();

	private final SecurityContextObserver observer = new SecurityContextObserver(this.strategy);

	@AfterEach
	void clear() {
		this.strategy.clearContext();
	}

	@Test
	void aHandlerRunsForItsCaller() throws Exception {
		Authentication seen = during(ANN, null);
		assertThat(seen).isNotNull();
		assertThat(seen.getName()).isEqualTo("ann");
		assertThat(seen.getPrincipal()).isEqualTo(ANN);
		assertThat(seen.isAuthenticated()).isTrue();
		assertThat(seen.getAuthorities()).extracting(GrantedAuthority::getAuthority)
			.containsExactlyInAnyOrder("ROLE_READER", "ROLE_WRITER");
		assertThat(this.strategy.getContext().getAuthentication()).isNull();
	}

	@Test
	void aHandlerRunsForWhomTheCallIsMadeInTheEnd() throws Exception {
		assertThat(during(GATE, ANN)).extracting(Authentication::getName).isEqualTo("ann");
	}

	@Test
	void whatTheThreadHadBeforeIsNotSeenAndComesBack() throws Exception {
		Authentication former = new TestingAuthenticationToken("former", null, "ROLE_ADMIN");
		this.strategy.setContext(new SecurityContextImpl(former));
		assertThat(during(null, null)).as("nobody is known").isNull();
		assertThat(during(ANN, null)).extracting(Authentication::getName).isEqualTo("ann");
		assertThat(this.strategy.getContext().getAuthentication()).isSameAs(former);
	}

	@Test
	void aClientsCallChangesNothing() {
		assertThat(this.observer.begin(Side.CLIENT, SHOP, "find", Map.of())).isSameAs(CallObserver.Observed.NOTHING);
	}

	private @Nullable Authentication during(@Nullable Identity caller, @Nullable Identity original) throws Exception {
		CallContext call = new CallContext(SHOP, "find()", "peer", Deadline.afterNanos(1_000_000_000), Map.of(), caller,
				original);
		return call.call(() -> {
			CallObserver.Scope scope = this.observer.begin(Side.SERVER, SHOP, "find", Map.of()).open();
			Authentication seen = this.strategy.getContext().getAuthentication();
			scope.close();
			return seen;
		});
	}

}
