package io.harpc.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.harpc.CallObserver;
import io.harpc.RpcException;
import io.harpc.ServiceKey;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.serialization.Serializer;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import io.harpc.transport.TransportServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * The doors by which Dubbo, SOFARPC and Spring's remoting were entered, tried here: each
 * test is named after the holes that had its root cause. What Apache says of those of
 * Dubbo is in its advisories.
 * <p>
 * What an attack would run is a trap in this class: its static initializer,
 * {@code readObject}, {@code toString}, {@code hashCode} or constructor. The tests can
 * fail: each sends something that does work, too.
 */
@Timeout(60)
class CveRootCauseIT {

	private static final AtomicInteger SPRUNG = new AtomicInteger();

	private static final AtomicInteger BUILT = new AtomicInteger();

	private static final int OK = 0;

	private static final int NO_SUCH_SERVICE = 18;

	private static final int EXPIRED = 19;

	private static final int NO_SUCH_METHOD = 32;

	private static final int MALFORMED = 33;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final RpcServer server = new RpcServer(
			new RpcServerSettings(TransportServerSettings.defaults(0).withBindAddress("127.0.0.1"), Serializer.json(),
					"127.0.0.1", "", Duration.ZERO, true),
			this.registry, this.executor, Thread::new, CallObserver.NONE);

	private RawSocket raw;

	@BeforeEach
	void start() throws IOException {
		this.server.export(ServiceDescriptor.of(ServiceKey.of(Vault.class), Vault.class), new Bean(), 100);
		this.server.start();
		this.server.register();
		this.raw = RawSocket.greeted(this.server.address().port());
		SPRUNG.set(0);
		BUILT.set(0);
	}

	@AfterEach
	void noTrapIsSprung() {
		this.raw.close();
		this.client.close();
		this.server.close();
		this.registry.close();
		this.executor.shutdownNow();
		assertThat(SPRUNG).hasValue(0);
	}

	/** Dubbo's HTTP protocol and Spring's HttpInvoker: a POST with a Java object. */
	@Test
	void cve201917564AndCve20161000027NoSerializedObjectIsReadOverHttp() throws IOException {
		try (RawSocket http = RawSocket.connect(this.server.address().port())) {
			byte[] body = serialized();
			http.send(RawSocket.concat(RawSocket.utf8("POST /" + Vault.class.getName()
					+ " HTTP/1.1\r\nContent-Type: application/x-java-serialized-object\r\nContent-Length: "
					+ body.length + "\r\n\r\n"), body));
			assertThat(RawSocket.text(http.receive())).contains("not an ha-rpc frame");
			http.awaitEnd();
		}
	}

	/** Java objects where arguments are expected, with the check of the codec skipped. */
	@Test
	void cve202137579NoSerializedObjectIsReadAsArguments() throws IOException {
		for (String method : List.of("open(" + Nosy.class.getName() + ",int)", "names(java.util.Map)")) {
			assertThat(status(call(Vault.class.getName(), method, serialized()))).as(method).isEqualTo(MALFORMED);
		}
		assertThat(status(call(Vault.class.getName(), "bytes(byte[])", serialized()))).as("bytes are bytes")
			.isEqualTo(OK);
	}

	/**
	 * Hessian's, fastjson's and Jackson's ways to name a class, past any list of classes.
	 */
	@Test
	void cve202011995AndCve202239198AndCve202323638AndCve202346279AndCve202423636AndCve20199212NoClassIsNamedByTheSender()
			throws IOException {
		String trap = Trap.class.getName();
		for (String value : List.of("{\"@class\":\"" + trap + "\"}", "{\"@type\":\"" + trap + "\"}",
				"[\"" + trap + "\",{}]", "{\"class\":\"" + trap + "\"}", "{\"a\":{\"@class\":\"" + trap + "\"}}",
				"{\"a\":[{\"@type\":\"" + trap + "\"}]}", "{\"a\":[[\"" + trap + "\",{}]]}",
				"{\"a\":[{\"@type\":\"CveRootCauseIT$Trap\"}]}")) {
			call(Vault.class.getName(), "open(" + Nosy.class.getName() + ",int)", json("[" + value + ",1]"));
			call(Vault.class.getName(), "names(java.util.Map)", json("[" + value + "]"));
			call(Vault.class.getName(), "shapes(java.util.Map)", json("[" + value + "]"));
		}
		byte[] hessian = RawSocket.concat(new byte[] { 'C', 0x30, (byte) trap.length() }, json(trap),
				new byte[] { (byte) 0x90, 0x60 });
		assertThat(status(call(Vault.class.getName(), "names(java.util.Map)", hessian))).isEqualTo(MALFORMED);
		assertThat(status(call(Vault.class.getName(), "shapes(java.util.Map)",
				json("[{\"a\":[{\"@type\":\"CveRootCauseIT$Dot\"}]}]"))))
			.as("a class that is declared")
			.isEqualTo(OK);
	}

