package io.harpc.demo.launcher;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the launcher starts provider processes: the same Java, the same classes, another
 * profile.
 */
final class ProviderCommands {

	private static final Logger logger = LoggerFactory.getLogger(ProviderCommands.class);

	private static final String PORT = "--ha-rpc.server.port=";

	private static final String CONNECT_STRING = "--ha-rpc.registry.zookeeper.connect-string=";

	/**
	 * Small and quick to start rather than fast: there are three, perhaps on two cores.
	 */
	private static final List<String> JVM_OPTIONS = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

	private final String mainClass;

	private final String connectString;

	private final Path orders;

	private final List<String> launcherArguments;

	/**
	 * Creates commands.
	 * @param mainClass the class to start, unless all is in one jar
	 * @param connectString where ZooKeeper is
	 * @param orders the file in which providers keep orders
	 * @param launcherArguments the launcher's own arguments: those for ha-rpc are passed
	 * on
	 */
	ProviderCommands(String mainClass, String connectString, Path orders, List<String> launcherArguments) {
		this.mainClass = mainClass;
		this.connectString = connectString;
		this.orders = orders;
		this.launcherArguments = launcherArguments;
	}

	List<ChildCommand> forPorts(int firstPort, int count) {
		return IntStream.range(firstPort, firstPort + count).mapToObj((wanted) -> {
			int port = LoopbackPort.preferably(wanted);
			if (port != wanted) {
				logger.warn("Port {} is taken, so a provider takes {}", wanted, port);
			}
			return forPort(port);
		}).toList();
	}

	private ChildCommand forPort(int port) {
		String classPath = System.getProperty("java.class.path");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(JVM_OPTIONS);
		if (isOneJar(classPath)) {
			command.addAll(List.of("-jar", classPath));
		}
		else {
			command.add(this.mainClass);
		}
		command.addAll(List.of("--demo.supervised", "--spring.profiles.active=provider", PORT + port,
				CONNECT_STRING + this.connectString, "--demo.provider.orders=" + this.orders));
		this.launcherArguments.stream().filter(ProviderCommands::isPassedOn).forEach(command::add);
		// As a variable, a long class path neither meets the limit of a command line nor
		// hides the rest of it from who looks at the process
		return new ChildCommand("Provider " + port, command, Map.of("CLASSPATH", classPath));
	}

	private static boolean isPassedOn(String argument) {
		return argument.startsWith("--ha-rpc.") && !argument.startsWith(PORT) && !argument.startsWith(CONNECT_STRING);
	}

	private static boolean isOneJar(String classPath) {
		return classPath.endsWith(".jar") && !classPath.contains(System.getProperty("path.separator"));
	}

}
