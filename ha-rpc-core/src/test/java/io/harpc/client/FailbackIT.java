package io.harpc.client;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.Idempotent;
import io.harpc.RpcNotSentException;
import io.harpc.RpcRemoteException;
import io.harpc.ServiceKey;
import io.harpc.failback.FailbackSettings;
import io.harpc.failback.FailbackStatus;
import io.harpc.faults.FaultProxy;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Calls that are kept on disk and made later, to a real server, by consumers that are
 * killed.
 */
@Timeout(90)
class FailbackIT {

	@TempDir
	private Path directory;

	private final ExecutorService handlers = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final Events events = new Events();

	private @Nullable RpcServer server;

	private @Nullable RpcClient client;

	@AfterEach
	void close() {
		this.events.open.countDown();
		if (this.client != null) {
			this.client.close();
		}
		if (this.server != null) {
			this.server.close();
		}
		this.registry.close();
		this.handlers.shutdownNow();
	}

	@Test
	void isMadeAsSoonAsThereIsAProvider() throws Exception {
		int port = start(0).port();
		Objects.requireNonNull(this.server).close();
		Log log = log(new Address("127.0.0.1", port));
		for (int i = 0; i < 20; i++) {
			log.append(i);
		}
		assertThat(this.events.all()).isEmpty();
		start(port);
		eventually(() -> assertThat(this.events.all()).containsExactly(IntStream.range(0, 20).toArray()));
		eventually(() -> assertThat(status().delivered()).isEqualTo(20));
		assertThat(status().pending()).containsEntry("log", 0);
		assertThat(status().oldest()).isNull();
	}

	@Test
	void methodsWithAResultAreCalledAtOnce() throws Exception {
		assertThat(log(start(0)).size()).isZero();
	}

	@Test
	void aConnectionThatIsLostWhileTheMethodRunsDoesNotRunItTwice() throws Exception {
		try (FaultProxy proxy = new FaultProxy(start(0))) {
			Log log = log(proxy.address());
			assertThat(log.size()).isZero();
			this.events.whenAppended = proxy::resetAll;
			for (int i = 0; i < 5; i++) {
				log.append(i);
			}
			eventually(() -> assertThat(status().delivered()).isEqualTo(5));
			assertThat(this.events.all()).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
		}
	}

	@Test
	void aConsumerThatIsKilledDeliversWhatItKeptAndNothingTwice() throws Exception {
		Address address = start(0);
		this.events.hold = true;
		Process consumer = startConsumer(address, 30);
		try (BufferedReader out = new BufferedReader(
				new InputStreamReader(consumer.getInputStream(), StandardCharsets.UTF_8))) {
			assertThat(out.lines().filter("kept 29"::equals).findFirst()).isPresent();
		}
		eventually(() -> assertThat(this.events.begun()).isEqualTo(1));
		consumer.destroyForcibly().waitFor();
		this.events.open.countDown();
		log(address);
		eventually(() -> assertThat(status().delivered()).isEqualTo(30));
		assertThat(this.events.all()).containsExactly(IntStream.range(0, 30).toArray());
	}

	@Test
	void whatPerhapsRanOnAServerThatIsGoneIsNotRunElsewhere() throws Exception {
		Address address = start(0);
		this.events.hold = true;
		Log log = log(address);
		log.append(1);
		eventually(() -> assertThat(this.events.begun()).isEqualTo(1));
		Objects.requireNonNull(this.client).close();
		this.events.open.countDown();
		Objects.requireNonNull(this.server).close();
		start(address.port());
		log(address).append(2);
		eventually(() -> assertThat(status().delivered()).isEqualTo(1));
		assertThat(this.events.all()).containsOnlyOnce(1).endsWith(2);
		assertThat(status().pending()).containsEntry("log", 1);
		assertThat(status().lastError()).contains("perhaps ran");
	}

	@Test
	void whatTheMethodThrowsEndsItUnlessItMayRunTwice() throws Exception {
		Log log = log(start(0));
		log.fail("once");
		eventually(() -> assertThat(status().lost()).isEqualTo(1));
		assertThat(status().lastError()).contains("fail(java.lang.String)", "ended FAILED");
		log.failTwice("again");
		eventually(() -> assertThat(status().delivered()).isEqualTo(1));
	}