	/** An answer that makes the client build something. */
	@Test
	void cve202329234NoClassIsNamedByTheServer() throws IOException {
		byte[] welcome = RawSocket.frame(RawSocket.WELCOME, 0, 0, RawSocket.field(1, 1, 1));
		byte[] thrown = json("{\"thrown\":\"" + Trap.class.getName() + "\",\"declared\":\"" + Trap.class.getName()
				+ "\",\"message\":\"m\",\"fields\":{\"cause\":{\"@class\":\"" + Trap.class.getName() + "\"}}}");
		try (RogueServer rogue = new RogueServer(welcome, (callId) -> {
			byte[] answer = RawSocket.frame(RawSocket.RESPONSE, callId, 0, thrown);
			answer[5] = 1;
			return answer;
		})) {
			Vault vault = this.client
				.reference(ReferenceSettings.of(Vault.class).withName("rogue").withAddresses(List.of(rogue.address())));
			assertThat(catchThrowableOfType(RpcException.class, () -> vault.bytes(new byte[1])))
				.hasMessageContaining(Trap.class.getName())
				.hasMessageContaining("m (thrown by the provider");
		}
	}

	/** Arguments decoded although nobody knows the service or the method. */
	@Test
	void cve20201948NothingIsDecodedBeforeTheMethodIsKnown() throws IOException {
		byte[] arguments = json("[{\"a\":1},2]");
		String open = "open(" + Nosy.class.getName() + ",int)";
		assertThat(status(call("no.such.Service", open, arguments))).isEqualTo(NO_SUCH_SERVICE);
		assertThat(status(call(Vault.class.getName(), "opened(" + Nosy.class.getName() + ",int)", arguments)))
			.isEqualTo(NO_SUCH_METHOD);
		byte[] late = RawSocket.frame(RawSocket.REQUEST, 1, id(Vault.class.getName(), open), arguments);
		ByteBuffer.wrap(late).putInt(12, 0);
		this.raw.send(late);
		assertThat(status(this.raw.receive())).as("nor after the deadline").isEqualTo(EXPIRED);
		assertThat(BUILT).hasValue(0);
		assertThat(status(call(Vault.class.getName(), open, arguments))).isEqualTo(OK);
		assertThat(BUILT).as("otherwise it is").hasValue(1);
	}

	/** The codec chosen by a byte that the caller sends. */
	@Test
	void cve202125641TheCallerDoesNotChooseTheCodec() throws IOException {
		for (String codec : List.of("java", "smile", "hessian2", "kryo")) {
			try (RawSocket other = RawSocket.connect(this.server.address().port())) {
				other.send(RawSocket.frame(RawSocket.HELLO, 0, 0,
						RawSocket.concat(RawSocket.field(1, 1, 1), RawSocket.field(4, codec.chars().toArray()))));
				assertThat(RawSocket.text(other.receive())).contains("json").doesNotContain(codec);
			}
		}
		byte[] smile = { ':', ')', '\n', 0, (byte) 0xf8, 0x40, (byte) 0xf9 };
		for (int flags = 0; flags < 256; flags++) {
			byte[] frame = RawSocket.frame(RawSocket.REQUEST, flags,
					id(Vault.class.getName(), "echo(java.lang.String)"), (flags % 2 == 0) ? smile : json("[\"x\"]"));
			frame[4] = (byte) flags;
			frame[5] = (byte) flags;
			this.raw.send(frame);
			assertThat(status(this.raw.receive())).as("flags %s", flags).isEqualTo((flags % 2 == 0) ? MALFORMED : OK);
		}
	}

	/** A method that is there for every service and calls any other. */
	@Test
	void cve202130179AndCve202136163OnlyMethodsOfTheInterfaceCanBeCalled() throws IOException {
		for (String method : List.of("$invoke(java.lang.String,java.lang.String[],java.lang.Object[])",
				"$invokeAsync(java.lang.String,java.lang.String[],java.lang.Object[])", "$echo(java.lang.Object)",
				"toString()", "hashCode()", "getClass()", "notify()", "secret()", "secret(java.lang.String)",
				"echo(java.lang.Object)", "<init>()", "echo", "")) {
			assertThat(status(call(Vault.class.getName(), method, json("[\"x\"]")))).as(method)
				.isEqualTo(NO_SUCH_METHOD);
			assertThat(status(call("org.apache.dubbo.rpc.service.GenericService", method, json("[\"x\"]")))).as(method)
				.isEqualTo(NO_SUCH_SERVICE);
			assertThat(status(call(Bean.class.getName(), method, json("[\"x\"]")))).as(method)
				.isEqualTo(NO_SUCH_SERVICE);
		}
		assertThat(status(call(Vault.class.getName(), "echo(java.lang.String)", json("[\"x\"]")))).isEqualTo(OK);
	}

