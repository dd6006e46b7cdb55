package io.harpc.benchmarks.around;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;

import io.harpc.benchmarks.process.ChildProcess;
import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.KeepingSettings;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.registry.zookeeper.ZooKeeperSettings;

/**
 * What it takes to know who is there, with a ZooKeeper and servers that register in
 * processes of their own: how soon the last of many clients knows of a change, and what
 * large services and many services cost one client in time and memory.
 */
public final class RegistryMain {

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final int CLIENTS = 100;

	private static final int CHANGES = 50;

	/**
	 * Before they are measured: code is compiled by then, as it is in a client that runs.
	 */
	private static final int WARM_UP = 200;

	private static final int SERVICES = 1000;

	private static final int INSTANCES_OF_EACH = 3;

	private static final int[] SIZES = { 100, 1000, 10_000 };

	@SuppressWarnings("checkstyle:StandardStreams")
	private final PrintStream console = System.out;

	private final String connectString;

	private final ChildProcess registrant;

	private RegistryMain(String connectString, ChildProcess registrant) {
		this.connectString = connectString;
		this.registrant = registrant;
	}

	/**
	 * Measures.
	 * @param args none
	 * @throws Exception if something cannot be measured
	 */
	public static void main(String[] args) throws Exception {
		Logs.onlyWarnings();
		Path directory = Files.createTempDirectory("ha-rpc-registry");
		try (ChildProcess zooKeeper = JavaChild.start(ZooKeeperMain.class, directory, directory.toString())) {
			String connectString = "127.0.0.1:" + zooKeeper.answer(PATIENCE);
			try (ChildProcess registrant = JavaChild.start(RegistrantMain.class, directory, connectString)) {
				registrant.answer(PATIENCE);
				new RegistryMain(connectString, registrant).run();
			}
		}
	}

	private void run() throws Exception {
		measureManyClients();
		this.console
			.println("| | first view, ms | heap, bytes for each instance | a change, ms | its processor time where it"
					+ " is watched, ms | where it is made, ms |");
		this.console.println("|---|---|---|---|---|---|");
		for (int size : SIZES) {
			measureLargeService(size);
		}
		measureManyServices();
	}

	/**
	 * From the call that registers to the last client's view, and the same for the call
	 * that deregisters.
	 */
	private void measureManyClients() throws Exception {
		List<Registry> clients = new ArrayList<>();
		List<Watched> views = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(connected());
			views.add(watch(clients.get(i), "shared"));
		}
		awaitAll(views, 0);
		double[] millis = new double[CHANGES];
		try (Registry server = connected()) {
			for (int i = 0; i < CHANGES; i++) {
				long begin = System.nanoTime();
				Registration registration = server.register(Entries.instance("shared", i));
				millis[i] = (awaitAll(views, 1) - begin) / 1e6;
				registration.close();
				awaitAll(views, 0);
			}
		}
		Arrays.sort(millis);
		this.console.printf(
				"The last of %d clients knows of an instance after %.1f ms at the median, %.1f at most.%n%n", CLIENTS,
				millis[CHANGES / 2], millis[CHANGES - 1]);
		for (Registry client : clients) {
			client.close();
		}
	}

	/** One less to begin with: 10,000 are as many as a client takes. */
	private void measureLargeService(int size) throws Exception {
		String name = "of-" + size;
		int before = size - 1;
		this.registrant.ask(name + " " + before, PATIENCE);
		long heap = heap();
		try (Registry client = connected()) {
			long begin = System.nanoTime();
			Watched view = watch(client, name);
			double firstView = (view.await(before, PATIENCE.toNanos()) - begin) / 1e6;
			double each = (double) (heap() - heap) / before;
			this.console.printf("| a service of %,d instances | %.0f | %.0f | %s |%n", size, firstView, each,
					changes(name, view, before));
		}
	}

	private void measureManyServices() throws Exception {
		for (int i = 0; i < SERVICES; i++) {
			this.registrant.ask("number-" + i + " " + INSTANCES_OF_EACH, PATIENCE);
		}
		long heap = heap();
		try (Registry client = connected()) {
			long begin = System.nanoTime();
			List<Watched> views = new ArrayList<>();
			for (int i = 0; i < SERVICES; i++) {
				views.add(watch(client, "number-" + i));
			}
			double firstView = (awaitAll(views, INSTANCES_OF_EACH) - begin) / 1e6;
			double each = (double) (heap() - heap) / SERVICES / INSTANCES_OF_EACH;
			this.console.printf("| %,d services of %d instances | %.0f | %.0f | %s |%n", SERVICES, INSTANCES_OF_EACH,
					firstView, each, changes("number-0", views.get(0), INSTANCES_OF_EACH));
		}
	}

	/** One instance more and one less, again and again: medians. */
	private String changes(String name, Watched view, int size) throws Exception {
		for (int i = 0; i < WARM_UP; i++) {
			change(name, view, size, i);
		}
		double[] millis = new double[CHANGES];
		long made = Long.parseLong(this.registrant.ask("cpu", PATIENCE));
		long watched = Cpu.nanos();
		for (int i = 0; i < CHANGES; i++) {
			millis[i] = change(name, view, size, WARM_UP + i);
		}
		watched = Cpu.nanos() - watched;
		made = Long.parseLong(this.registrant.ask("cpu", PATIENCE)) - made;
		Arrays.sort(millis);
		return String.format("%.1f | %.2f | %.2f", millis[CHANGES / 2], watched / 1e6 / CHANGES / 2,
				made / 1e6 / CHANGES / 2);
	}

	private double change(String name, Watched view, int size, int number) throws Exception {
		long begin = System.nanoTime();
		this.registrant.ask("come " + name + " " + (size + number), PATIENCE);
		double millis = (view.await(size + 1, PATIENCE.toNanos()) - begin) / 1e6;
		this.registrant.ask("go", PATIENCE);
		view.await(size, PATIENCE.toNanos());
		return millis;
	}

	/** As an application has it. */
	private Registry connected() throws InterruptedException {
		ZooKeeperRegistry source = new ZooKeeperRegistry(ZooKeeperSettings.of(this.connectString));
		if (!source.awaitConnected(PATIENCE)) {
			throw new IllegalStateException("not connected to " + this.connectString);
		}
		return new KeepingRegistry(source, KeepingSettings.defaults());
	}

	/** The watch ends with the client. */
	private static Watched watch(Registry client, String name) {
		Watched view = new Watched();
		client.watch(Entries.service(name), view);
		return view;
	}

	private static long awaitAll(List<Watched> views, int size) throws InterruptedException, TimeoutException {
		long last = views.get(0).await(size, PATIENCE.toNanos());
		for (Watched view : views) {
			long since = view.await(size, PATIENCE.toNanos());
			last = (since - last > 0) ? since : last;
		}
		return last;
	}

	private static long heap() throws InterruptedException {
		for (int i = 0; i < 3; i++) {
			System.gc();
			Thread.sleep(100);
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
