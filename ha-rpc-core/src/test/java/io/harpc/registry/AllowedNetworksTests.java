package io.harpc.registry;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Predicate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.harpc.Address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class AllowedNetworksTests {

	@ParameterizedTest
	@CsvSource({ "10.0.0.0/8, 10.255.0.1, true", "10.0.0.0/8, 11.0.0.1, false", "10.1.2.128/25, 10.1.2.129, true",
			"10.1.2.128/25, 10.1.2.127, false", "10.1.2.3, 10.1.2.3, true", "10.1.2.3/32, 10.1.2.4, false",
			"0.0.0.0/0, 203.0.113.9, true", "0.0.0.0/0, ::1, false", "fd00::/8, fd12:3456::1, true",
			"fd00::/8, fe80::1, false", "::1, ::1, true", "::/0, fe80::1, true", "::/0, 10.0.0.1, false",
			"10.0.0.0/8, ::ffff:10.0.0.1, true", "10.0.0.0/8, ::ffff:11.0.0.1, false", "fe80::/10, fe80::1%1, true",
			"127.0.0.0/8, 0.0.0.0, false" })
	void knowWhatIsWithinThem(String network, String address, boolean within) throws Exception {
		AllowedNetworks networks = AllowedNetworks.of(List.of("192.0.2.0/24", network));
		assertThat(networks.test(InetAddress.getByName(address))).isEqualTo(within);
		if (within) {
			assertThatNoException().isThrownBy(() -> networks.check(new Address(address, 1)));
		}
		else {
			assertThatIllegalArgumentException().isThrownBy(() -> networks.check(new Address(address, 1)))
				.withMessage("address: " + new Address(address, 1) + " (expected: one within 192.0.2.0/24, " + network
						+ ")");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders.example.com", "localhost", "127.1", "2130706433", "0x7f000001", "999.1.1.1",
			"10.0.0.256" })
	void leaveANameToWhoeverConnects(String name) {
		AllowedNetworks.of(List.of("10.0.0.0/8")).check(new Address(name, 1));
	}

	/** Whoever can write to the registry would have its reader wait for name servers. */
	@ParameterizedTest
	@ValueSource(strings = { "z:1", "orders.example.com:1", ":::", "fe80::1%none" })
	void refuseWhatIsNoAddressWithoutAskingForIt(String host) {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> AllowedNetworks.of(List.of("10.0.0.0/8")).check(new Address(host, 1)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/24",
			"localhost/8", "fd00::/129", "fd00::1/8", "10.0.0.256/32", "any", ":::/0", "10.0.0.0/1e1" })
	void refuseWhatIsNoNetwork(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> AllowedNetworks.of(List.of(text)))
			.withMessageContaining("(expected: ");
	}

	@Test
	void refuseToBeNone() {
		assertThatIllegalArgumentException().isThrownBy(() -> AllowedNetworks.of(List.of()));
	}

	@Test
	void sayOnceWhatIsNotConnectedTo() throws Exception {
		Predicate<InetAddress> networks = AllowedNetworks.of(List.of("10.0.0.0/8")).reporting();
		try (LogOf log = new LogOf(AllowedNetworks.class, "not connected")) {
			for (int i = 0; i < 3; i++) {
				assertThat(networks.test(InetAddress.getByName("192.0.2.1"))).isFalse();
				assertThat(networks.test(InetAddress.getByName("10.0.0.1"))).isTrue();
			}
			assertThat(log.lines())
				.containsExactly("WARN 192.0.2.1 is not connected to (expected: an address within 10.0.0.0/8,"
						+ " by ha-rpc.registry.allowed-networks)");
		}
	}

}
