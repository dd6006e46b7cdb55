package io.harpc.registry.zookeeper;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ZooKeeperSettingsTests {

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "localhost:2181", "10.0.0.1:2181,10.0.0.2:2182",
			"zk-1.example.com:2181, zk_2", "[::1]:2181", "[fe80::1%eth0]:2181", "zk:2181/chroot" })
	void takesWhatZooKeeperTakes(String connectString) {
		assertThat(ZooKeeperSettings.of(connectString).connectString()).isEqualTo(connectString);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:abc", ":2181", "localhost:0", "localhost:65536", "localhost:-1", ",", "/chroot",
			"http://localhost:2181", "zk1:2181;zk2:2181", "zk1:2181 zk2:2181", "zk:2181/a//b" })
	void refusesWhatNoServerCanBeFoundBy(String connectString) {
		assertThatIllegalArgumentException().isThrownBy(() -> ZooKeeperSettings.of(connectString))
			.withMessage("connect string: " + connectString + " (expected: host:port, separated by commas)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void refusesNothing(String connectString) {
		assertThatIllegalArgumentException().isThrownBy(() -> ZooKeeperSettings.of(connectString))
			.withMessage("connect string: empty (expected: host:port, separated by commas)");
	}

}
