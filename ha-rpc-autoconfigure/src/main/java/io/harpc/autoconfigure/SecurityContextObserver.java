package io.harpc.autoconfigure;

import java.util.List;
import java.util.Map;

import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.Identity;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;

/**
 * Gives the thread that runs a handler the security context of whom the call is made for
 * in the end: an authentication by name, with an authority {@code ROLE_x} for each role,
 * or none where the caller has not proven who it is. The thread's former context is
 * restored.
 */
final class SecurityContextObserver implements CallObserver, CallObserver.Observed {

	private final SecurityContextHolderStrategy strategy;

	SecurityContextObserver(SecurityContextHolderStrategy strategy) {
		this.strategy = strategy;
	}

	@Override
	public Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers) {
		return (side == Side.SERVER) ? this : Observed.NOTHING;
	}

	@Override
	public Scope open() {
		CallContext call = CallContext.current();
		Identity identity = (call != null) ? call.effectiveIdentity() : null;
		SecurityContext former = this.strategy.getContext();
		SecurityContext context = this.strategy.createEmptyContext();
		if (identity != null) {
			context
				.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(identity, null, roles(identity)));
		}
		this.strategy.setContext(context);
		return () -> restore(former);
	}

	private static List<SimpleGrantedAuthority> roles(Identity identity) {
		return identity.roles().stream().map((role) -> new SimpleGrantedAuthority("ROLE_" + role)).toList();
	}

	private void restore(SecurityContext former) {
		if (former.getAuthentication() != null) {
			this.strategy.setContext(former);
		}
		else {
			this.strategy.clearContext();
		}
	}

	@Override
	public void end(Outcome outcome, @Nullable Throwable error) {
		// What came of the call is nothing to Spring Security.
	}

}
