package io.harpc.autoconfigure.actuate;

import java.util.Locale;

import io.harpc.security.Scheme;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.Result;
import io.harpc.server.RpcServerSettings;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * Counts the connections that were accepted and refused, by what their clients said who
 * they are.
 */
final class AuthenticationMeters implements MeterBinder {

	static final String NAME = "ha.rpc.server.authentications";

	private final @Nullable ServerAuthentication authentication;

	AuthenticationMeters(@Nullable RpcServerSettings settings) {
		this.authentication = (settings != null) ? settings.transport().authentication() : null;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		if (this.authentication == null) {
			return;
		}
		for (Scheme scheme : Scheme.values()) {
			for (Result result : Result.values()) {
				FunctionCounter
					.builder(NAME, this.authentication, (authentication) -> authentication.count(scheme, result))
					.description("Connections whose clients have said who they are, or have not")
					.tag("scheme", scheme.name().toLowerCase(Locale.ROOT))
					.tag("result", result.name().toLowerCase(Locale.ROOT))
					.register(registry);
			}
		}
	}

}
