package io.harpc.benchmarks.around;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

import io.harpc.Address;
import io.harpc.Deadline;
import io.harpc.Identity;
import io.harpc.benchmarks.process.BenchmarkKeyStore;
import io.harpc.protocol.LoadReport;
import io.harpc.security.Authentication;
import io.harpc.security.Authenticator;
import io.harpc.security.CertificateName;
import io.harpc.security.ClientAuthentication;
import io.harpc.security.ClientAuthentication.ByKey;
import io.harpc.security.ClientAuthentication.ByToken;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.SharedKey;
import io.harpc.transport.Answer;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.Encryption;
import io.harpc.transport.Peer;
import io.harpc.transport.Request;
import io.harpc.transport.RequestHandler;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import io.harpc.transport.TransportException;
import io.harpc.transport.TransportServer;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;

/**
 * What it costs to connect: from the decision to connect to the answer of the first call,
 * one connection after the other, with and without TLS and each way to say who one is.
 * TLS is mutual, and no session is resumed.
 */
public final class ConnectMain {

	private static final int ROUNDS = 5;

	private static final int CONNECTIONS = 300;

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final SharedKey KEY = SharedKey.of("benchmark", "a secret of thirty-two characters, or more");

	private static final Identity CLIENT = new Identity("benchmark", Set.of());

	private static final KeyManagerFactory KEYS;

	private static final TrustManagerFactory TRUST;

	static {
		char[] password = BenchmarkKeyStore.PASSWORD.toCharArray();
		try (InputStream in = Files.newInputStream(BenchmarkKeyStore.path())) {
			KeyStore store = KeyStore.getInstance("PKCS12");
			store.load(in, password);
			KEYS = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			KEYS.init(store, password);
			TRUST = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			TRUST.init(store);
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final ThreadFactory THREADS = (task) -> {
		Thread thread = new Thread(task, "connect");
		thread.setDaemon(true);
		return thread;
	};

	@SuppressWarnings("checkstyle:StandardStreams")
	private static final PrintStream CONSOLE = System.out;

	private ConnectMain() {
	}

	/**
	 * Measures.
	 * @param args none
	 * @throws Exception if a connection cannot be made
	 */
	public static void main(String[] args) throws Exception {
		ExecutorService workers = Executors.newCachedThreadPool(THREADS);
		Map<Way, Figures> figures = new EnumMap<>(Way.class);
		// The first round is for warming up.
		for (int round = 0; round <= ROUNDS; round++) {
			for (Way way : Way.values()) {
				Figures of = connect(way, workers);
				if (round > 0) {
					figures.computeIfAbsent(way, (key) -> new Figures(new ArrayList<>(), new ArrayList<>())).add(of);
				}
			}
		}
		CONSOLE.println("| | median, ms | 99 of 100, ms | processor time, both sides, ms |");
		CONSOLE.println("|---|---|---|---|");
		figures.forEach((way, all) -> CONSOLE.printf("| %s | %.2f | %.2f | %.2f |%n", way.text,
				percentile(all.nanos(), 0.5) / 1e6, percentile(all.nanos(), 0.99) / 1e6,
				percentile(all.cpuNanos(), 0.5) / 1e6));
		workers.shutdown();
	}

	private static Figures connect(Way way, ExecutorService workers) throws Exception {
		RequestHandler handler = new RequestHandler() {

			@Override
			protected void handle(Request request, Answer answer) {
				answer.ok((out) -> out.write(request.payload(), request.offset(), request.length()));
			}

		};
		try (TransportServer server = new TransportServer(way.server(), (methodId) -> handler, () -> LoadReport.NONE,
				THREADS, workers)) {
			Address address = new Address("127.0.0.1", server.start("benchmark"));
			Figures figures = new Figures(new ArrayList<>(), new ArrayList<>());
			long cpuBefore = Cpu.nanos();
			for (int i = 0; i < CONNECTIONS; i++) {
				figures.nanos().add(connect(way, address));
			}
			figures.cpuNanos().add((Cpu.nanos() - cpuBefore) / CONNECTIONS);
			return figures;
		}
	}

	private static long connect(Way way, Address address)
			throws GeneralSecurityException, IOException, TransportException {
		Encryption encryption = way.tls ? encryption(false) : null;
		TransportClientSettings settings = TransportClientSettings.defaults()
			.withConnections(1)
			.withConnectTimeout(PATIENCE)
			.withAuthentication(way.client());
		try (TransportClient client = new TransportClient(settings, THREADS);
				Channel channel = client.channel(
						new Peer(address, (encryption != null) ? () -> encryption : null, null),
						ChannelListener.NONE)) {
			long start = System.nanoTime();
			channel.call(1, Deadline.after(PATIENCE), Map.of(), (out) -> out.write(1));
			return System.nanoTime() - start;
		}
	}

	/** Each client has a context of its own, and so no session to resume. */
	private static Encryption encryption(boolean server) throws GeneralSecurityException {
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(KEYS.getKeyManagers(), TRUST.getTrustManagers(), null);
		SSLParameters parameters = new SSLParameters();
		parameters.setNeedClientAuth(server);
		return new Encryption(context, parameters);
	}

	private static long percentile(List<Long> all, double part) {
		return all.stream().sorted().skip((long) (all.size() * part)).findFirst().orElseThrow();
	}

	private record Figures(List<Long> nanos, List<Long> cpuNanos) {

		void add(Figures others) {
			this.nanos.addAll(others.nanos);
			this.cpuNanos.addAll(others.cpuNanos);
		}

	}

	/** How a client connects. */
	private enum Way {

		PLAIN("nothing", false), KEY("key", false), TOKEN("token", false), TLS("TLS", true), TLS_KEY("TLS, key", true),
		TLS_TOKEN("TLS, token", true), TLS_CERTIFICATE("TLS, certificate", true);

		private final String text;

		private final boolean tls;

		Way(String text, boolean tls) {
			this.text = text;
			this.tls = tls;
		}

		TransportServerSettings server() throws GeneralSecurityException {
			TransportServerSettings settings = TransportServerSettings.defaults(0)
				.withBindAddress("127.0.0.1")
				.withAuthentication(authentication());
			if (!this.tls) {
				return settings;
			}
			Encryption encryption = encryption(true);
			return settings.withEncryption(() -> encryption, false);
		}

		private @Nullable ServerAuthentication authentication() {
			Authenticator token = (credentials) -> new Authentication(CLIENT);
			return switch (this) {
				case PLAIN, TLS -> null;
				case KEY, TLS_KEY ->
					new ServerAuthentication(true, List.of(new AcceptedKey(ConnectMain.KEY, CLIENT)), List.of());
				case TOKEN, TLS_TOKEN -> new ServerAuthentication(true, List.of(), List.of(token));
				case TLS_CERTIFICATE -> new ServerAuthentication(true, List.of(),
						List.of(Authenticator.byCertificate(CertificateName.COMMON_NAME, Map.of())));
			};
		}

		@Nullable ClientAuthentication client() {
			return switch (this) {
				case PLAIN, TLS, TLS_CERTIFICATE -> null;
				case KEY, TLS_KEY -> new ByKey(ConnectMain.KEY);
				case TOKEN, TLS_TOKEN -> new ByToken(() -> "token", false);
			};
		}

	}

}
