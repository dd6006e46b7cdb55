package io.harpc.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is written is what the golden files say, byte for byte, and is read as what it
 * was. A change that breaks one of these breaks every peer of another version.
 */
class GoldenFrameTests {

	private static final Hello CLIENT = Hello.ofClient(GoldenFrame.LIMIT);

	private static final Hello SERVER = Hello.ofServer(GoldenFrame.LIMIT, "json", "7e3a");

	static final LoadReport LOAD = new LoadReport(ServerState.SERVING, 42, LoadReport.UNKNOWN, 1, 1500, 20, 3);

	private final FrameBuffer buffer = new FrameBuffer();

	@Test
	void hello() throws IOException {
		CLIENT.writeTo(this.buffer.begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE));
		Frame frame = isAndReads("hello", FrameType.HELLO);
		assertThat(Hello.read(frame)).isEqualTo(CLIENT);
	}

	@Test
	void welcome() throws IOException {
		SERVER.writeTo(this.buffer.begin(FrameType.WELCOME, 0, Hello.MAX_FRAME_SIZE));
		Frame frame = isAndReads("welcome", FrameType.WELCOME);
		assertThat(Hello.read(frame)).isEqualTo(SERVER);
	}

	@Test
	void refused() throws IOException {
		this.buffer.begin(FrameType.REFUSED, 0, Hello.MAX_FRAME_SIZE).write(utf8("no room"));
		assertThat(isAndReads("refused", FrameType.REFUSED).text()).isEqualTo("no room");
	}

	@Test
	void refusedForWantOfAuthentication() throws IOException {
		this.buffer.beginRefused(Status.UNAUTHENTICATED).write(utf8("no key"));
		Frame frame = isAndReads("refused-unauthenticated", FrameType.REFUSED);
		assertThat(frame.status()).isEqualTo(Status.UNAUTHENTICATED);
		assertThat(frame.text()).isEqualTo("no key");
	}

	/** The proofs were made by another implementation of the page. */
	@Test
	void helloChallengeAndProofOfAKey() throws IOException {
		byte[] clientNonce = count(0);
		byte[] serverNonce = count(0x80);
		Hello.ofClient(GoldenFrame.LIMIT, "orders-1")
			.writeTo(this.buffer.begin(FrameType.HELLO, 0, Hello.MAX_FRAME_SIZE));
		AuthenticationFields.ofNonce(clientNonce).writeTo(this.buffer);
		Frame hello = isAndReads("hello-key", FrameType.HELLO);
		assertThat(Hello.read(hello).identity()).isEqualTo("orders-1");
		assertThat(AuthenticationFields.read(hello).nonce()).isEqualTo(clientNonce);
		SERVER.writeTo(this.buffer.begin(FrameType.CHALLENGE, 0, Hello.MAX_FRAME_SIZE));
		byte[] proof = AuthenticationFields.read(GoldenFrame.read(GoldenFrame.bytes("challenge"))).proof();
		AuthenticationFields.ofChallenge(serverNonce, proof).writeTo(this.buffer);
		Frame challenge = isAndReads("challenge", FrameType.CHALLENGE);
		assertThat(Hello.read(challenge)).isEqualTo(SERVER);
		assertThat(AuthenticationFields.read(challenge).nonce()).isEqualTo(serverNonce);
		byte[] answer = AuthenticationFields.read(GoldenFrame.read(GoldenFrame.bytes("proof"))).proof();
		AuthenticationFields.ofProof(answer).writeTo(this.buffer.begin(FrameType.PROOF, 0, Hello.MAX_FRAME_SIZE));
		isAndReads("proof", FrameType.PROOF);
	}

	@Test
	void request() throws IOException {
		this.buffer.beginRequest(7, 0x1122_3344_5566_7788L, 1_500_000_999L, Map.of("a", "b"), GoldenFrame.LIMIT)
			.write(utf8("[42]"));
		Frame frame = isAndReads("request", FrameType.REQUEST);
		assertThat(frame.callId()).isEqualTo(7);
		assertThat(frame.methodId()).isEqualTo(0x1122_3344_5566_7788L);
		assertThat(frame.timeNanos()).isEqualTo(1_500_000_000L);
		assertThat(frame.headers()).containsExactly(Map.entry("a", "b"));
		assertThat(payload(frame)).isEqualTo("[42]");
		assertThat(frame.status()).isNull();
	}

	@Test
	void responseWithResult() throws IOException {
		this.buffer.beginResponse(7, Status.OK, 0, GoldenFrame.LIMIT, LOAD.encode()).write(utf8("43"));
		Frame frame = isAndReads("response-ok", FrameType.RESPONSE);
		assertThat(frame.callId()).isEqualTo(7);
		assertThat(frame.status()).isEqualTo(Status.OK);
		assertThat(frame.headers()).isEmpty();
		assertThat(LoadReport.decode(frame.loadReport())).isEqualTo(LOAD);
		assertThat(payload(frame)).isEqualTo("43");
	}

	@Test
	void responseThatRefuses() throws IOException {
		this.buffer.beginResponse(7, Status.BUSY, 10_000_000, GoldenFrame.LIMIT, LoadReport.NONE).write(utf8("full"));
		Frame frame = isAndReads("response-busy", FrameType.RESPONSE);
		assertThat(frame.status()).isEqualTo(Status.BUSY);
		assertThat(frame.timeNanos()).isEqualTo(10_000_000);
		assertThat(frame.text()).isEqualTo("full");
	}

	@Test
	void pong() throws IOException {
		this.buffer.beginPong(0, LOAD.encode());
		assertThat(LoadReport.decode(isAndReads("pong", FrameType.PONG).loadReport())).isEqualTo(LOAD);
	}

	@Test
	void framesWithoutPayload() throws IOException {
		Map<String, FrameType> names = Map.of("cancel", FrameType.CANCEL, "ping", FrameType.PING, "drain",
				FrameType.DRAIN);
		for (Map.Entry<String, FrameType> name : names.entrySet()) {
			long callId = (name.getValue() == FrameType.CANCEL) ? 7 : 0;
			this.buffer.begin(name.getValue(), callId, Hello.MAX_FRAME_SIZE);
			Frame frame = isAndReads(name.getKey(), name.getValue());
			assertThat(frame.callId()).isEqualTo(callId);
			assertThat(frame.payloadLength()).isZero();
		}
	}

	@Test
	void everyTypeHasAGoldenFile() throws IOException {
		Set<FrameType> seen = EnumSet.noneOf(FrameType.class);
		for (String name : new String[] { "hello", "welcome", "refused", "request", "response-ok", "cancel", "ping",
				"pong", "drain", "challenge", "proof" }) {
			seen.add(GoldenFrame.read(GoldenFrame.bytes(name)).type());
		}
		assertThat(seen).containsExactlyInAnyOrder(FrameType.values());
	}

	private Frame isAndReads(String name, FrameType type) throws IOException {
		byte[] golden = GoldenFrame.bytes(name);
		int size = this.buffer.finish();
		assertThat(Arrays.copyOf(this.buffer.array(), size)).isEqualTo(golden);
		Frame frame = GoldenFrame.read(golden);
		assertThat(frame.type()).isEqualTo(type);
		return frame;
	}

	private static byte[] count(int from) {
		byte[] bytes = new byte[AuthenticationFields.SIZE];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) (from + i);
		}
		return bytes;
	}

	private static byte[] utf8(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static String payload(Frame frame) {
		return new String(frame.body(), frame.payloadOffset(), frame.payloadLength(), StandardCharsets.UTF_8);
	}

}
