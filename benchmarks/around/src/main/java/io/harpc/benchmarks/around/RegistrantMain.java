package io.harpc.benchmarks.around;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.harpc.benchmarks.process.CommandLoop;
import io.harpc.registry.Registration;
import io.harpc.registry.Registry;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.registry.zookeeper.ZooKeeperSettings;

/**
 * Registers many instances, as if it were many servers. Answers {@code
 * <service> <instances>}, which stay, {@code come <service> <number>} for one that
 * {@code go} takes away again, and {@code cpu}, in nanoseconds.
 */
public final class RegistrantMain {

	private static final Duration CONNECT = Duration.ofSeconds(30);

	private static final Duration LOOK = Duration.ofMillis(20);

	private RegistrantMain() {
	}

	/**
	 * Runs until the standard input ends.
	 * @param args where ZooKeeper is
	 */
	public static void main(String[] args) {
		Logs.onlyWarnings();
		CommandLoop.orEndProcess(() -> {
			ZooKeeperRegistry registry = new ZooKeeperRegistry(ZooKeeperSettings.of(args[0]));
			if (!registry.awaitConnected(CONNECT)) {
				throw new IllegalStateException("not connected to " + args[0]);
			}
			Registrant registrant = new Registrant(registry);
			CommandLoop loop = new CommandLoop(registrant::answer);
			loop.answer("connected");
			loop.run();
		});
	}

	/** What it has registered. */
	private static final class Registrant {

		private final Registry registry;

		private final List<Registration> kept = new ArrayList<>();

		private final Deque<Registration> passing = new ArrayDeque<>();

		Registrant(Registry registry) {
			this.registry = registry;
		}

		String answer(String line) throws InterruptedException {
			String[] command = line.split(" ");
			switch (command[0]) {
				case "come" -> this.passing
					.add(this.registry.register(Entries.instance(command[1], Integer.parseInt(command[2]))));
				case "go" -> this.passing.remove().close();
				case "cpu" -> {
					return Long.toString(Cpu.nanos());
				}
				default -> register(command[0], Integer.parseInt(command[1]));
			}
			return "done";
		}

		private void register(String service, int instances) throws InterruptedException {
			for (int i = 0; i < instances; i++) {
				this.kept.add(this.registry.register(Entries.instance(service, i)));
			}
			while (!this.kept.stream().allMatch(Registration::isRegistered)) {
				// Nothing tells of it, and what is measured begins only after it.
				Thread.sleep(LOOK.toMillis());
			}
		}

	}

}
