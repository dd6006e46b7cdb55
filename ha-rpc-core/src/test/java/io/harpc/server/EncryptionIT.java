package io.harpc.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

import javax.net.ssl.SSLParameters;

import io.harpc.CallObserver;
import io.harpc.RpcNotSentException;
import io.harpc.ServiceKey;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.Contexts;
import io.harpc.client.CallSettings;
import io.harpc.client.InstanceStatus;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.client.RpcClientSettings;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.serialization.Serializer;
import io.harpc.transport.Encryption;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Clients and servers of which some encrypt and others do not.
 */
@Timeout(60)
class EncryptionIT {

	private static final CertificateAuthority AUTHORITY = new CertificateAuthority("tests");

	private static final Supplier<Encryption> SERVER = encryption("server");

	private static final Supplier<Encryption> CLIENT = encryption("client");

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
		this.registry.close();
		this.executor.shutdownNow();
	}

	@Test
	void instancesSayWhatTheySpeak() {
		assertThat(serve("encrypted", SERVER, false).tls()).isTrue();
		assertThat(serve("plain", null, false).tls()).isFalse();
		assertThat(serve("both", SERVER, true).tls()).isNull();
	}

	@Test
	void clientThatEncryptsNeverSpeaksPlainTextAndNamesWhoDoes() {
		Instance plain = serve("plain", null, false);
		RpcClient client = client(CLIENT);
		Named named = client.reference(ReferenceSettings.of(Named.class));
		for (int i = 0; i < 20; i++) {
			assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(named::name)
				.withMessageContaining(plain.address() + ": the instance speaks no TLS");
		}
		InstanceStatus status = client.references().get(0).instances().get(0);
		assertThat(status.breaker()).as("held against nobody").isEqualTo("CLOSED");
		assertThat(status.standing()).isEqualTo("IN");
		assertThat(status.lastLoss()).contains("speaks no TLS");
	}

	@Test
	void clientThatDoesNotEncryptIsToldWhatToSet() {
		serve("encrypted", SERVER, false);
		Named named = client(null).reference(ReferenceSettings.of(Named.class));
		assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(named::name)
			.withMessageContaining("set ha-rpc.client.ssl.bundle");
	}

	@Test
	void callsGoToThoseThatFitWhileOthersAreThere() {
		serve("encrypted", SERVER, false);
		serve("both", SERVER, true);
		serve("plain", null, false);
		Named encrypting = client(CLIENT).reference(ReferenceSettings.of(Named.class));
		Named plain = client(null).reference(ReferenceSettings.of(Named.class));
		for (int i = 0; i < 50; i++) {
			assertThat(encrypting.name()).isIn("encrypted", "both");
			assertThat(plain.name()).isIn("plain", "both");
		}
	}

	@Test
	void aDirectAddressIsSpokenToAsTheClientIsSetUp() {
		Instance encrypted = serve("encrypted", SERVER, false);
		Named named = client(CLIENT)
			.reference(ReferenceSettings.of(Named.class).withAddresses(List.of(encrypted.address())));
		assertThat(named.name()).isEqualTo("encrypted");
	}

	@Test
	void referencesOfDifferentBundlesShareNoConnection() {
		serve("encrypted", SERVER, false);
		RpcServer server = (RpcServer) this.open.get(0);
		RpcClient client = client(CLIENT);
		Supplier<Encryption> other = encryption("other");
		ReferenceSettings<Named> first = ReferenceSettings.of(Named.class);
		client.reference(first.withName("first")).name();
		client.reference(first.withName("second")).name();
		client.reference(first.withName("third").withEncryption(CLIENT)).name();
		assertThat(server.connections()).isEqualTo(1);
		client.reference(first.withName("fourth").withEncryption(other)).name();
		assertThat(server.connections()).isEqualTo(2);
	}

	private RpcClient client(@Nullable Supplier<Encryption> encryption) {
		RpcClient client = RpcClient.builder(this.registry)
			.settings(RpcClientSettings.defaults()
				.withEncryption(encryption)
				.withCalls(CallSettings.defaults().withTimeout(Duration.ofSeconds(20))))
			.transport(new TransportClient(
					TransportClientSettings.defaults().withConnections(1).withConnectTimeout(Duration.ofSeconds(10)),
					Thread::new))
			.build();
		this.open.add(client);
		return client;
	}

	private Instance serve(String name, @Nullable Supplier<Encryption> encryption, boolean acceptPlain) {
		TransportServerSettings transport = TransportServerSettings.defaults(0).withBindAddress("127.0.0.1");
		RpcServer server = new RpcServer(
				new RpcServerSettings(
						(encryption != null) ? transport.withEncryption(encryption, acceptPlain) : transport,
						Serializer.json(), "127.0.0.1", "", Duration.ZERO, false),
				this.registry, this.executor, Thread::new, CallObserver.NONE);
		this.open.add(server);
		server.export(ServiceDescriptor.of(ServiceKey.of(Named.class), Named.class), (Named) () -> name, 100);
		server.start();
		server.register();
		Instance registered = server.services().get(0).instance();
		assertThat(registered).isNotNull();
		return registered;
	}

	private static Supplier<Encryption> encryption(String name) {
		SSLParameters parameters = new SSLParameters();
		parameters.setNeedClientAuth(true);
		Encryption encryption = new Encryption(Contexts.of(AUTHORITY.issue(name, "127.0.0.1"), AUTHORITY), parameters);
		return () -> encryption;
	}

	/** The service. */
	interface Named {

		String name();

	}

}
