package io.harpc.hostile;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.harpc.CallObserver;
import io.harpc.RpcRemoteException;
import io.harpc.ServiceKey;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.serialization.Serializer;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a method returns or throws may fail at every question that is asked of it. Its
 * caller gets an answer all the same, short and without a word of what was decoded, and
 * the place of the call is free again: there is one, and each test calls twice.
 */
@Timeout(60)
class FailingAnswersIT {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final RpcServer server = new RpcServer(
			new RpcServerSettings(TransportServerSettings.defaults(0).withLimits(10, 1, 1 << 20), Serializer.json(),
					"localhost", "", Duration.ofSeconds(1), true),
			this.registry, this.executor, Thread::new, CallObserver.NONE);

	private Trouble trouble;

	@BeforeEach
	void start() {
		this.server.export(ServiceDescriptor.of(ServiceKey.of(Trouble.class), Trouble.class), new Bean(), 100);
		this.server.start();
		this.server.register();
		this.trouble = this.client.reference(ReferenceSettings.of(Trouble.class));
	}

	@AfterEach
	void theNextCallIsAnswered() {
		assertThat(this.trouble.echo("still here")).isEqualTo("still here");
		this.client.close();
		this.server.close();
		this.registry.close();
		this.executor.shutdownNow();
	}

	@Test
	void anExceptionThatCannotSayItsMessage() {
		assertThat(failure(() -> this.trouble.throwMute()).remoteClassName()).isEqualTo(Mute.class.getName());
		assertThat(failure(() -> this.trouble.throwMute()).remoteClassName()).isEqualTo(Mute.class.getName());
	}

	@Test
	void anExceptionThatOverflowsTheStack() {
		assertThat(failure(() -> this.trouble.throwEndless()).remoteClassName()).isEqualTo(Endless.class.getName());
	}

	@Test
	void anExceptionWithAMessageOfAHundredMegabytes() {
		assertThat(failure(() -> this.trouble.throwHuge())).message().contains("xxx").hasSizeLessThan(10_000);
	}

	@Test
	void aResultWhoseGetterThrowsWhatCannotSayItsMessage() {
		assertThat(failure(() -> this.trouble.muteResult())).hasMessageContaining("its answer cannot be written");
		assertThat(failure(() -> this.trouble.muteResult())).hasMessageContaining("its answer cannot be written");
	}

	@Test
	void aResultWhoseGetterOverflowsTheStack() {
		assertThat(failure(() -> this.trouble.endlessResult())).hasMessageContaining("its answer cannot be written");
	}

	@Test
	void aResultThatQuotesASecretInItsFailure() {
		assertThat(failure(() -> this.trouble.talkativeResult())).hasMessageContaining("its answer cannot be written")
			.message()
			.doesNotContain("s3cret");
	}

	@Test
	void aDeclaredExceptionWhoseFieldFailsKeepsItsMessage() {
		assertThatExceptionOfType(Declared.class).isThrownBy(() -> this.trouble.throwDeclared()).withMessage("said");
	}

	private static RpcRemoteException failure(Runnable call) {
		RpcRemoteException[] thrown = new RpcRemoteException[1];
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(call::run).satisfies((ex) -> thrown[0] = ex);
		return thrown[0];
	}

	interface Trouble {

		String echo(String text);

		void throwMute();

		void throwEndless();

		void throwHuge();

		void throwDeclared() throws Declared;

		MuteResult muteResult();

		EndlessResult endlessResult();

		TalkativeResult talkativeResult();

	}

	static final class Bean implements Trouble {

		@Override
		public String echo(String text) {
			return text;
		}

		@Override
		public void throwMute() {
			throw new Mute();
		}

		@Override
		public void throwEndless() {
			throw new Endless();
		}

		@Override
		public void throwHuge() {
			throw new IllegalStateException("x".repeat(100_000_000)) {

				private static final long serialVersionUID = 1L;

				/** Spares the log of this test. */
				@Override
				public StackTraceElement[] getStackTrace() {
					throw new IllegalStateException("not to be logged");
				}
			};
		}

		@Override
		public void throwDeclared() throws Declared {
			throw new Declared("said");
		}

		@Override
		public MuteResult muteResult() {
			return new MuteResult();
		}

		@Override
		public EndlessResult endlessResult() {
			return new EndlessResult();
		}

		@Override
		public TalkativeResult talkativeResult() {
			return new TalkativeResult();
		}

	}

	/** Fails at whatever it is asked. */
	static final class Mute extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			throw new Mute();
		}

		@Override
		public String toString() {
			throw new Mute();
		}

	}

	static final class Endless extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			return getMessage();
		}

	}

	static final class Declared extends Exception {

		private static final long serialVersionUID = 1L;

		Declared(String message) {
			super(message);
		}

		public int getCode() {
			return getCode();
		}

		public void setCode(int code) {
			// Makes it a field that travels.
		}

	}

	static final class MuteResult {

		public String getText() {
			throw new Mute();
		}

		public void setText(String text) {
			// Makes it a property that travels.
		}

	}

	static final class EndlessResult {

		public String getText() {
			return getText();
		}

		public void setText(String text) {
			// Makes it a property that travels.
		}

	}

	static final class TalkativeResult {

		public String getText() {
			throw new IllegalStateException("s3cret");
		}

		public void setText(String text) {
			// Makes it a property that travels.
		}

	}

}
