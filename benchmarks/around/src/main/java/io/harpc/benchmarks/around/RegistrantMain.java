package io.harpc.benchmarks.around;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.harpc.benchmarks.process.CommandLoop;
import io.harpc.registry.Registration;
import io.harpc.registry.zookeeper.ZooKeeperRegistry;
import io.harpc.registry.zookeeper.ZooKeeperSettings;

/**
 * Registers many instances, as if it were many servers. Answers
 * {@code <service> <instances>}.
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
			List<Registration> kept = new ArrayList<>();
			CommandLoop loop = new CommandLoop((line) -> {
				String[] command = line.split(" ");
				kept.addAll(register(registry, command[0], Integer.parseInt(command[1])));
				return "registered";
			});
			loop.answer("connected");
			loop.run();
		});
	}

	private static List<Registration> register(ZooKeeperRegistry registry, String service, int instances)
			throws InterruptedException {
		List<Registration> registrations = new ArrayList<>();
		for (int i = 0; i < instances; i++) {
			registrations.add(registry.register(Entries.instance(service, i)));
		}
		while (!registrations.stream().allMatch(Registration::isRegistered)) {
			Thread.sleep(LOOK.toMillis());
		}
		return registrations;
	}

}
