package io.harpc.registry.zookeeper;

import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.harpc.ServiceKey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class LayoutTests {

	private final Layout layout = new Layout("/ha-rpc");

	@ParameterizedTest
	@CsvSource(textBlock = """
			com.example.OrderService, 1.0, blue
			com.example.OrderService, '', ''
			com.example.OrderService, '', blue
			com.example.Outer$Inner, 2, ''
			Überweisung, '', ''
			., '', ''
			.., '', ''
			""")
	void findsTheServiceOfItsPath(String name, String version, String group) {
		ServiceKey service = new ServiceKey(name, version, group);
		String path = this.layout.service(service);
		PathUtils.validatePath(path);
		assertThat(path).startsWith("/ha-rpc/services/");
		assertThat(path.substring("/ha-rpc/services/".length())).doesNotContain("/");
		assertThat(this.layout.serviceOf(path)).isEqualTo(service);
		assertThat(this.layout.serviceOf(path + "/a-0000000001")).isEqualTo(service);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/ha-rpc", "/ha-rpc/services", "/ha-rpc/services/", "/other/services/x",
			"/ha-rpc/services/%zz", "/ha-rpc/services/a b", "/ha-rpc/services/a%2Fb%2Fc", "/ha-rpc/services/%3A1" })
	void findsNoServiceInWhatIsNotItsPath(String path) {
		assertThat(this.layout.serviceOf(path)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "a-0000000001, a", "a-b-0000000001, a-b", "a--0000000001, a-", "a--000000001, ''", "a, ''",
			"-0000000001, ''", "a-000000001, ''", "a-000000000x, ''", "0000000001, ''" })
	void findsTheIdInANodesName(String name, String id) {
		assertThat(Layout.idOf(name)).isEqualTo(id);
	}

	@Test
	void refusesSettingsThatCannotWork() {
		ZooKeeperSettings good = ZooKeeperSettings.of("localhost:2181");
		assertThatIllegalArgumentException().isThrownBy(() -> ZooKeeperSettings.of(" "))
			.withMessageContaining("connect string");
		for (String root : new String[] { "", "/", "ha-rpc", "/ha-rpc/", "/a//b" }) {
			assertThatIllegalArgumentException().as(root).isThrownBy(() -> good.withRoot(root));
		}
		assertThatIllegalArgumentException().isThrownBy(() -> good.withVerifyInterval(java.time.Duration.ZERO))
			.withMessage("verify interval: PT0S (expected: above zero, at most a day)");
	}

}
