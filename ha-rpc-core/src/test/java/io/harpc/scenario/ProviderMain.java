package io.harpc.scenario;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.ServiceKey;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.Instance;
import io.harpc.registry.InstancesListener;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.RegistryStatus;
import io.harpc.registry.Watch;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.serialization.Serializer;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;
import org.jspecify.annotations.Nullable;

/**
 * The process behind a {@link Provider}: a real server in a real registry, obeying one
 * command a line. On SIGTERM it leaves as an application does.
 */
final class ProviderMain {

	/** What a line begins with that is for the test to read, and no log. */
	static final String REPLY = "> ";

	private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);

	private final Provider.Options options;

	private final Worker worker;

	private final RpcServer server;

	private final AdvertisingRegistry registry;

	private ProviderMain(String name, String executions, Provider.Options options) throws IOException {
		this.options = options;
		this.worker = new Worker(name, new FileOutputStream(executions, true));
		this.registry = new AdvertisingRegistry(
				new ZooKeeperRegistry(Consumer.zooKeeperSettings(options.connectString())));
		TransportServerSettings transport = TransportServerSettings.defaults(options.port())
			.withBindAddress("127.0.0.1");
		RpcServerSettings settings = new RpcServerSettings(transport.withLimits(transport.maxConnections(),
				options.maxConcurrentCalls(), transport.maxFrameSize()), Serializer.json(), "127.0.0.1", "",
				Duration.ofSeconds(5), false);
		this.server = new RpcServer(settings, this.registry, Executors.newCachedThreadPool(), Thread::new,
				CallObserver.NONE);
		this.server.export(ServiceDescriptor.of(ServiceKey.of(Work.class), Work.class), this.worker, 100);
	}

	public static void main(String[] args) throws IOException {
		new ProviderMain(args[0], args[1], Provider.Options.parse(args[2])).run();
	}

	private void run() throws IOException {
		this.server.start();
		Runtime.getRuntime().addShutdownHook(new Thread(this::leave));
		reply(String.valueOf(Objects.requireNonNull(this.server.address()).port()));
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			reply(obey(line.split(" ")));
		}
		// Whoever started this process is gone.
		Runtime.getRuntime().halt(1);
	}

	private void reply(String text) {
		this.out.println(REPLY + text);
	}

	private String obey(String[] command) {
		switch (command[0]) {
			case "register" -> {
				this.registry.advertised = Address.parse(command[1]);
				this.server.register();
				return Objects.requireNonNull(this.server.services().get(0).instance()).id();
			}
			case "delay" -> this.worker.delayMillis = Long.parseLong(command[1]);
			case "capacity" -> {
				this.worker.permits = new Semaphore(Integer.parseInt(command[1]), true);
				this.worker.delayMillis = Long.parseLong(command[2]);
			}
			case "fail" -> this.worker.failing = Boolean.parseBoolean(command[1]);
			default -> throw new IllegalArgumentException("command: " + command[0] + " (expected: one that is known)");
		}
		return "done";
	}

	/** What an application does between SIGTERM and its end. */
	private void leave() {
		this.server.shutdown();
		this.registry.close();
	}

	/** Writes down each call before it does anything else. */
	private static final class Worker implements Work {

		private final String name;

		private final FileOutputStream executions;

		volatile long delayMillis;

		volatile Semaphore permits = new Semaphore(Integer.MAX_VALUE);

		volatile boolean failing;

		private Worker(String name, FileOutputStream executions) {
			this.name = name;
			this.executions = executions;
		}

		@Override
		public String read(long id) {
			return work(id);
		}

		@Override
		public String write(long id) {
			return work(id);
		}

		@Override
		public CompletableFuture<String> readAsync(long id) {
			return CompletableFuture.completedFuture(work(id));
		}

		@Override
		public CompletableFuture<String> writeAsync(long id) {
			return CompletableFuture.completedFuture(work(id));
		}

		@Override
		public void note(long id) {
			work(id);
		}

		private String work(long id) {
			writeDown(id);
			if (this.failing) {
				throw new IllegalStateException("told to fail");
			}
			if (this.delayMillis > 0) {
				take(this.permits);
			}
			return this.name + ":" + id;
		}

		/** One system call for a line: no kill can come between. */
		private void writeDown(long id) {
			try {
				this.executions
					.write(new Execution(id, this.name, System.nanoTime()).line().getBytes(StandardCharsets.UTF_8));
			}
			catch (IOException ex) {
				throw new IllegalStateException("call " + id + " cannot be written down", ex);
			}
		}

		private void take(Semaphore limited) {
			try {
				limited.acquire();
				try {
					Thread.sleep(this.delayMillis);
				}
				finally {
					limited.release();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException("interrupted at the deadline", ex);
			}
		}

	}

	/** Registers the address of the proxy in front instead of the server's own. */
	private static final class AdvertisingRegistry implements Registry {

		private final Registry registry;

		volatile @Nullable Address advertised;

		private AdvertisingRegistry(Registry registry) {
			this.registry = registry;
		}

		@Override
		public Registration register(Instance instance) {
			Address address = Objects.requireNonNull(this.advertised);
			return this.registry.register(new Instance(instance.id(), instance.service(), address, instance.weight(),
					instance.zone(), instance.serialization(), instance.metadata()));
		}

		@Override
		public Watch watch(ServiceKey service, InstancesListener listener) {
			return this.registry.watch(service, listener);
		}

		@Override
		public List<ServiceKey> services() {
			return this.registry.services();
		}

		@Override
		public RegistryStatus status() {
			return this.registry.status();
		}

		@Override
		public void close() {
			this.registry.close();
		}

	}

}
