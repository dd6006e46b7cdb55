package io.harpc.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.CertificateAuthority.Certified;
import io.harpc.certificates.Contexts;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.client.RpcClientSettings;
import io.harpc.registry.Registry;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Client and server of one application over mutual TLS, by SSL bundles whose files
 * change.
 */
@Timeout(240)
@ExtendWith(OutputCaptureExtension.class)
class EncryptionIT {

	private static final CertificateAuthority AUTHORITY = new CertificateAuthority("tests");

	@TempDir
	private Path files;

	private ApplicationContextRunner runner;

	@BeforeEach
	void write() throws Exception {
		Contexts.writeAuthority(AUTHORITY, this.files.resolve("ca.crt"));
		rotate(0);
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, RpcRegistryAutoConfiguration.class,
					RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class))
			.withPropertyValues("ha-rpc.registry.type=in-memory", "ha-rpc.server.port=0",
					"ha-rpc.server.advertised-host=localhost", "ha-rpc.client.connect-timeout=20s",
					"ha-rpc.client.timeout=20s", "spring.ssl.bundle.watch.file.quiet-period=100ms")
			.withPropertyValues(bundle("server"))
			.withPropertyValues(bundle("client"));
	}

	@Test
	void callsOverMutualTlsWithTheProtocolOfTheBundle(CapturedOutput output) {
		encrypted()
			.withPropertyValues("spring.ssl.bundle.pem.server.options.enabled-protocols=TLSv1.3",
					"spring.ssl.bundle.pem.server.options.ciphers=TLS_AES_128_GCM_SHA256")
			.run((context) -> {
				accept(context);
				assertThat(context.getBean(RpcServerSettings.class)
					.transport()
					.encryption()
					.get()
					.parameters()
					.getCipherSuites()).containsExactly("TLS_AES_128_GCM_SHA256");
				assertThat(context.getBean(Caller.class).greeter.greet("TLS")).isEqualTo("Hello, TLS");
				assertThat(context.getBean(RpcClient.class).references().get(0).instances().get(0).instance().tls())
					.isTrue();
				assertThat(output).doesNotContain("without TLS");
			});
	}

	@Test
	void saysOnceThatOthersCanListenIn(CapturedOutput output) {
		this.runner.withUserConfiguration(Both.class).run((context) -> {
			accept(context);
			assertThat(context.getBean(Caller.class).greeter.greet("all")).isEqualTo("Hello, all");
			assertThat(output.toString().split("Others than this machine can connect without TLS")).hasSize(2);
		});
	}

	@Test
	void refusesToStartWithoutEncryptionWhereThatIsRequired() {
		ApplicationContextRunner required = this.runner.withUserConfiguration(Both.class)
			.withPropertyValues("ha-rpc.server.ssl.required=true");
		fails(required, "ha-rpc.server.ssl.required is true");
		fails(required.withPropertyValues("ha-rpc.server.ssl.bundle=server", "ha-rpc.server.ssl.accept-plain=true"),
				"ha-rpc.server.ssl.required is true");
		required.withPropertyValues("ha-rpc.server.address=127.0.0.1")
			.run((context) -> assertThat(context).hasNotFailed());
		required.withPropertyValues("ha-rpc.server.ssl.bundle=server")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void saysWhatIsWrongWithABundle() {
		ApplicationContextRunner both = this.runner.withUserConfiguration(Both.class);
		fails(both.withPropertyValues("ha-rpc.server.ssl.bundle=srever"),
				"ha-rpc.server.ssl.bundle is srever, and there is no SSL bundle of that name");
		fails(both.withPropertyValues("ha-rpc.client.ssl.bundle=cleint"), "ha-rpc.client.ssl.bundle is cleint");
		fails(both.withPropertyValues("ha-rpc.client.ssl.bundle="), "ha-rpc.client.ssl.bundle is empty");
		fails(both.withPropertyValues("ha-rpc.server.ssl.bundle=gone",
				"spring.ssl.bundle.pem.gone.keystore.certificate=file:" + this.files.resolve("gone.crt")),
				"ha-rpc.server.ssl.bundle is gone, and the bundle cannot be read");
		fails(both.withPropertyValues("ha-rpc.client.references.greeter.ssl.bundle=cleint"),
				"ha-rpc.client.references.greeter.ssl.bundle is cleint");
		fails(both.withPropertyValues("ha-rpc.server.ssl.client-auth=need"), "but no bundle");
		fails(both.withPropertyValues("ha-rpc.server.ssl.accept-plain=true"), "but no bundle");
		fails(encrypted().withPropertyValues("spring.ssl.bundle.pem.server.options.enabled-protocols=TLSv1.1"),
				"[TLSv1.1] (expected: some of [TLSv1.3, TLSv1.2])");
		String keys = "spring.ssl.bundle.pem.keys.keystore.";
		fails(this.runner.withUserConfiguration(Both.class)
			.withPropertyValues("ha-rpc.server.ssl.bundle=keys", "ha-rpc.server.ssl.client-auth=need",
					keys + "certificate=file:" + this.files.resolve("server.crt"),
					keys + "private-key=file:" + this.files.resolve("server.key")),
				"does not say whose certificates to accept");
		fails(this.runner.withUserConfiguration(Both.class)
			.withPropertyValues("ha-rpc.server.ssl.bundle=trust",
					"spring.ssl.bundle.pem.trust.truststore.certificate=file:" + this.files.resolve("ca.crt")),
				"which has no certificate to show");
	}

	@Test
	void aReferenceHasABundleOfItsOwn() {
		this.runner.withUserConfiguration(Both.class)
			.withPropertyValues("ha-rpc.server.ssl.bundle=server", "ha-rpc.server.ssl.client-auth=need",
					"ha-rpc.client.references.greeter.ssl.bundle=client")
			.run((context) -> {
				accept(context);
				assertThat(context.getBean(Caller.class).greeter.greet("one")).isEqualTo("Hello, one");
			});
	}

	/**
	 * Certificates of both sides are replaced every second, while connections are made
	 * all the time: for some seconds, or for as many as the property rotation.seconds
	 * says.
	 */
	@Test
	void certificatesThatAreReplacedFailNoCall() {
		encrypted().run((context) -> {
			accept(context);
			Greeter steady = context.getBean(Caller.class).greeter;
			AtomicBoolean stop = new AtomicBoolean();
			AtomicInteger calls = new AtomicInteger();
			AtomicInteger connections = new AtomicInteger();
			ExecutorService callers = Executors.newCachedThreadPool();
			List<Future<?>> running = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				running.add(callers.submit(() -> {
					while (!stop.get()) {
						assertThat(steady.greet("a")).isEqualTo("Hello, a");
						calls.incrementAndGet();
						LockSupport.parkNanos(500_000);
					}
				}));
				running.add(callers.submit(() -> {
					while (!stop.get()) {
						try (RpcClient client = newClient(context.getBean(Registry.class),
								context.getBean(RpcClientSettings.class))) {
							Greeter fresh = client.reference(ReferenceSettings.of(Greeter.class));
							assertThat(fresh.greet("b")).isEqualTo("Hello, b");
						}
						connections.incrementAndGet();
						LockSupport.parkNanos(10_000_000);
					}
				}));
			}
			int rotations = rotateFor(Integer.getInteger("rotation.seconds", 5));
			stop.set(true);
			for (Future<?> one : running) {
				one.get(30, TimeUnit.SECONDS);
			}
			callers.shutdown();
			LoggerFactory.getLogger(EncryptionIT.class)
				.info("Rotations: {}, connections: {}, calls on the same: {}", rotations, connections, calls);
			assertThat(connections).hasValueGreaterThan(10);
			assertThat(context.getBean(RpcServer.class).connections()).isPositive();
		});
	}

	private static void accept(ApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	private int rotateFor(int seconds) throws Exception {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		int rotations = 0;
		while (System.nanoTime() - end < 0) {
			rotate(++rotations);
			LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
		}
		return rotations;
	}

	private void rotate(int number) throws IOException, GeneralSecurityException {
		for (String name : List.of("server", "client")) {
			Certified certified = AUTHORITY.issue(name + "-" + number, "localhost");
			// Two files, of which a reload may see one new and the other old.
			Contexts.writeChain(certified, this.files.resolve(name + ".crt"));
			Contexts.writeKey(certified, this.files.resolve(name + ".key"));
		}
	}

	private static RpcClient newClient(Registry registry, RpcClientSettings settings) {
		return RpcClient.builder(registry)
			.settings(settings)
			.transport(new TransportClient(
					TransportClientSettings.defaults().withConnections(1).withConnectTimeout(Duration.ofSeconds(20)),
					Thread::new))
			.build();
	}

	private ApplicationContextRunner encrypted() {
		return this.runner.withUserConfiguration(Both.class)
			.withPropertyValues("ha-rpc.server.ssl.bundle=server", "ha-rpc.server.ssl.client-auth=need",
					"ha-rpc.client.ssl.bundle=client");
	}

	private String[] bundle(String name) {
		String prefix = "spring.ssl.bundle.pem." + name + ".";
		return new String[] { prefix + "reload-on-update=true", prefix + "keystore.verify-keys=true",
				prefix + "keystore.certificate=file:" + this.files.resolve(name + ".crt"),
				prefix + "keystore.private-key=file:" + this.files.resolve(name + ".key"),
				prefix + "truststore.certificate=file:" + this.files.resolve("ca.crt") };
	}

	private static void fails(ApplicationContextRunner runner, String message) {
		runner.run((context) -> {
			assertThat(context).hasFailed();
			StringBuilder all = new StringBuilder();
			for (Throwable ex = context.getStartupFailure(); ex != null; ex = ex.getCause()) {
				all.append(ex.getMessage()).append('\n');
			}
			assertThat(all).contains(message);
		});
	}

	/** The service. */
	public interface Greeter {

		String greet(String whom);

	}

	@RpcService
	static class GreeterBean implements Greeter {

		@Override
		public String greet(String whom) {
			return "Hello, " + whom;
		}

	}

	static class Caller {

		@RpcReference
		Greeter greeter;

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ GreeterBean.class, Caller.class })
	static class Both {

	}

}
