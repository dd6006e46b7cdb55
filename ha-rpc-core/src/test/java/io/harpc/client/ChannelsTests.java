package io.harpc.client;

import java.util.function.Consumer;

import io.harpc.Address;
import io.harpc.client.Channels.SharedChannel;
import io.harpc.registry.LogOf;
import io.harpc.transport.Channel;
import io.harpc.transport.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Channels}.
 */
class ChannelsTests {

	private final FakeChannels fakes = new FakeChannels(new FakeTiming());

	private final Channels channels = this.fakes.shared();

	private final Consumer<Channel> user = (channel) -> {
	};

	private final SharedChannel shared = this.channels.acquire(Peer.plain(new Address("10.0.0.7", 20880)), this.user);

	private final LogOf log = new LogOf(Channels.class, "10.0.0.7:20880");

	@AfterEach
	void close() {
		this.log.close();
		this.channels.close();
	}

	@Test
	void saysOnceThatAnInstanceIsMissedAndOnceThatItIsBack() {
		this.shared.connected();
		this.shared.disconnected("connection lost: end of stream");
		this.shared.disconnected("Connection refused");
		this.shared.connected();
		this.shared.connected();
		assertThat(this.log.lines())
			.containsExactly("WARN 10.0.0.7:20880 is not connected: connection lost: end of stream."
					+ " It gets no calls until it is, which is tried on", "INFO 10.0.0.7:20880 is connected");
		assertThat(this.shared.lastLoss()).isEqualTo("Connection refused");
	}

	@Test
	void missesNobodyWhoHasSaidGoodBye() {
		this.fakes.byAddress.get("10.0.0.7:20880").draining = true;
		this.shared.disconnected("drained");
		assertThat(this.log.lines()).isEmpty();
	}

	@Test
	void missesNobodyWhomItHasLetGoOf() {
		this.channels.release(this.shared, this.user);
		this.shared.disconnected("closed");
		assertThat(this.log.lines()).isEmpty();
	}

}
