package io.harpc.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import io.harpc.Address;
import io.harpc.CallContext;
import io.harpc.Identity;
import io.harpc.RpcRejectedException;
import io.harpc.ServiceKey;
import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.CertificateAuthority.Certified;
import io.harpc.certificates.Contexts;
import io.harpc.client.RpcClient;
import io.harpc.registry.Instance;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import org.apache.zookeeper.server.auth.ProviderRegistry;
import org.apache.zookeeper.server.embedded.ExitHandler;
import org.apache.zookeeper.server.embedded.ZooKeeperServerEmbedded;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * TLS with the certificates of SSL bundles to a real server that asks its clients for
 * theirs. Server and client are one process, so each has the properties of its own.
 */
@Timeout(120)
class ZooKeeperTlsIT {

	private static final String PASSWORD = "changeit";

	private static final Instance INSTANCE = new Instance("a", new ServiceKey("S", "", ""), new Address("10.0.0.1", 1),
			1, "", "json", Map.of());

	/** The server makes system properties of what it is told. */
	private static final Properties FORMER = (Properties) System.getProperties().clone();

	@TempDir
	private static Path files;

	private static ZooKeeperServerEmbedded server;

	@BeforeAll
	static void startServer() throws Exception {
		makePair("server", "CN=zookeeper", "san=dns:localhost");
		makePair("elsewhere", "CN=zookeeper", "san=dns:zookeeper.example.com");
		makePair("client", "CN=orders", "san=dns:orders.example.com");
		trust("server-trust", "client");
		trust("client-trust", "server");
		trust("client-trust", "elsewhere");
		trust("no-trust", "client");
		server = start("server");
	}

	@AfterAll
	static void stopServer() {
		server.close();
		System.setProperties(FORMER);
		ProviderRegistry.reset();
	}

	@Test
	void registersOverTlsAsTheOneThatItsCertificateNames() {
		bundle("client", "client-trust", server)
			.withPropertyValues("ha-rpc.registry.zookeeper.acl.providers=x509:CN=orders")
			.run((context) -> {
				Registry registry = context.getBean(Registry.class);
				Registration registration = registry.register(INSTANCE);
				await().atMost(Duration.ofSeconds(30)).until(registration::isRegistered);
			});
	}

	@Test
	void putsTheKeysWhereNobodyElseReadsThemAndTakesThemAway() {
		bundle("client", "client-trust", server).run((context) -> {
			Path keys = context.getBean(ZooKeeperStores.class).tls().keyStore();
			assertThat(Files.getPosixFilePermissions(keys.getParent()))
				.isEqualTo(PosixFilePermissions.fromString("rwx------"));
			assertThat(Files.getPosixFilePermissions(keys)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
			context.getSourceApplicationContext().close();
			assertThat(keys.getParent()).doesNotExist();
		});
	}

	@Test
	void speaksToNoServerThatItDoesNotTrust() {
		refused(bundle("client", "no-trust", server));
	}

	@Test
	void speaksToNoServerOfAnotherName() throws Exception {
		ZooKeeperServerEmbedded elsewhere = start("elsewhere");
		try {
			refused(bundle("client", "client-trust", elsewhere));
		}
		finally {
			elsewhere.close();
			// Read anew for each connection, by both servers.
			System.setProperty("zookeeper.ssl.keyStore.location", files.resolve("server.p12").toString());
		}
	}

	@Test
	void speaksNoPlainTextWhereTheServerSpeaksTls() {
		refused(runner(server));
	}

	/** The example of {@code docs/security.md}, as it stands there. */
	@Test
	void theLockedDownConfiguration() throws Exception {
		CertificateAuthority authority = new CertificateAuthority("rpc");
		Contexts.writeAuthority(authority, files.resolve("ca.crt"));
		lockedDown(authority, "shop").run((shop) -> {
			AvailabilityChangeEvent.publish((ApplicationContext) shop, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(greeter(shop).greet("all")).isEqualTo("Hello, all, from shop");
			lockedDown(authority, "stranger").withPropertyValues("ha-rpc.server.enabled=false")
				.run((stranger) -> assertThatExceptionOfType(RpcRejectedException.class)
					.isThrownBy(() -> greeter(stranger).greet("all"))
					.withMessageContaining("stranger"));
		});
	}

	/** The reference, once it knows of an instance. */
	private static Greeter greeter(ApplicationContext context) {
		RpcClient client = context.getBean(RpcClient.class);
		await().atMost(Duration.ofSeconds(30)).until(() -> !client.references().get(0).instances().isEmpty());
		return context.getBean(Caller.class).greeter;
	}

	private static ApplicationContextRunner lockedDown(CertificateAuthority authority, String name) throws Exception {
		Certified certified = authority.issue(name, "localhost");
		Contexts.writeChain(certified, files.resolve(name + ".crt"));
		Contexts.writeKey(certified, files.resolve(name + ".key"));
		String page = Files.readString(Path.of("..", "docs", "security.md"));
		int begin = page.indexOf("```yaml\n", page.indexOf("## Locked down")) + "```yaml\n".length();
		String yaml = page.substring(begin, page.indexOf("```", begin));
		PropertySource<?> example = new YamlPropertySourceLoader()
			.load("example", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.get(0);
		String prefix = "spring.ssl.bundle.pem.rpc.";
		return bundle("client", "client-trust", server)
			.withInitializer((context) -> context.getEnvironment().getPropertySources().addLast(example))
			.withConfiguration(
					AutoConfigurations.of(RpcServerAutoConfiguration.class, RpcClientAutoConfiguration.class))
			.withUserConfiguration(Both.class)
			.withPropertyValues("SIGNING_SECRET=a secret of more than thirty-two bytes", "NETWORKS=127.0.0.0/8,::1/128",
					prefix + "keystore.certificate=file:" + files.resolve(name + ".crt"),
					prefix + "keystore.private-key=file:" + files.resolve(name + ".key"),
					prefix + "truststore.certificate=file:" + files.resolve("ca.crt"), "ha-rpc.server.port=0",
					"ha-rpc.server.advertised-host=localhost", "ha-rpc.client.timeout=30s",
					"ha-rpc.client.connect-timeout=20s");
	}

	private static void refused(ApplicationContextRunner runner) {
		runner.run((context) -> assertThat(context.getBean(Registry.class).awaitConnected(Duration.ofSeconds(4)))
			.isFalse());
	}

	private static ApplicationContextRunner bundle(String keys, String trusted, ZooKeeperServerEmbedded to) {
		String prefix = "spring.ssl.bundle.jks.zookeeper.";
		return runner(to).withPropertyValues("ha-rpc.registry.zookeeper.ssl.bundle=zookeeper",
				prefix + "keystore.location=file:" + files.resolve(keys + ".p12"),
				prefix + "keystore.password=" + PASSWORD, prefix + "keystore.type=PKCS12",
				prefix + "truststore.location=file:" + files.resolve(trusted + ".p12"),
				prefix + "truststore.password=" + PASSWORD, prefix + "truststore.type=PKCS12");
	}

	private static ApplicationContextRunner runner(ZooKeeperServerEmbedded to) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, RpcRegistryAutoConfiguration.class))
			.withPropertyValues("ha-rpc.registry.zookeeper.connect-string=" + connectString(to),
					"ha-rpc.registry.zookeeper.session-timeout=8s");
	}

