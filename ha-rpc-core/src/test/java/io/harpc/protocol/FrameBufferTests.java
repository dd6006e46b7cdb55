package io.harpc.protocol;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class FrameBufferTests {

	private static final int LIMIT = 10_000;

	private final FrameBuffer buffer = new FrameBuffer();

	@Test
	void takesExactlyTheLimitAndNotOneByteMore() throws IOException {
		this.buffer.beginResponse(1, Status.OK, 0, LIMIT, 0).write(new byte[LIMIT - 32]);
		assertThat(this.buffer.isTooLarge()).isFalse();
		assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> this.buffer.write(0))
			.withMessageContaining("10001")
			.withMessageContaining("max-frame-size, 10000");
		assertThat(this.buffer.isTooLarge()).isTrue();
		assertThat(this.buffer.array()).hasSizeLessThanOrEqualTo(LIMIT);
	}

	@Test
	void isUsableAgainAfterAFrameThatWasTooLarge() throws IOException {
		assertThatExceptionOfType(FrameTooLargeException.class)
			.isThrownBy(() -> this.buffer.beginResponse(1, Status.OK, 0, LIMIT, 0).write(new byte[LIMIT]));
		this.buffer.beginResponse(7, Status.OK, 0, LIMIT, GoldenFrameTests.LOAD.encode()).write("43".getBytes());
		assertThat(Arrays.copyOf(this.buffer.array(), this.buffer.finish()))
			.isEqualTo(GoldenFrame.bytes("response-ok"));
	}

	@Test
	void usesTheArrayOfALargeFrameAgain() throws IOException {
		byte[] payload = new byte[200_000];
		Arrays.fill(payload, (byte) 7);
		this.buffer.begin(FrameType.REQUEST, 1, 1 << 20).write(payload);
		byte[] first = this.buffer.detach();
		FrameBuffer.recycle(first);
		FrameBuffer other = new FrameBuffer();
		other.begin(FrameType.REQUEST, 2, 1 << 20).write(new byte[150_000]);
		assertThat(other.array()).isSameAs(first);
		Frame frame = GoldenFrame.read(Arrays.copyOf(other.array(), other.finish()));
		assertThat(frame.callId()).isEqualTo(2);
		assertThat(frame.payloadLength()).isEqualTo(150_000);
		assertThat(frame.body()).containsOnly(0);
	}

	@Test
	void isGivenNoArrayThatIsStillInUse() throws IOException {
		this.buffer.begin(FrameType.REQUEST, 1, 1 << 20).write(new byte[100_000]);
		byte[] first = this.buffer.detach();
		this.buffer.begin(FrameType.REQUEST, 2, 1 << 20).write(new byte[100_000]);
		assertThat(this.buffer.array()).isNotSameAs(first);
	}

	@Test
	void carriesHeadersOfAnyScriptAndInOrder() throws IOException {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("z", "");
		headers.put("naïve", "☃ 😀");
		headers.put("a", "x".repeat(8000));
		this.buffer.beginRequest(1, 2, 3, headers, LIMIT).write(9);
		Frame frame = GoldenFrame.read(Arrays.copyOf(this.buffer.array(), this.buffer.finish()));
		assertThat(frame.headers()).containsExactlyEntriesOf(headers);
		assertThat(frame.payloadLength()).isEqualTo(1);
	}

	@Test
	void refusesHeadersThatAreTooLong() {
		assertThatExceptionOfType(ProtocolException.class)
			.isThrownBy(() -> this.buffer.beginRequest(1, 2, 3, Map.of("a", "x".repeat(9000)), 1 << 20))
			.withMessage("header of 9000 bytes (expected: at most 8192)");
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(
				() -> this.buffer.beginRequest(1, 2, 3, Map.of("a", "x".repeat(5000), "b", "x".repeat(5000)), 1 << 20))
			.withMessage("headers of 10010 bytes (expected: at most 8192)");
	}

	@Test
	void refusesHeadersThatEndWithinAText() throws IOException {
		byte[] bytes = GoldenFrame.bytes("request");
		bytes[FrameHeader.SIZE + 4] = 2;
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> GoldenFrame.read(bytes).headers())
			.withMessageContaining("headers end within a text");
		bytes[FrameHeader.SIZE + 3] = (byte) 0xff;
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> GoldenFrame.read(bytes).headers());
	}

	@Test
	void roundsTimeDownButNeverToNone() throws IOException {
		assertThat(timeOf(0)).isZero();
		assertThat(timeOf(-1)).isZero();
		assertThat(timeOf(1)).isEqualTo(1_000);
		assertThat(timeOf(2_999)).isEqualTo(2_000);
		assertThat(timeOf(Long.MAX_VALUE)).isEqualTo(0xffff_ffffL * 1_000);
	}

	private long timeOf(long nanos) throws IOException {
		this.buffer.beginRequest(1, 2, nanos, Map.of(), LIMIT);
		return GoldenFrame.read(Arrays.copyOf(this.buffer.array(), this.buffer.finish())).timeNanos();
	}

	@Test
	void showsNeitherMoreOfATextThanAPersonReadsNorWhatForgesALineOfALog() throws ProtocolException, IOException {
		this.buffer.begin(FrameType.REFUSED, 0, 1 << 20)
			.write(("no\r\n2026 ERROR \u202eok" + "x".repeat(5_000)).getBytes(StandardCharsets.UTF_8));
		byte[] frame = Arrays.copyOf(this.buffer.array(), this.buffer.finish());
		FrameReader reader = new FrameReader(new ByteArrayInputStream(frame), 1 << 20);
		reader.fill();
		assertThat(reader.next().text()).startsWith("no??2026 ERROR ?ok").hasSizeLessThanOrEqualTo(1024);
	}

	@Test
	void refusesMoreOrOtherHeadersThanMayBeSent() {
		byte[] tooLong = new byte[Headers.MAX_LENGTH + 4];
		byte[] twice = { 0, 1, 'a', 0, 0, 0, 1, 'a', 0, 0 };
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Headers.read(tooLong, tooLong.length))
			.withMessageContaining("at most 8192");
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> Headers.read(twice, twice.length))
			.withMessageContaining("twice");
	}

	@Test
	void cutsATextThatNobodyWouldReadToItsEnd() {
		this.buffer.begin(FrameType.REFUSED, 0, Hello.MAX_FRAME_SIZE).writeText("\u20ac".repeat(5_000));
		String text = new String(this.buffer.array(), 32, this.buffer.finish() - 32, StandardCharsets.UTF_8);
		assertThat(text).isEqualTo("\u20ac".repeat(341));
	}

}
