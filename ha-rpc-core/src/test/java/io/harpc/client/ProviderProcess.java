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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Instance;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.serialization.Serializer;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;

/**
 * A process that offers {@link Shop} and can be killed. Registered by whoever started it:
 * a process that is killed does not deregister.
 */
final class ProviderProcess {

	private static final String READY = "listening on ";

	private final Process process;

	private final Address address;

	private ProviderProcess(Process process, int port) {
		this.process = process;
		this.address = new Address("127.0.0.1", port);
	}

	static ProviderProcess start(int port) throws IOException {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx128m", "-cp", System.getProperty("java.class.path"), ProviderProcess.class.getName(),
				String.valueOf(port))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		BufferedReader out = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
		for (String line = out.readLine(); line != null; line = out.readLine()) {
			if (line.startsWith(READY)) {
				return new ProviderProcess(process, Integer.parseInt(line.substring(READY.length())));
			}
		}
		throw new IOException("the provider ended before it listened on port " + port);
	}

	Registration register(Registry registry) {
		return registry.register(new Instance(this.address + "-" + this.process.pid(), ClientFixture.SHOP, this.address,
				100, "", "json", Map.of()));
	}

	String name() {
		return String.valueOf(this.address.port());
	}

	Address address() {
		return this.address;
	}

	void kill() {
		this.process.destroyForcibly();
	}

	public static void main(String[] args) throws InterruptedException {
		RpcServerSettings settings = new RpcServerSettings(TransportServerSettings.defaults(Integer.parseInt(args[0])),
				Serializer.json(), "127.0.0.1", "", Duration.ZERO, false);
		RpcServer server = new RpcServer(settings, new InMemoryRegistry(), Executors.newCachedThreadPool(), Thread::new,
				CallObserver.NONE);
		Answering shop = new Answering();
		server.export(ServiceDescriptor.of(ClientFixture.SHOP, Shop.class), shop, 100);
		server.start();
		int port = Objects.requireNonNull(server.address()).port();
		shop.name = String.valueOf(port);
		try (PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out))) {
			out.println(READY + port);
		}
		Thread.currentThread().join();
	}

	/** Answers with its name. */
	static final class Answering implements Shop {

		volatile String name = "";

		@Override
		public String place(String order) {
			return this.name;
		}

		@Override
		public String find(long id) {
			return this.name;
		}

		@Override
		public CompletableFuture<String> placeAsync(String order) {
			return CompletableFuture.completedFuture(this.name);
		}

		@Override
		public CompletableFuture<String> findAsync(long id) {
			return CompletableFuture.completedFuture(this.name);
		}

	}

}