	private static String connectString(ZooKeeperServerEmbedded of) {
		try {
			return of.getSecureConnectionString().replace("127.0.0.1", "localhost");
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ZooKeeperServerEmbedded start(String keys) throws Exception {
		Properties properties = new Properties();
		try (ServerSocket free = new ServerSocket(0)) {
			properties.setProperty("secureClientPort", String.valueOf(free.getLocalPort()));
		}
		properties.setProperty("secureClientPortAddress", "127.0.0.1");
		properties.setProperty("serverCnxnFactory", "org.apache.zookeeper.server.NettyServerCnxnFactory");
		properties.setProperty("admin.enableServer", "false");
		properties.setProperty("ssl.clientAuth", "need");
		properties.setProperty("ssl.keyStore.location", files.resolve(keys + ".p12").toString());
		properties.setProperty("ssl.keyStore.password", PASSWORD);
		properties.setProperty("ssl.trustStore.location", files.resolve("server-trust.p12").toString());
		properties.setProperty("ssl.trustStore.password", PASSWORD);
		ProviderRegistry.reset();
		ZooKeeperServerEmbedded started = ZooKeeperServerEmbedded.builder()
			.baseDir(Files.createTempDirectory(files, "data"))
			.configuration(properties)
			.exitHandler(ExitHandler.LOG_ONLY)
			.build();
		started.start();
		return started;
	}

	private static void makePair(String name, String distinguishedName, String extension) throws Exception {
		keytool("-genkeypair", "-alias", name, "-keyalg", "EC", "-dname", distinguishedName, "-ext", extension,
				"-validity", "30", "-keystore", files.resolve(name + ".p12").toString());
		keytool("-exportcert", "-alias", name, "-file", files.resolve(name + ".crt").toString(), "-keystore",
				files.resolve(name + ".p12").toString());
	}

	private static void trust(String store, String name) throws Exception {
		keytool("-importcert", "-noprompt", "-alias", name, "-file", files.resolve(name + ".crt").toString(),
				"-keystore", files.resolve(store + ".p12").toString());
	}

	private static void keytool(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
		command.addAll(List.of(arguments));
		command.addAll(List.of("-storepass", PASSWORD, "-storetype", "PKCS12"));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as(output).isZero();
	}

	/** The service. */
	public interface Greeter {

		String greet(String whom);

	}

	@RpcService
	static class GreeterBean implements Greeter {

		@Override
		public String greet(String whom) {
			Identity caller = CallContext.current().identity();
			return "Hello, " + whom + ", from " + caller.name();
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
