package io.harpc.autoconfigure;

import java.util.List;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import io.harpc.registry.KeepingRegistry;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Registry;
import io.harpc.registry.StaticRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RpcRegistryAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class RpcRegistryAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RpcRegistryAutoConfiguration.class));

	@Test
	void zooKeeperIsTheDefaultAndNeedNotBeThere() {
		this.runner.withPropertyValues("ha-rpc.registry.zookeeper.connect-string=localhost:1").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(Registry.class)).isInstanceOf(KeepingRegistry.class);
			assertThat(context.getBean(Registry.class).status().type()).isEqualTo("zookeeper");
			assertThat(context.getBean(Registry.class).status().connected()).isFalse();
		});
	}

	@Test
	void typesMayBeWrittenInAnyOfSpringBootsWays() {
		this.runner.withPropertyValues("ha-rpc.registry.type=IN_MEMORY")
			.run((context) -> assertThat(context.getBean(Registry.class)).isInstanceOf(InMemoryRegistry.class));
	}

	@Test
	void staticAddressesAreFoundByTheServicesName() {
		this.runner
			.withPropertyValues("ha-rpc.registry.type=static", "ha-rpc.registry.static.orders=10.0.0.1:1, 10.0.0.2:2",
					"ha-rpc.registry.static[com.example.Stock]=10.0.0.3:3")
			.run((context) -> {
				Registry registry = context.getBean(Registry.class);
				assertThat(registry).isInstanceOf(StaticRegistry.class);
				assertThat(addresses(registry, "com.example.Orders")).containsExactlyInAnyOrder("10.0.0.1:1",
						"10.0.0.2:2");
				assertThat(addresses(registry, "com.example.Stock")).containsExactly("10.0.0.3:3");
			});
	}

	@Test
	void aServiceThatTheStaticRegistryDoesNotListIsToldOnce(CapturedOutput output) {
		this.runner.withPropertyValues("ha-rpc.registry.type=static", "ha-rpc.registry.static.order-servise=10.0.0.1:1")
			.run((context) -> {
				addresses(context.getBean(Registry.class), "com.example.OrderService");
				addresses(context.getBean(Registry.class), "com.example.OrderService");
				assertThat(output.toString()).containsOnlyOnce("com.example.OrderService has no addresses: the static"
						+ " registry lists none under com.example.OrderService or"
						+ " order-service (it does for: order-servise)");
			});
	}

	@Test
	void isOffWhereThePropertySaysSo() {
		this.runner.withPropertyValues("ha-rpc.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(Registry.class));
	}

	@Test
	void theUsersOwnRegistryWins() {
		Registry own = new InMemoryRegistry();
		this.runner.withBean(Registry.class, () -> own)
			.withPropertyValues("ha-rpc.registry.required=true")
			.run((context) -> assertThat(context.getBean(Registry.class)).isSameAs(own));
	}

	private static List<String> addresses(Registry registry, String service) {
		return registry.watch(new ServiceKey(service, "", ""), (instances) -> {
		}).current().list().stream().map(Instance::address).map(Address::toString).toList();
	}

}
