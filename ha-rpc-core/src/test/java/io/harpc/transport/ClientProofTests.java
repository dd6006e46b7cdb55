package io.harpc.transport;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.function.Supplier;

import io.harpc.Outcome;
import io.harpc.security.ClientAuthentication.ByToken;
import io.harpc.transport.TransportException.Kind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Where a token is sent.
 */
class ClientProofTests {

	@ParameterizedTest
	@CsvSource({ "203.0.113.1, false, false", "203.0.113.1, true, true", "127.0.0.1, false, true", "::1, false, true" })
	void withoutTlsATokenLeavesTheMachineOnlyWhereThatIsAllowed(String host, boolean inPlainText, boolean sent)
			throws Exception {
		ClientProof proof = new ClientProof(new ByToken(() -> "t0ken", inPlainText));
		if (sent) {
			assertThat(new String(proof.hello(wire(host), 4096).array())).contains("t0ken");
		}
		else {
			TransportException failure = catchThrowableOfType(TransportException.class,
					() -> proof.hello(wire(host), 4096));
			assertThat(failure.kind()).isEqualTo(Kind.UNAUTHENTICATED);
			assertThat(failure).hasMessageContaining("ha-rpc.client.ssl.bundle").hasMessageNotContaining("t0ken");
		}
	}

	@Test
	void aSourceWithoutATokenIsNoFaultOfTheServer() {
		assertThat(failureOf(() -> {
			throw new IllegalStateException("503");
		})).hasMessage("the TokenSource failed: java.lang.IllegalStateException: 503");
		assertThat(failureOf(() -> null))
			.hasMessage("the TokenSource failed: java.lang.NullPointerException: it gave null");
	}

	private static TransportException failureOf(Supplier<@Nullable String> source) {
		TransportException failure = catchThrowableOfType(TransportException.class,
				() -> new ClientProof(new ByToken(source::get, false)));
		assertThat(failure.kind()).isEqualTo(Kind.TOKEN);
		assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
		return failure;
	}

	private static Wire wire(String host) {
		Socket socket = new Socket() {

			@Override
			public InetAddress getInetAddress() {
				try {
					return InetAddress.getByName(host);
				}
				catch (UnknownHostException ex) {
					throw new AssertionError(ex);
				}
			}

		};
		return new Wire(socket, InputStream.nullInputStream(), OutputStream.nullOutputStream(),
				ConnectionSecurity.NONE);
	}

}
