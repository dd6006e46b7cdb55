package io.harpc.hostile;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.harpc.RpcException;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.hostile.Provider.Shop;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A server that gets every field of its frames wrong: its caller hears so in time, in few
 * and printable words, and calls to other servers go on.
 */
@Timeout(60)
class HostileServerIT {

	private static final Duration TIMEOUT = Duration.ofMillis(600);

	private static final byte[] WELCOME = RawSocket.frame(RawSocket.WELCOME, 0, 0, RawSocket
		.concat(RawSocket.field(1, 1, 1), RawSocket.field(3, 0, 16, 0, 0), RawSocket.field(4, 'j', 's', 'o', 'n')));

	private static Provider provider;

	@BeforeAll
	static void start() {
		provider = new Provider(Duration.ofSeconds(5), Duration.ofSeconds(30), 16);
	}

	@AfterAll
	static void othersWereServed() throws Exception {
		provider.assertOthersWereServed();
		provider.close();
	}

	static Stream<Lie> welcomes() {
		UnaryOperator<byte[]> same = UnaryOperator.identity();
		return Stream.of(welcome("as it should be", same, null), welcome("magic", set(0, 'X'), "not an ha-rpc frame"),
				welcome("version", set(2, 2), "protocol version 2"), welcome("type 0", set(3, 0), "frame type 0"),
				welcome("type HELLO", set(3, 1), "expected: WELCOME"),
				welcome("type RESPONSE", set(3, 5), "expected: WELCOME"),
				welcome("type DRAIN", set(3, 9), "expected: WELCOME"), welcome("flags", set(4, 255), null),
				welcome("status", set(5, 255), null), welcome("headers length", set(6, 255, 255), "headers of 65535"),
				welcome("body length, negative", set(8, 255, 255, 255, 255), "max-frame-size"),
				welcome("body length, large", set(8, 127, 0, 0, 0), "max-frame-size"),
				welcome("body length, more than comes", set(11, 200), "connect-timeout"),
				welcome("time", set(12, 255, 255, 255, 255), null), welcome("call id", set(16, 255), null),
				welcome("load report", set(24, 255), null),
				welcome("no versions", fields(RawSocket.field(3, 0, 16, 0, 0)), "without protocol versions"),
				welcome("a version of the future", fields(RawSocket.field(1, 2, 2)), "protocol version 2"),
				welcome("no room", fields(RawSocket.field(1, 1, 1), RawSocket.field(3, 0, 0, 0, 0)),
						"max-frame-size 0"),
				welcome("a serialization that forges a log",
						fields(RawSocket.field(1, 1, 1), RawSocket.field(4, 'x', '\r', '\n', 'E', 'R', 'R', 'O', 'R')),
						"serialization"),
				welcome("cut off", fields(RawSocket.field(1, 1, 1), new byte[] { 5, 1 }), "within a field"),
				welcome("nothing", (good) -> new byte[0], "connect-timeout"),
				welcome("a refusal that forges a log",
						(good) -> RawSocket.frame(RawSocket.REFUSED, 0, 0,
								RawSocket.utf8("no\r\n2026-11-20 ERROR all is lost")),
						"no??2026-11-20"),
				welcome("a refusal without end",
						(good) -> RawSocket.frame(RawSocket.REFUSED, 0, 0, new byte[4096 - 32]), "????"));
	}

