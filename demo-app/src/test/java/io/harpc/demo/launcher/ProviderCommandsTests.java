package io.harpc.demo.launcher;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ProviderCommandsTests {

	private final ProviderCommands commands = new ProviderCommands("a.Main", "zoo:2181", Path.of("orders.jsonl"),
			List.of("--server.port=9090", "--ha-rpc.registry.root=/test", "--ha-rpc.server.port=1",
					"--ha-rpc.registry.zookeeper.connect-string=other:2181", "--ha-rpc.server.serialization=smile"));

	@Test
	void startsTheSameClassesInTheProvidersRole() {
		int port = LoopbackPort.preferably(0);

		ChildCommand command = this.commands.forPorts(port, 1).get(0);

		assertThat(command.name()).isEqualTo("Provider " + port);
		assertThat(command.command()).contains("a.Main", "--spring.profiles.active=provider", "--demo.supervised",
				"--ha-rpc.server.port=" + port, "--ha-rpc.registry.zookeeper.connect-string=zoo:2181",
				"--demo.provider.orders=orders.jsonl");
		assertThat(command.environment()).containsEntry("CLASSPATH", System.getProperty("java.class.path"));
	}

	@Test
	void passesOnWhatTheLauncherWasToldOfHaRpcUnlessItIsItsOwnToSay() {
		assertThat(this.commands.forPorts(LoopbackPort.preferably(0), 1).get(0).command())
			.contains("--ha-rpc.registry.root=/test", "--ha-rpc.server.serialization=smile")
			.doesNotContain("--server.port=9090", "--ha-rpc.server.port=1",
					"--ha-rpc.registry.zookeeper.connect-string=other:2181");
	}

	@Test
	void takesAnotherPortWhereOneIsTaken() throws Exception {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThat(this.commands.forPorts(taken.getLocalPort(), 1).get(0).name())
				.isNotEqualTo("Provider " + taken.getLocalPort());
		}
	}

}
