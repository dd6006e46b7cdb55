package io.harpc.hostile;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.sun.management.ThreadMXBean;
import io.harpc.Identity;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.AuthenticationFields;
import io.harpc.protocol.Frame;
import io.harpc.protocol.FrameBuffer;
import io.harpc.protocol.FrameReader;
import io.harpc.protocol.FrameType;
import io.harpc.protocol.Hello;
import io.harpc.protocol.LoadReport;
import io.harpc.protocol.ProtocolException;
import io.harpc.registry.Instance;
import io.harpc.registry.InstanceJson;
import io.harpc.security.AuthenticationException;
import io.harpc.security.Challenge;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.SharedKey;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.RemoteFailure;
import io.harpc.serialization.Serializer;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What reads bytes from outside, and what must hold whatever they are: no exception but
 * the documented one, memory in proportion to the bytes, no object but of the declared
 * types, and what was read can be written and read again.
 */
enum FuzzTarget {

	/** The bytes of a connection, in pieces. */
	FRAMES {
		@Override
		void read(byte[] data) throws IOException {
			InputInPieces in = new InputInPieces(data);
			FrameReader reader = new FrameReader(in, MAX_FRAME);
			try {
				while (true) {
					reader.fill();
					for (Frame frame = reader.next(); frame != null; frame = reader.next()) {
						assertThat(frame.body().length).isLessThanOrEqualTo(data.length);
						assertThat(frame.text().length()).isLessThanOrEqualTo(1024);
						LoadReport.decode(frame.loadReport());
						frame.headers();
					}
				}
			}
			catch (EOFException | ProtocolException ex) {
				assertThat(ex.getMessage()).hasSizeLessThan(300);
			}
		}
	},

	/** The fields of a hello or a welcome. */
	HELLO {
		@Override
		void read(byte[] data) throws IOException {
			if (data.length > Hello.MAX_FRAME_SIZE - 32) {
				return;
			}
			try {
				Hello hello = Hello.read(helloOf((out) -> out.write(data)));
				assertThat(Hello.read(helloOf(hello::writeTo))).isEqualTo(hello);
			}
			catch (ProtocolException ex) {
				assertThat(ex.getMessage()).hasSizeLessThan(200);
			}
		}
	},

	/** What proves who somebody is: of a client to a server, then the other way. */
	PROOFS {
		@Override
		void read(byte[] data) throws IOException {
			if (data.length > Hello.MAX_FRAME_SIZE - 32) {
				return;
			}
			try {
				Frame frame = helloOf((out) -> out.write(data));
				AuthenticationFields fields = AuthenticationFields.read(frame);
				assertThat(AuthenticationFields.read(helloOf(fields::writeTo))).usingRecursiveComparison()
					.isEqualTo(fields);
				Challenge challenge = AUTHENTICATION.challenge(Hello.read(frame).identity(), data, "run",
						fields.nonce());
				challenge.check(fields.proof());
				throw new AssertionError("taken for who has a key that nobody has");
			}
			catch (ProtocolException | AuthenticationException ex) {
				assertThat(ex.getMessage()).hasSizeLessThan(200).doesNotContainPattern("\\p{Cntrl}");
			}
		}
	},

	/** The headers of a request. */
	HEADERS {
		@Override
		void read(byte[] data) throws IOException {
			int length = Math.min(data.length, 0xffff);
			FrameBuffer buffer = new FrameBuffer().begin(FrameType.REQUEST, 0, MAX_FRAME);
			buffer.write(data, 0, length);
			buffer.finish();
			buffer.array()[6] = (byte) (length >>> 8);
			buffer.array()[7] = (byte) length;
			try {
				assertThat(frame(buffer).headers().size()).isLessThanOrEqualTo(length / 4);
			}
			catch (ProtocolException ex) {
				assertThat(ex.getMessage()).hasSizeLessThan(200);
			}
		}
	},

	/** Arguments in JSON. */
	JSON_ARGUMENTS {
		@Override
		void read(byte[] data) throws IOException {
			readArguments(JSON, data);
		}
	},

	/** Arguments in Smile. */
	SMILE_ARGUMENTS {
		@Override
		void read(byte[] data) throws IOException {
			readArguments(SMILE, data);
		}
	},