	static Stream<Lie> answers() {
		Stream<Lie> fields = Stream.of(answer("as it should be", UnaryOperator.identity(), null),
				answer("magic", set(0, 'X'), "not an ha-rpc frame"), answer("version", set(2, 9), "protocol version 9"),
				answer("flags", set(4, 255), null),
				answer("headers length beyond the body", set(6, 255, 255), "headers of 65535"),
				answer("headers length of all", set(7, 3), "an empty result"),
				answer("body length, negative", set(8, 255, 255, 255, 255), "max-frame-size"),
				answer("body length, large", set(8, 127, 255, 255, 255), "max-frame-size"),
				answer("body length, more than comes", set(11, 4), "timeout"),
				answer("time", set(12, 255, 255, 255, 255), null), answer("another call id", set(16, 255), "timeout"),
				answer("load report", set(24, 255, 255, 255, 255, 255, 255, 255, 255), null),
				answer("load report of nothing", set(24, 1, 101, 102, 103, 255, 255, 255, 255), null),
				answer("payload of another type", (good) -> response(good, "{\"a\":1}"), "cannot be read"),
				answer("payload cut off", (good) -> response(good, "\"x"), "not well formed"),
				answer("payload followed by more", (good) -> response(good, "\"x\" \"y\""), "more follows"),
				answer("twice", (good) -> RawSocket.concat(good, good), null),
				answer("a drain before it", (good) -> RawSocket.concat(RawSocket.frame(RawSocket.DRAIN, 0, 0), good),
						null),
				answer("pongs of no ping",
						(good) -> RawSocket.concat(RawSocket.frame(RawSocket.PONG, 3, -1),
								RawSocket.frame(RawSocket.PONG, 0, 0, new byte[5000]), good),
						null),
				answer("pings", (good) -> RawSocket.concat(RawSocket.frame(RawSocket.PING, 3, 0), good), null));
		Stream<Lie> types = IntStream.of(0, 1, 2, 3, 4, 6, 10, 11, 12, 255)
			.mapToObj((type) -> answer("type " + type, set(3, type), "frame"));
		Stream<Lie> statuses = IntStream.of(3, 15, 21, 37, 63, 64, 127, 128, 255)
			.mapToObj((status) -> answer("status " + status, set(5, status), "response status"));
		Stream<Lie> known = IntStream.of(1, 2, 16, 17, 18, 19, 20, 32, 33, 34, 35, 36)
			.mapToObj((status) -> answer("nonsense of status " + status, set(5, status), ""));
		return Stream.of(fields, types, statuses, known).flatMap((lies) -> lies);
	}

	@ParameterizedTest
	@MethodSource({ "welcomes", "answers" })
	void isFoundOutInTime(Lie lie) throws IOException {
		// A client for each: the port of one server may be that of another before it.
		try (RogueServer rogue = new RogueServer(lie.welcome, lie.answer); RpcClient client = newClient()) {
			Shop shop = client.reference(ReferenceSettings.of(Shop.class)
				.withName("rogue")
				.withAddresses(List.of(rogue.address()))
				.withCalls((calls) -> calls.withTimeout(TIMEOUT)));
			if (lie.complaint == null) {
				assertThat(shop.echo("x")).isEqualTo("x");
				return;
			}
			long start = System.nanoTime();
			RpcException failure = catchThrowableOfType(RpcException.class, () -> shop.echo("x"));
			assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(5));
			assertThat(failure).isNotNull();
			assertThat(failure.getMessage()).contains(lie.complaint)
				.hasSizeLessThan(5000)
				.doesNotContainPattern("\\p{Cntrl}");
		}
	}

	private static RpcClient newClient() {
		return RpcClient.builder(new InMemoryRegistry())
			.transport(new TransportClient(
					TransportClientSettings.defaults().withConnectTimeout(Duration.ofMillis(300)), (task) -> {
						Thread thread = new Thread(task, "attacked-client");
						thread.setDaemon(true);
						return thread;
					}))
			.build();
	}

	private static Lie welcome(String name, UnaryOperator<byte[]> change, String complaint) {
		return new Lie("WELCOME: " + name, change.apply(WELCOME), (callId) -> response(callId, "\"x\""), complaint);
	}

	private static Lie answer(String name, UnaryOperator<byte[]> change, String complaint) {
		return new Lie("RESPONSE: " + name, WELCOME, (callId) -> change.apply(response(callId, "\"x\"")), complaint);
	}

	private static UnaryOperator<byte[]> set(int offset, int... bytes) {
		return (good) -> {
			byte[] changed = good.clone();
			for (int i = 0; i < bytes.length; i++) {
				changed[offset + i] = (byte) bytes[i];
			}
			return changed;
		};
	}

	private static UnaryOperator<byte[]> fields(byte[]... fields) {
		return (good) -> RawSocket.frame(RawSocket.WELCOME, 0, 0, RawSocket.concat(fields));
	}

	private static byte[] response(long callId, String payload) {
		return RawSocket.frame(RawSocket.RESPONSE, callId, 0, RawSocket.utf8(payload));
	}

	private static byte[] response(byte[] good, String payload) {
		return response(java.nio.ByteBuffer.wrap(good).getLong(16), payload);
	}

	/**
	 * What is wrong.
	 *
	 * @param name what
	 * @param welcome the answer to a hello
	 * @param answer the answer to a request
	 * @param complaint what its caller hears, {@code null} if the call succeeds
	 */
	private record Lie(String name, byte[] welcome, LongFunction<byte[]> answer, String complaint) {

		@Override
		public String toString() {
			return this.name;
		}

	}

}
