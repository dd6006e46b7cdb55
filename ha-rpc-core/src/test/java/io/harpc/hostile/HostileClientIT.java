package io.harpc.hostile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that gets every field of every frame wrong: the server refuses it with a
 * reason, ends that connection alone, or goes on where the protocol says that a field is
 * not looked at.
 */
@Timeout(60)
class HostileClientIT {

	private static final long ECHO = Provider.method("echo");

	private static final byte[] ARGUMENTS = RawSocket.utf8("[\"x\"]");

	private static Provider provider;

	@BeforeAll
	static void start() {
		provider = new Provider(Duration.ofMillis(500), Duration.ofSeconds(30), 16);
	}

	@AfterAll
	static void othersWereServed() throws Exception {
		provider.assertOthersWereServed();
		long deadline = System.nanoTime() + 10_000_000_000L;
		while (provider.server.connections() > 2 && System.nanoTime() - deadline < 0) {
			Thread.onSpinWait();
		}
		assertThat(provider.server.connections()).as("connections that are left").isLessThanOrEqualTo(2);
		assertThat(provider.server.runningCalls()).isZero();
		provider.close();
	}

	static Stream<Wrong> greetings() {
		List<Wrong> rows = new ArrayList<>();
		byte[] good = RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello());
		rows.add(new Wrong("HELLO", "magic", with(good, 0, 'X'), "not an ha-rpc frame"));
		rows.add(new Wrong("HELLO", "magic", with(good, 1, 0), "not an ha-rpc frame"));
		for (int version : new int[] { 0, 2, 255 }) {
			rows.add(new Wrong("HELLO", "version", with(good, 2, version), "protocol version"));
		}
		for (int type : new int[] { 0, 12, 127, 128, 255 }) {
			rows.add(new Wrong("HELLO", "type", with(good, 3, type), "frame type"));
		}
		for (int type : new int[] { 2, 3, 4, 6, 7, 8, 9, 10, 11 }) {
			rows.add(new Wrong("HELLO", "type", with(good, 3, type), "expected: HELLO"));
		}
		rows.add(new Wrong("HELLO", "flags", with(good, 4, 255), null));
		rows.add(new Wrong("HELLO", "status", with(good, 5, 255), null));
		rows.add(new Wrong("HELLO", "headers length", with(good, 6, 255, 255), "headers of 65535 bytes"));
		rows.add(new Wrong("HELLO", "headers length", with(good, 7, good.length - 32), "without protocol versions"));
		rows.add(new Wrong("HELLO", "body length", with(good, 8, 255, 255, 255, 255), "max-frame-size"));
		rows.add(new Wrong("HELLO", "body length", with(good, 8, 0, 0, 16, 0), "max-frame-size"));
		rows.add(new Wrong("HELLO", "body length", with(good, 11, 0), "without protocol versions"));
		rows.add(new Wrong("HELLO", "body length", with(good, 11, good.length - 33), "hello"));
		rows.add(new Wrong("HELLO", "body length", with(good, 11, good.length - 31), "no hello within"));
		rows.add(new Wrong("HELLO", "time", with(good, 12, 255, 255, 255, 255), null));
		rows.add(new Wrong("HELLO", "call id", with(good, 16, 255), null));
		rows.add(new Wrong("HELLO", "method id, load report", with(good, 24, 255), null));
		return rows.stream();
	}

	static Stream<Wrong> fieldsOfTheHello() {
		return Stream.of(hello("versions", RawSocket.field(1, 0, 0), "without protocol versions"),
				hello("versions", RawSocket.field(1, 2, 9), "protocol versions 2 to 9"),
				hello("versions", RawSocket.field(1, 9, 0), "protocol versions"),
				hello("versions", RawSocket.field(1, 1), "hello field 1 of 1 bytes"),
				hello("versions", new byte[0], "without protocol versions"),
				hello("capabilities", RawSocket.field(2, 1, 2, 3), "hello field 2 of 3 bytes"),
				hello("capabilities", valid(RawSocket.field(2, 255, 255, 255, 255, 255, 255, 255, 255)), null),
				hello("largest frame", valid(RawSocket.field(3, 0, 0, 0, 0)), "max-frame-size 0"),
				hello("largest frame", valid(RawSocket.field(3, 0, 0, 15, 255)), "max-frame-size 4095"),
				hello("largest frame", valid(RawSocket.field(3, 255, 255, 255, 255)), "max-frame-size 4294967295"),
				hello("largest frame", valid(RawSocket.field(3, 1)), "hello field 3 of 1 bytes"),
				hello("serialization", valid(RawSocket.field(4, 'j', 'a', 'v', 'a')), null),
				hello("identity", valid(RawSocket.field(5, 255, 254)), null),
				hello("unknown", valid(RawSocket.field(99, 1, 2, 3)), null),
				hello("cut off", valid(new byte[] { 5 }), "within a field"),
				hello("too long", valid(new byte[] { 5, 1, 0, 1 }), "hello field 5 of 256 bytes"));
	}

	@ParameterizedTest
	@MethodSource({ "greetings", "fieldsOfTheHello" })
	void isToldWhatIsWrongWithItsGreeting(Wrong wrong) throws IOException {
		try (RawSocket raw = RawSocket.connect(provider.port())) {
			raw.send(wrong.bytes);
			byte[] answer = raw.receive();
			if (wrong.reaction == null) {
				assertThat(answer[3]).isEqualTo((byte) RawSocket.WELCOME);
				assertServed(raw);
			}
			else {
				assertThat(answer[3]).isEqualTo((byte) RawSocket.REFUSED);
				assertThat(RawSocket.text(answer)).contains(wrong.reaction).hasSizeLessThanOrEqualTo(1024);
				raw.awaitEnd();
			}
		}
	}

	static Stream<Wrong> frames() {
		List<Wrong> rows = new ArrayList<>();
		for (Base base : Base.values()) {
			byte[] good = base.frame;
			rows.add(base.wrong("magic", with(good, 0, 'X'), "closed"));
			rows.add(base.wrong("version", with(good, 2, 2), "closed"));
			for (int type : new int[] { 0, 1, 2, 3, 5, 9, 10, 11, 12, 255 }) {
				rows.add(base.wrong("type", with(good, 3, type), "closed"));
			}
			rows.add(base.wrong("flags", with(good, 4, 255), base.reaction));
			rows.add(base.wrong("status", with(good, 5, 255), base.reaction));
			rows.add(base.wrong("headers length", with(good, 6, 255, 255), "closed"));
			rows.add(base.wrong("body length", with(good, 8, 255, 255, 255, 255), "closed"));
			rows.add(base.wrong("body length", with(good, 8, 127, 255, 255, 255), "closed"));
			rows.add(base.wrong("body length", with(good, 8, 0, 1, 0, 0), "closed"));
			rows.add(base.wrong("time", with(good, 12, 255, 255, 255, 255), base.reaction));
			rows.add(base.wrong("time", with(good, 12, 0, 0, 0, 0),
					(base == Base.REQUEST) ? "status 19" : base.reaction));
			rows.add(base.wrong("call id", with(good, 16, 0, 0, 0, 0, 0, 0, 0, 0), base.reaction));
			rows.add(base.wrong("call id", with(good, 16, 255, 255, 255, 255, 255, 255, 255, 255), base.reaction));
			rows.add(base.wrong("method id, load report", with(good, 24, good[24] ^ 1),
					(base == Base.REQUEST) ? "status 18" : base.reaction));
			rows.add(base.wrong("method id, load report", with(good, 31, good[31] ^ 1),
					(base == Base.REQUEST) ? "status 32" : base.reaction));
		}
		return rows.stream();
	}

	static Stream<Wrong> bodies() {
		byte[] large = new byte[Provider.MAX_FRAME - 32];
		byte[] headers = RawSocket.concat(new byte[] { 0, 1, 'a', 0, 1, 'b' }, ARGUMENTS);
		byte[] twice = RawSocket.concat(new byte[] { 0, 1, 'a', 0, 0, 0, 1, 'a', 0, 0 }, ARGUMENTS);
		return Stream.of(request("headers", with(requestOf(headers), 7, 6), "status 0"),
				request("headers", with(requestOf(headers), 7, 5), "closed"),
				request("headers", with(requestOf(twice), 7, 10), "closed"),
				request("headers", with(requestOf(large), 6, 0x20, 0x01), "closed"),
				request("headers", with(requestOf(new byte[] { 0, 1, (byte) 255, 0, 0, '[', '"', '"', ']' }), 7, 5),
						"status 0"),
				request("payload", requestOf(RawSocket.utf8("[\"x\"")), "status 33"),
				request("payload", requestOf(RawSocket.utf8("[{}]")), "status 33"),
				request("payload", requestOf(RawSocket.utf8("[\"x\"] ]")), "status 33"),
				request("payload", requestOf(new byte[0]), "status 33"),
				request("payload", requestOf(large), "status 33"),
				request("payload", requestOf(RawSocket.utf8("[\"" + "[".repeat(60_000) + "\"]")), "status 0"),
				Base.CANCEL.wrong("payload", RawSocket.frame(RawSocket.CANCEL, 7, 0, large), "nothing"),
				Base.PING.wrong("payload", RawSocket.frame(RawSocket.PING, 7, 0, large), "pong"),
				Base.PONG.wrong("payload", RawSocket.frame(RawSocket.PONG, 7, 0, large), "nothing"));
	}

	@ParameterizedTest
	@MethodSource({ "frames", "bodies" })
	void losesItsConnectionOrIsAnswered(Wrong wrong) throws IOException {
		try (RawSocket raw = RawSocket.greeted(provider.port())) {
			raw.send(wrong.bytes);
			if ("closed".equals(wrong.reaction)) {
				raw.awaitEnd();
				return;
			}
			if (!"nothing".equals(wrong.reaction)) {
				byte[] answer = raw.receive();
				assertThat((answer[3] == RawSocket.PONG) ? "pong" : "status " + answer[5]).isEqualTo(wrong.reaction);
				assertThat(Arrays.copyOfRange(answer, 16, 24)).as("call id")
					.isEqualTo(Arrays.copyOfRange(wrong.bytes, 16, 24));
			}
			assertServed(raw);
		}
	}

	@Test
	void twoCallsOfOneIdAreBothAnswered() throws IOException {
		try (RawSocket raw = RawSocket.greeted(provider.port())) {
			byte[] slow = RawSocket.frame(RawSocket.REQUEST, 7, Provider.method("stubborn"), RawSocket.utf8("[50]"));
			raw.send(RawSocket.concat(slow, slow, RawSocket.frame(RawSocket.CANCEL, 7, 0)));
			raw.receive();
			assertServed(raw);
		}
	}

	@Test
	void noFieldOfThePageIsForgotten() throws IOException {
		String page = Files.readString(Path.of("..", "docs", "wire-protocol.md"));
		String table = page.substring(page.indexOf("| offset"), page.indexOf("**Headers**"));
		Set<String> fields = table.lines()
			.skip(2)
			.filter((line) -> line.startsWith("|"))
			.map((line) -> line.split("\\|")[3].strip())
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(fields).hasSize(10);
		for (String type : List.of("HELLO", "REQUEST", "CANCEL", "PING", "PONG")) {
			assertThat(Stream.concat(greetings(), frames())
				.filter((wrong) -> wrong.type.equals(type))
				.map(Wrong::field)
				.collect(Collectors.toSet())).as(type).isEqualTo(fields);
		}
	}

	private static void assertServed(RawSocket raw) throws IOException {
		raw.send(RawSocket.frame(RawSocket.REQUEST, 4711, ECHO, ARGUMENTS));
		byte[] answer = raw.receive();
		while (ByteBuffer.wrap(answer).getLong(16) != 4711) {
			answer = raw.receive();
		}
		assertThat(answer[5]).isZero();
		assertThat(RawSocket.text(answer)).isEqualTo("\"x\"");
	}

	private static Wrong hello(String field, byte[] fields, String reaction) {
		return new Wrong("HELLO", field, RawSocket.frame(RawSocket.HELLO, 0, 0, fields), reaction);
	}

	private static byte[] valid(byte[] more) {
		return RawSocket.concat(RawSocket.field(1, 1, 1), more);
	}

	private static Wrong request(String field, byte[] bytes, String reaction) {
		return Base.REQUEST.wrong(field, bytes, reaction);
	}

	private static byte[] requestOf(byte[] body) {
		return RawSocket.frame(RawSocket.REQUEST, 7, ECHO, body);
	}

	private static byte[] with(byte[] frame, int offset, int... bytes) {
		byte[] changed = frame.clone();
		for (int i = 0; i < bytes.length; i++) {
			changed[offset + i] = (byte) bytes[i];
		}
		return changed;
	}

	/** What a client may send, as it should be, and what comes of it. */
	private enum Base {

		REQUEST(RawSocket.frame(RawSocket.REQUEST, 7, ECHO, ARGUMENTS), "status 0"),

		CANCEL(RawSocket.frame(RawSocket.CANCEL, 7, 0), "nothing"),

		PING(RawSocket.frame(RawSocket.PING, 7, 0), "pong"),

		PONG(RawSocket.frame(RawSocket.PONG, 7, 0), "nothing");

		private final byte[] frame;

		private final String reaction;

		Base(byte[] frame, String reaction) {
			this.frame = frame;
			this.reaction = reaction;
		}

		Wrong wrong(String field, byte[] bytes, String reaction) {
			return new Wrong(name(), field, bytes, reaction);
		}

	}

	/**
	 * A frame with one field that is wrong.
	 *
	 * @param type its type
	 * @param field the field
	 * @param bytes the frame
	 * @param reaction what must come of it
	 */
	private record Wrong(String type, String field, byte[] bytes, String reaction) {

		@Override
		public String toString() {
			return this.type + " " + this.field + " " + this.reaction;
		}

	}

}