	/** A result, and what a method threw, in JSON. */
	JSON_RESULTS {
		@Override
		void read(byte[] data) throws IOException {
			readResult(JSON, data);
			readException(JSON, data);
		}
	},

	/** A result, and what a method threw, in Smile. */
	SMILE_RESULTS {
		@Override
		void read(byte[] data) throws IOException {
			readResult(SMILE, data);
			readException(SMILE, data);
		}
	},

	/** Small arguments, which are read without Jackson where it would read the same. */
	PLAIN_ARGUMENTS {
		@Override
		void read(byte[] data) {
			byte[] unusual = new byte[data.length + 1];
			unusual[0] = ' ';
			System.arraycopy(data, 0, unusual, 1, data.length);
			assertThat(plainArguments(data)).isEqualTo(plainArguments(unusual));
		}
	},

	/** An entry of the registry. */
	INSTANCE {
		@Override
		void read(byte[] data) {
			try {
				Instance instance = InstanceJson.read(data);
				assertThat(InstanceJson.read(InstanceJson.write(instance))).isEqualTo(instance);
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex.getMessage()).hasSizeLessThan(1000).doesNotContainPattern("\\p{Cntrl}");
			}
		}
	};

	private static final int MAX_FRAME = 1 << 20;

	private static final ServerAuthentication AUTHENTICATION = new ServerAuthentication(true, List
		.of(new AcceptedKey(SharedKey.of("orders-1", UUID.randomUUID().toString()), new Identity("orders", Set.of()))),
			List.of());

	/** Bytes for each byte that was read, and what it costs to read nothing. */
	private static final long FACTOR = 200;

	private static final long BASE = 1 << 20;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final MethodDescriptor METHOD = ServiceDescriptor.of(ServiceKey.of(Rich.class), Rich.class)
		.methods()
		.get(0);

	private static final MethodSerializer PLAIN = Serializer.json()
		.forMethod(ServiceDescriptor.of(ServiceKey.of(Small.class), Small.class).methods().get(0));

	private static final MethodSerializer JSON = Serializer.json().forMethod(METHOD);

	private static final MethodSerializer SMILE = Serializer.smile().forMethod(METHOD);

	private static final Set<Class<?>> DECLARED = Set.of(Page.class, Circle.class, Square.class, String.class,
			Integer.class, Long.class, Double.class, Boolean.class, BigDecimal.class, BigInteger.class, UUID.class,
			Instant.class, LocalDate.class, ZonedDateTime.class, Duration.class, Color.class, byte[].class,
			int[].class);

	abstract void read(byte[] data) throws IOException;

	/** Reads, and measures; a second time where the first may have loaded classes. */
	final void check(byte[] data) throws IOException {
		long bound = BASE + FACTOR * data.length;
		if (allocated(data) > bound) {
			assertThat(allocated(data)).as("bytes allocated for %s bytes by %s", data.length, this)
				.isLessThanOrEqualTo(bound);
		}
	}

	private long allocated(byte[] data) throws IOException {
		long before = THREADS.getCurrentThreadAllocatedBytes();
		read(data);
		return THREADS.getCurrentThreadAllocatedBytes() - before;
	}

	/** Has the target that the first byte chooses read the others. */
	static void dispatch(byte @Nullable [] data) throws IOException {
		if (data != null && data.length > 0) {
			FuzzTarget target = values()[(data[0] & 0xff) % values().length];
			target.check(Arrays.copyOfRange(data, 1, data.length));
		}
	}

	private static Frame helloOf(Payload payload) throws IOException {
		FrameBuffer buffer = new FrameBuffer().begin(FrameType.HELLO, 0, MAX_FRAME);
		payload.writeTo(buffer);
		buffer.finish();
		return frame(buffer);
	}

	private static Frame frame(FrameBuffer buffer) throws IOException {
		FrameReader reader = new FrameReader(new ByteArrayInputStream(buffer.array(), 0, buffer.size()), MAX_FRAME);
		Frame frame = null;
		while (frame == null) {
			reader.fill();
			frame = reader.next();
		}
		return frame;
	}

	private static void readArguments(MethodSerializer serializer, byte[] data) throws IOException {
		@Nullable Object[] arguments;
		try {
			arguments = serializer.readArguments(data, 0, data.length);
		}
		catch (IOException ex) {
			assertQuiet(ex);
			return;
		}
		assertThat(arguments).hasSize(2);
		for (Object argument : arguments) {
			assertDeclared(argument);
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try {
			serializer.writeArguments(arguments, out);
		}
		catch (IOException ex) {
			// Half of a surrogate pair, which Smile does not write.
			return;
		}
		byte[] written = out.toByteArray();
		out.reset();
		serializer.writeArguments(serializer.readArguments(written, 0, written.length), out);
		assertThat(out.toByteArray()).isEqualTo(written);
	}

	private static @Nullable List<@Nullable Object> plainArguments(byte[] data) {
		try {
			return Arrays.asList(PLAIN.readArguments(data, 0, data.length));
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static void readResult(MethodSerializer serializer, byte[] data) {
		try {
			assertDeclared(serializer.readResult(data, 0, data.length));
		}
		catch (IOException ex) {
			assertQuiet(ex);
		}
	}

	private static void readException(MethodSerializer serializer, byte[] data) {
		try {
			RemoteFailure failure = serializer.readException(data, 0, data.length);
			assertThat(failure.declared()).satisfiesAnyOf((none) -> assertThat(none).isNull(),
					(one) -> assertThat(one).isExactlyInstanceOf(Sold.class));
			assertThat(failure.className().length()).isLessThanOrEqualTo(512);
		}
		catch (IOException ex) {
			assertQuiet(ex);
		}
	}

	private static void assertQuiet(IOException ex) {
		assertThat(ex).hasNoCause();
		assertThat(ex.getMessage()).hasSizeLessThan(4096);
	}

	private static void assertDeclared(@Nullable Object value) {
		if (value instanceof Collection<?> elements) {
			elements.forEach(FuzzTarget::assertDeclared);
		}
		else if (value instanceof Map<?, ?> map) {
			map.keySet().forEach(FuzzTarget::assertDeclared);
			map.values().forEach(FuzzTarget::assertDeclared);
		}
		else if (value instanceof Optional<?> optional) {
			assertDeclared(optional.orElse(null));
		}
		else if (value != null) {
			assertThat(DECLARED).contains(value.getClass());
			if (value instanceof Page page) {
				page.parts().forEach(FuzzTarget::assertDeclared);
			}
		}
	}

	/**
	 * Gives now much, now little, as a socket does; always the same for the same data.
	 */
	private static final class InputInPieces extends ByteArrayInputStream {

		InputInPieces(byte[] data) {
			super(data);
		}

		@Override
		public synchronized int read(byte[] target, int offset, int length) {
			int most = (this.pos % 3 == 0) ? length : 1 + this.pos % 7;
			return super.read(target, offset, Math.min(length, most));
		}

	}

	private interface Payload {

		void writeTo(FrameBuffer out) throws IOException;

	}

	interface Small {

		void call(boolean flag, Integer number, long id, String text);

	}

	interface Rich {

		Page find(Page page, Map<String, List<Shape>> shapes) throws Sold;

	}

	record Page(String title, int number, Long total, double ratio, boolean last, BigDecimal price, BigInteger big,
			UUID id, Instant at, LocalDate day, ZonedDateTime zoned, Duration duration, Color color, byte[] bytes,
			int[] ints, Optional<Shape> shape, List<Page> children, Set<Long> numbers, Map<Long, String> names) {

		Collection<Object> parts() {
			return Arrays.asList(this.title, this.price, this.big, this.id, this.at, this.day, this.zoned,
					this.duration, this.color, this.bytes, this.ints, this.shape, this.children, this.numbers,
					this.names);
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
	sealed interface Shape permits Circle, Square {

	}

	record Circle(double radius) implements Shape {
	}

	record Square(int side, @Nullable Shape inner) implements Shape {
	}

	enum Color {

		RED, GREEN

	}

	static final class Sold extends Exception {

		private static final long serialVersionUID = 1L;

		private final @Nullable String item;

		Sold(@Nullable String message, @Nullable String item) {
			super(message);
			this.item = item;
		}

		public @Nullable String getItem() {
			return this.item;
		}

	}

}
