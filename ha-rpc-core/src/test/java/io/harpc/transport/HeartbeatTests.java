package io.harpc.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When a peer is asked for a sign of life, and when it is given up. The interval is 5 s,
 * the timeout 3 s; time passes only by what the heartbeat is told.
 */
class HeartbeatTests {

	private final long start = System.nanoTime();

	private final CountDownLatch reads = new CountDownLatch(1);

	private final CombiningWriter writer = new CombiningWriter(new Unread(), 1 << 20);

	private final Heartbeat heartbeat = new Heartbeat(
			TransportClientSettings.defaults().withHeartbeat(Duration.ofSeconds(5), Duration.ofSeconds(3)), this.writer,
			at(-10));

	private int lookedTenths = -100;

	@AfterEach
	void readOn() {
		this.reads.countDown();
	}

	@Test
	void asksAfterAnIntervalOfSilence() {
		assertThat(this.heartbeat.isDue(at(4.9), at(0))).isFalse();
		assertThat(this.heartbeat.isDue(at(5.1), at(0))).isTrue();
		this.heartbeat.sending(at(5.1));
		assertThat(this.heartbeat.isDue(at(5.2), at(0))).as("asked already").isFalse();
	}

	@Test
	void givesUpWhoIsAskedAndStaysSilent() throws Exception {
		ping(5.1);
		flush();
		assertThat(problem(8.0, 0)).isNull();
		assertThat(problem(8.2, 0)).startsWith("no sign of life for 8");
	}

	@Test
	void takesAnythingThatComesForASignOfLife() throws Exception {
		ping(5.1);
		flush();
		assertThat(problem(8.2, 6)).isNull();
		assertThat(problem(9.2, 6)).startsWith("no sign of life for 3");
		this.heartbeat.answered();
		assertThat(problem(9.3, 6)).isNull();
	}

	@Test
	void questionBehindALargeFrameOnASlowLineHasNotBeenAsked() throws Exception {
		ping(5.1);
		assertThat(problem(20, 0)).isNull();
		flush();
		assertThat(problem(22.9, 0)).isNull();
		assertThat(problem(23.1, 0)).startsWith("no sign of life for 23");
	}

	@Test
	void questionBehindWhatThePeerDoesNotReadHasBeenAsked() throws Exception {
		writeWhatIsNotRead();
		ping(1.1);
		assertThat(problem(3.9, -4)).as("as long as a peer with nothing to read has").isNull();
		assertThat(problem(4.1, -4)).startsWith("the server has read nothing for 4");
	}

	@Test
	void peerThatFallsSilentIsGivenTimeToReadWhatIsWrittenThen() throws Exception {
		writeWhatIsNotRead();
		ping(0.1);
		assertThat(problem(2.9, -6)).isNull();
		assertThat(problem(3.1, -6)).startsWith("the server has read nothing for 3");
	}

	@Test
	void peerThatSpeaksAndDoesNotReadHasAsLong() throws Exception {
		writeWhatIsNotRead();
		assertThat(problem(7.9, 7.8)).isNull();
		assertThat(problem(8.1, 8.0)).startsWith("the server has read nothing for 8");
	}

	@Test
	void standingStillItselfIsNotThePeersSilence() throws Exception {
		ping(5.1);
		flush();
		assertThat(problem(6, 0)).isNull();
		assertThat(this.heartbeat.problem(at(20), at(0))).isNull();
		this.lookedTenths = 200;
		assertThat(problem(22.9, 0)).isNull();
		assertThat(problem(23.1, 0)).startsWith("no sign of life for 3");
	}

	/** Looks every tenth of a second until then, as the watchdog does. */
	private String problem(double seconds, double lastReceived) {
		while (this.lookedTenths + 2 < seconds * 10) {
			double look = ++this.lookedTenths / 10.0;
			String early = this.heartbeat.problem(at(look), at(Math.min(look, lastReceived)));
			assertThat(early).as("at %s s", look).isNull();
		}
		return this.heartbeat.problem(at(seconds), at(lastReceived));
	}

	private void ping(double seconds) throws TransportException {
		this.heartbeat.sending(at(seconds));
		append(this.heartbeat::endsAt);
	}

	private void append(LongConsumer endsAt) throws TransportException {
		FrameBuffer frame = new FrameBuffer().begin(FrameType.PING, 0, Hello.MAX_FRAME_SIZE);
		frame.finish();
		this.writer.append(frame, this.start, endsAt);
	}

	private void flush() throws Exception {
		this.reads.countDown();
		assertThat(this.writer.beginFlush()).isTrue();
		this.writer.flush(Long.MAX_VALUE);
	}

	private void writeWhatIsNotRead() throws Exception {
		append((offset) -> {
		});
		TransportFixture.THREADS.newThread(() -> {
			try {
				this.writer.beginFlush();
				this.writer.flush(Long.MAX_VALUE);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}).start();
		TransportFixture.await("it writes", () -> this.writer.writingNanos(at(1_000)) > 0);
	}

	private long at(double seconds) {
		return this.start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
	}

	/** Takes nothing until it is told to. */
	private final class Unread extends OutputStream {

		@Override
		public void write(int b) {
			throw new AssertionError("frames are written as they are");
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			try {
				HeartbeatTests.this.reads.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
