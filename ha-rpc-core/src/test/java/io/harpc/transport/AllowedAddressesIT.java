package io.harpc.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.harpc.Address;
import io.harpc.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What is connected to is what was allowed, whatever name it came by.
 */
@Timeout(60)
class AllowedAddressesIT {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	@Test
	void aNameThatResolvesToAnAddressOutsideIsNotConnectedTo() throws Exception {
		for (String host : List.of("localhost", "127.0.0.1", "127.1", "2130706433", "0.0.0.0")) {
			Set<InetAddress> asked = ConcurrentHashMap.newKeySet();
			try (TransportFixture fixture = fixture(TransportClientSettings.defaults().withAllowed((address) -> {
				asked.add(address);
				return false;
			}));
					Channel channel = fixture.client.channel(new Address(host, fixture.address.port()),
							ChannelListener.NONE)) {
				TransportException failure = catchThrowableOfType(TransportException.class,
						() -> TransportFixture.call(channel, TransportFixture.ECHO, TIMEOUT, new byte[1]));
				assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
				assertThat(failure).hasMessageContaining("outside of the networks that are allowed");
				assertThat(asked).as("the address, not the name").hasSize(1);
				assertThat(fixture.server.connections()).isZero();
			}
		}
	}

	@Test
	void anAddressThatIsAllowedIsConnectedTo() throws Exception {
		try (TransportFixture fixture = fixture(
				TransportClientSettings.defaults().withAllowed(InetAddress::isLoopbackAddress));
				Channel channel = fixture.client.channel(new Address("localhost", fixture.address.port()),
						ChannelListener.NONE)) {
			assertThat(TransportFixture.call(channel, TransportFixture.ECHO, TIMEOUT, new byte[] { 7 }))
				.containsExactly(7);
		}
	}

	private static TransportFixture fixture(TransportClientSettings settings) throws IOException {
		return new TransportFixture(TransportServerSettings.defaults(0).withBindAddress("127.0.0.1"), settings);
	}

}