	@Test
	void aFullJournalRefusesAndTheFallbackAnswers() {
		FailbackSettings one = new FailbackSettings(this.directory, Duration.ofHours(1), 1, 1000, Duration.ofMillis(50),
				Duration.ofMillis(200));
		build(one);
		Log log = reference(new Address("127.0.0.1", 1), null);
		log.append(1);
		assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> log.append(2))
			.withMessageContaining("1 calls wait in it (max-entries: 1)");
		Events offline = new Events();
		reference(new Address("127.0.0.1", 1), offline).append(3);
		assertThat(offline.all()).containsExactly(3);
	}

	@Test
	void withoutADirectoryThereIsNoSuchReference() {
		this.client = RpcClient.builder(this.registry).build();
		assertThatIllegalArgumentException().isThrownBy(() -> reference(new Address("127.0.0.1", 1), null))
			.withMessage("reference log: cluster: failback (expected: ha-rpc.client.failback.directory, where its"
					+ " calls are kept)");
	}

	@Test
	void otherReferencesNeedNoDirectory() throws Exception {
		Address address = start(0);
		this.client = RpcClient.builder(this.registry).build();
		Log log = this.client.reference(ReferenceSettings.of(Log.class).withAddresses(List.of(address)));
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(() -> log.fail("at once"));
		assertThat(this.client.failback()).isNull();
	}

	private Address start(int port) throws IOException {
		RpcServer started = new RpcServer(RpcServerSettings.defaults(port), this.registry, this.handlers, Thread::new,
				CallObserver.NONE);
		started.export(ServiceDescriptor.of(ServiceKey.of(Log.class), Log.class), this.events, 100);
		started.start();
		this.server = started;
		return Objects.requireNonNull(started.address());
	}

	private Log log(Address address) {
		build(settings(this.directory));
		return reference(address, null);
	}

	private void build(FailbackSettings settings) {
		this.client = RpcClient.builder(this.registry).failback(settings).build();
	}

	private Log reference(Address address, @Nullable Log fallback) {
		ReferenceSettings<Log> settings = settings(address);
		return Objects.requireNonNull(this.client)
			.reference((fallback != null) ? settings.withFallback(fallback) : settings);
	}

	private FailbackStatus status() {
		return Objects.requireNonNull(Objects.requireNonNull(this.client).failback());
	}

	private Process startConsumer(Address address, int calls) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-cp",
				System.getProperty("java.class.path"), Consumer.class.getName(), this.directory.toString(),
				address.toString(), String.valueOf(calls))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
	}

	private static ReferenceSettings<Log> settings(Address address) {
		return ReferenceSettings.of(Log.class)
			.withAddresses(List.of(address))
			.withCalls((calls) -> calls.withCluster(Cluster.FAILBACK));
	}

	private static FailbackSettings settings(Path directory) {
		return new FailbackSettings(directory, Duration.ofHours(1), 100, 100_000, Duration.ofMillis(50),
				Duration.ofMillis(200));
	}

	/** The service. */
	public interface Log {

		void append(int event);

		void fail(String why);

		@Idempotent
		void failTwice(String why);

		int size();

	}

	/** Remembers what it ran. */
	private static final class Events implements Log {

		/** Guarded by this. */
		private int[] appended = {};

		private int begun;

		private int failures;

		final CountDownLatch open = new CountDownLatch(1);

		volatile boolean hold;

		volatile Runnable whenAppended = () -> {
		};

		@Override
		public void append(int event) {
			synchronized (this) {
				this.begun++;
				this.appended = Arrays.copyOf(this.appended, this.appended.length + 1);
				this.appended[this.appended.length - 1] = event;
			}
			this.whenAppended.run();
			if (this.hold) {
				try {
					this.open.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

		@Override
		public void fail(String why) {
			throw new IllegalStateException(why);
		}

		@Override
		public synchronized void failTwice(String why) {
			if (this.failures++ < 2) {
				throw new IllegalStateException(why);
			}
		}

		@Override
		public synchronized int size() {
			return this.appended.length;
		}

		synchronized int[] all() {
			return this.appended.clone();
		}

		synchronized int begun() {
			return this.begun;
		}

	}

	/** Makes calls, says so, and waits to be killed. */
	static final class Consumer {

		public static void main(String[] args) throws InterruptedException {
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
			RpcClient client = RpcClient.builder(new InMemoryRegistry()).failback(settings(Path.of(args[0]))).build();
			Log log = client.reference(settings(Address.parse(args[1])));
			for (int i = 0; i < Integer.parseInt(args[2]); i++) {
				log.append(i);
				out.println("kept " + i);
			}
			new CountDownLatch(1).await();
		}

	}

}
