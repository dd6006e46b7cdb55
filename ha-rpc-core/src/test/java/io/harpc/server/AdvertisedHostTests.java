package io.harpc.server;

import java.net.InetAddress;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AdvertisedHost}.
 */
class AdvertisedHostTests {

	@Test
	void theAddressBoundToIsTheOneToCall() throws Exception {
		assertThat(AdvertisedHost.find(InetAddress.getByName("192.0.2.7"))).isEqualTo("192.0.2.7");
	}

	@Test
	void aScopeMeansNothingElsewhere() throws Exception {
		assertThat(AdvertisedHost.find(InetAddress.getByName("fe80::1%1"))).isEqualTo("fe80:0:0:0:0:0:0:1");
	}

	@Test
	void prefersTheFirstAddressThatOthersCanReach() throws Exception {
		List<InetAddress> addresses = List.of(InetAddress.getByName("127.0.0.1"), InetAddress.getByName("169.254.1.1"),
				InetAddress.getByName("2001:db8::1"), InetAddress.getByName("192.0.2.7"),
				InetAddress.getByName("192.0.2.8"));
		assertThat(AdvertisedHost.choose(addresses).getHostAddress()).isEqualTo("192.0.2.7");
	}

	@Test
	void aMachineAloneCallsItself() {
		assertThat(AdvertisedHost.choose(List.of()).isLoopbackAddress()).isTrue();
	}

}