	/** A message about a failure that asks for the text of what was decoded. */
	@Test
	void cve202143297AndCve202136161NothingDecodedIsAskedForItsText() throws IOException {
		String open = "open(" + Nosy.class.getName() + ",int)";
		for (String arguments : List.of("[{\"a\":1},\"x\"]", "[{\"a\":1}]", "[{\"a\":1},1,1]", "[{\"a\":1},1",
				"[{\"a\":1},1]x", "[{\"a\":1,\"b\":[]},{}]")) {
			assertThat(status(call(Vault.class.getName(), open, json(arguments)))).isEqualTo(MALFORMED);
		}
		assertThat(BUILT.get()).as("it was decoded").isPositive();
		Vault vault = this.client.reference(
				ReferenceSettings.of(Vault.class).withCalls((calls) -> calls.withTimeout(Duration.ofMillis(300))));
		for (int code : new int[] { Bean.THROWS, Bean.TAKES_LONG, Bean.RETURNS_UNWRITABLE }) {
			assertThat(catchThrowableOfType(RpcException.class, () -> vault.open(new Nosy(1), code))).isNotNull();
		}
	}

	private byte[] call(String service, String method, byte[] arguments) throws IOException {
		this.raw.send(RawSocket.frame(RawSocket.REQUEST, 1, id(service, method), arguments));
		return this.raw.receive();
	}

	private static int status(byte[] response) {
		return response[5];
	}

	private static byte[] json(String text) {
		return RawSocket.utf8(text);
	}

	/** As {@code docs/wire-protocol.md} has it. */
	private static long id(String service, String method) {
		return (long) hash(service) << 32 | hash(method) & 0xffff_ffffL;
	}

	private static int hash(String text) {
		try {
			return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)))
				.getInt();
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] serialized() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(new Serialized());
		}
		return bytes.toByteArray();
	}

	interface Vault {

		String open(Nosy nosy, int code);

		String echo(String text);

		int bytes(byte[] bytes);

		int names(Map<String, String> names);

		int shapes(Map<String, List<Shape>> shapes);

	}

	private static final class Bean implements Vault {

		static final int THROWS = 1001;

		static final int TAKES_LONG = 1002;

		static final int RETURNS_UNWRITABLE = 1003;

		@Override
		public String open(Nosy nosy, int code) {
			switch (code) {
				case THROWS -> throw new IllegalStateException("closed");
				case TAKES_LONG -> {
					try {
						// The handler's work: longer than its caller waits, so that it is
						// interrupted.
						Thread.sleep(5_000);
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException("late", ex);
					}
				}
				case RETURNS_UNWRITABLE -> {
					return "x".repeat(5 << 20);
				}
				default -> {
					return "open";
				}
			}
			return "late";
		}

		@Override
		public String echo(String text) {
			return text;
		}

		@Override
		public int bytes(byte[] bytes) {
			return bytes.length;
		}

		@Override
		public int names(Map<String, String> names) {
			return names.size();
		}

		@Override
		public int shapes(Map<String, List<Shape>> shapes) {
			return shapes.size();
		}

		/** No method of the service. */
		public String secret() {
			SPRUNG.incrementAndGet();
			return "secret";
		}

	}

	/** Notes when it is built, and does not want to be asked anything. */
	static final class Nosy {

		private final int a;

		Nosy(int a) {
			this.a = a;
			BUILT.incrementAndGet();
		}

		public int getA() {
			return this.a;
		}

		@Override
		public String toString() {
			SPRUNG.incrementAndGet();
			return "nosy";
		}

		@Override
		public int hashCode() {
			SPRUNG.incrementAndGet();
			return 1;
		}

		@Override
		public boolean equals(Object other) {
			SPRUNG.incrementAndGet();
			return false;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	sealed interface Shape permits Dot {

	}

	record Dot() implements Shape {
	}

	/** No class of any method: whoever as much as initializes it springs the trap. */
	static final class Trap extends RuntimeException {

		private static final long serialVersionUID = 1L;

		static {
			SPRUNG.incrementAndGet();
		}

	}

	private static final class Serialized implements Serializable {

		private static final long serialVersionUID = 1L;

		private void readObject(ObjectInputStream in) {
			SPRUNG.incrementAndGet();
		}

	}

}
