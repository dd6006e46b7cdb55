package io.harpc.protocol;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The reader of frames, fed with whatever a network or an enemy may bring.
 */
class FrameReaderTests {

	private static final int LIMIT = 1024 * 1024;

	/** Around every size at which the reader changes what it does. */
	private static final int[] SIZES = { 0, 1, 31, 8 * 1024 - 33, 8 * 1024 - 32, 8 * 1024 - 31, 64 * 1024 - 33,
			64 * 1024 - 32, 64 * 1024 - 31, 64 * 1024, 64 * 1024 + 1, 200_000, LIMIT - 32 };

	@Test
	void readsFramesThatArriveByteByByte() throws IOException {
		readsAll(1, (max) -> 1);
	}

	@Test
	void readsFramesInRandomPieces() throws IOException {
		for (long seed = 0; seed < 20; seed++) {
			Random random = new Random(seed);
			readsAll(seed, (max) -> 1 + random.nextInt(random.nextBoolean() ? 50 : 100_000));
		}
	}

	private static void readsAll(long seed, Pieces pieces) throws IOException {
		Random random = new Random(seed);
		ByteArrayOutputStream stream = new ByteArrayOutputStream();
		List<byte[]> payloads = new ArrayList<>();
		FrameBuffer buffer = new FrameBuffer();
		for (int i = 0; i < 40; i++) {
			byte[] payload = new byte[SIZES[random.nextInt(SIZES.length)]];
			random.nextBytes(payload);
			payloads.add(payload);
			buffer.beginResponse(i, Status.OK, 0, LIMIT, 0).write(payload);
			stream.write(buffer.array(), 0, buffer.finish());
		}
		FrameReader reader = new FrameReader(inPieces(stream.toByteArray(), pieces), LIMIT);
		for (int i = 0; i < payloads.size(); i++) {
			Frame frame = reader.next();
			while (frame == null) {
				reader.fill();
				frame = reader.next();
			}
			assertThat(frame.callId()).as("seed %d", seed).isEqualTo(i);
			assertThat(frame.body()).as("seed %d, frame %d", seed, i).isEqualTo(payloads.get(i));
		}
		assertThat(reader.next()).isNull();
		assertThat(reader.isMidFrame()).isFalse();
		assertThatExceptionOfType(EOFException.class).isThrownBy(reader::fill).withMessage("closed by the peer");
	}

	@Test
	void takesMemoryForWhatArrivesAndNotForWhatIsClaimed() throws IOException {
		int claimed = 1024 * 1024 * 1024;
		byte[] header = header(FrameType.REQUEST.code(), 0, 0, claimed - FrameHeader.SIZE);
		byte[] some = new byte[300_000];
		FrameReader reader = new FrameReader(
				new SequenceInputStream(new ByteArrayInputStream(header), new ByteArrayInputStream(some)), claimed);
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		assertThatExceptionOfType(EOFException.class).isThrownBy(() -> {
			while (reader.next() == null) {
				reader.fill();
			}
		}).withMessage("closed by the peer within a frame");
		assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(8L * some.length);
	}

	@Test
	void keepsWhatArrivedBeforeAReadTimedOut() throws IOException {
		byte[] bytes = GoldenFrame.bytes("request");
		InputStream in = new InputStream() {

			private int position;

			private boolean late;

			@Override
			public int read() {
				throw new UnsupportedOperationException();
			}

			@Override
			public int read(byte[] target, int offset, int length) throws IOException {
				this.late = !this.late;
				if (this.late) {
					throw new SocketTimeoutException();
				}
				target[offset] = bytes[this.position++];
				return 1;
			}

		};
		FrameReader reader = new FrameReader(in, LIMIT);
		Frame frame = reader.next();
		while (frame == null) {
			try {
				reader.fill();
			}
			catch (SocketTimeoutException ex) {
				continue;
			}
			frame = reader.next();
		}
		assertThat(frame.text()).isEqualTo("[42]");
	}

	@Test
	void refusesAFrameBeyondTheLimitAtItsHeader() {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> next(header(FrameType.REQUEST.code(), 0, 0, LIMIT - 31)))
			.withMessageContaining("1048577")
			.withMessageContaining("max-frame-size, 1048576");
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> next(header(FrameType.REQUEST.code(), 0, 0, -1)))
			.withMessageContaining("4294967327");
	}

	@Test
	void seesAnotherProtocolAtItsFirstByte() {
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> next(new byte[] { 'G' }))
			.withMessageContaining("'G.......'")
			.withMessageContaining("expected: 'HR'");
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> next("HTTP/1.1 400".getBytes()))
			.withMessageContaining("'HTTP/1.1'");
	}

	@ParameterizedTest
	@CsvSource({ "2, 2, protocol version 2 (expected: 1)", "2, 0, protocol version 0 (expected: 1)",
			"3, 0, frame type 0 (expected: 1 to 11)", "3, 12, frame type 12 (expected: 1 to 11)",
			"3, -1, frame type -1 (expected: 1 to 11)", "5, 3, response status 3 (expected: one of",
			"5, -1, response status -1 (expected: one of", "6, 1, headers of 256 bytes in a body of 2" })
	void refusesAHeaderThatNobodySends(int position, byte value, String message) throws IOException {
		byte[] bytes = GoldenFrame.bytes("response-ok");
		bytes[position] = value;
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> GoldenFrame.read(bytes))
			.withMessageContaining(message);
	}

	@Test
	void ignoresFlagsOfLaterVersions() throws IOException {
		byte[] bytes = GoldenFrame.bytes("request");
		bytes[4] = (byte) 0xff;
		assertThat(GoldenFrame.read(bytes).text()).isEqualTo("[42]");
	}

	@Test
	void neverThrowsAnythingButProtocolExceptionsForRandomBytes() {
		Random random = new Random(4711);
		for (int i = 0; i < 20_000; i++) {
			byte[] bytes = new byte[32 + random.nextInt(200)];
			random.nextBytes(bytes);
			bytes[0] = 'H';
			bytes[1] = 'R';
			bytes[2] = 1;
			bytes[3] = (byte) (1 + random.nextInt(9));
			bytes[5] = 0;
			ByteBuffer.wrap(bytes).putInt(8, random.nextInt(300)).putShort(6, (short) random.nextInt(64));
			try {
				Frame frame = GoldenFrame.read(bytes);
				frame.headers();
				Hello.read(frame);
			}
			catch (ProtocolException | EOFException ex) {
				assertThat(ex).hasMessageMatching("(?s).+");
			}
			catch (IOException ex) {
				throw new AssertionError("seed 4711, round " + i, ex);
			}
		}
	}

	private static Frame next(byte[] bytes) throws IOException {
		FrameReader reader = new FrameReader(new ByteArrayInputStream(bytes), LIMIT);
		reader.fill();
		return reader.next();
	}

	private static byte[] header(int type, int status, int headersLength, int bodyLength) {
		return ByteBuffer.allocate(FrameHeader.SIZE)
			.putShort((short) FrameHeader.MAGIC)
			.put((byte) 1)
			.put((byte) type)
			.put((byte) 0)
			.put((byte) status)
			.putShort((short) headersLength)
			.putInt(bodyLength)
			.array();
	}

	private static InputStream inPieces(byte[] bytes, Pieces pieces) {
		return new ByteArrayInputStream(bytes) {

			@Override
			public synchronized int read(byte[] target, int offset, int length) {
				return super.read(target, offset, Math.min(length, pieces.next(length)));
			}

		};
	}

	private interface Pieces {

		int next(int max);

	}

}
