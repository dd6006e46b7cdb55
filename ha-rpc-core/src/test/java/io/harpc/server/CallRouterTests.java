package io.harpc.server;

import java.util.Map;

import io.harpc.CallObserver;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.MethodTable;
import io.harpc.method.ServiceDescriptor;
import io.harpc.resilience.CallGate;
import io.harpc.serialization.Serializer;
import io.harpc.transport.RefusedException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link CallRouter}.
 */
class CallRouterTests {

	private final ServiceDescriptor service = ServiceDescriptor.of(ServiceKey.of(Echo.class), Echo.class);

	private final MethodDescriptor method = this.service.methods().get(0);

	private final MethodHandler handler = new MethodHandler(
			new AccessControl(AuthorizationSettings.NONE, Map.of(), true).of(this.method), (Echo) (text) -> text,
			Serializer.json().forMethod(this.method),
			new ServerContext(CallObserver.NONE, false, new LoadMonitor(null, () -> null),
					new ReplayCache(ReplaySettings.defaults(), "this", System::nanoTime)),
			CallGate.OPEN);

	private final CallRouter router = new CallRouter(new MethodTable<>(Map.of(this.method, this.handler)));

	@Test
	void findsTheHandlerOfAMethod() throws Exception {
		assertThat(this.router.route(this.method.id())).isSameAs(this.handler);
	}

	@Test
	void aMethodThatIsNotThereIsRefusedForGood() {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> this.router.route(this.method.id() + 1))
			.withMessageContaining("no such method");
	}

	@Test
	void aServiceThatIsNotHereMayBeElsewhere() {
		assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> this.router.route(~this.method.id()))
			.withMessageContaining("does not have the service");
	}

	interface Echo {

		String echo(String text);

	}

}
