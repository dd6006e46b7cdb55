package io.harpc.transport;

import java.time.Duration;

import io.harpc.Outcome;
import io.harpc.faults.Fault;
import io.harpc.faults.Moment;
import io.harpc.faults.Moment.Direction;
import io.harpc.transport.TransportException.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All of it over mutual TLS, where bytes of a record that are changed or missing are
 * noticed beneath the frames.
 */
class EncryptedNetworkFaultsIT extends NetworkFaultsIT {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final Duration LONG = Duration.ofSeconds(20);

	@Override
	TransportServerSettings server() {
		return Encrypted.server(super.server());
	}

	@Override
	@Test
	void answerThatIsCutOffIsNoAnswer() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Truncate(Moment.next(Direction.TO_CLIENT)));
		TransportException failure = failure(channel, LONG, 1_000);
		assertThat(failure.kind()).isEqualTo(Kind.LOST);
		assertThat(failure).hasMessageContaining("closed by the peer");
		this.proxy.heal();
		assertThat(echo(channel, 10)).hasSize(10);
	}

	@Override
	@Test
	void corruptHeaderEndsTheConnection() throws Exception {
		Channel channel = channel(HOUR, HOUR);
		echo(channel, 10);
		this.proxy.place(new Fault.Corrupt(Moment.next(Direction.TO_CLIENT)));
		TransportException failure = failure(channel, LONG, 1_000);
		assertThat(failure.outcome()).isEqualTo(Outcome.UNKNOWN);
		assertThat(failure).hasMessageContaining("SSL").hasMessageNotContaining("frame");
		assertThat(echo(channel, 10)).hasSize(10);
	}

}
