package io.harpc.serialization;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.type.TypeFactory;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.serialization.Samples.Sample;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What every {@link Serializer} must do.
 */
abstract class SerializerContractTests {

	private final Serializer serializer = serializer();

	abstract Serializer serializer();

	@Test
	void isFoundByItsName() {
		assertThat(Serializer.byName(this.serializer.name())).isSameAs(this.serializer);
		assertThatIllegalArgumentException().isThrownBy(() -> Serializer.byName("java"))
			.withMessage("serialization: java (expected: json or smile)");
	}

	@ParameterizedTest
	@MethodSource("io.harpc.serialization.Samples#all")
	void carriesATypeByItself(Sample sample) throws IOException {
		for (Object value : sample.values()) {
			arrives(sample, "plain", value);
			argumentsArrive(sample, "future", value, value);
		}
		argumentsArrive(sample, "future", sample.values().get(0), null);
		arrives(sample, "plain", (Object) null);
	}

	@ParameterizedTest
	@MethodSource("io.harpc.serialization.Samples#all")
	void carriesATypeWithinOthers(Sample sample) throws IOException {
		List<Object> values = new ArrayList<>(sample.values());
		values.add(null);
		Object array = Array.newInstance(arrayType(sample).getComponentType(), values.size());
		for (int i = 0; i < values.size(); i++) {
			Array.set(array, i, values.get(i));
		}
		Map<String, List<Object>> map = new LinkedHashMap<>();
		map.put("some", values);
		map.put("", List.of());
		map.put("none", null);
		arrives(sample, "list", values);
		arrives(sample, "list", List.of());
		arrives(sample, "bounded", values);
		arrives(sample, "array", array);
		arrives(sample, "map", map);
		for (Object value : sample.values()) {
			arrives(sample, "box", new Carrier.Box<>(value, values, Collections.singletonMap(7L, value)));
			arrives(sample, "optional", Optional.of(value));
		}
		arrives(sample, "box", new Carrier.Box<>(null, null, null));
		arrives(sample, "optional", Optional.empty());
	}

	@Test
	void carriesPrimitivesInOrder() throws IOException {
		MethodSerializer method = method(Primitives.class, "all");
		Object[] arguments = { true, (byte) 1, (short) 2, 3, 4L, 5.5f, 6.6, 'c', null };
		assertThat(readArguments(method, arguments)).containsExactly(arguments);
		assertThat(readResult(method(Primitives.class, "count"), 42)).isEqualTo(42);
		assertThat(readResult(method(Primitives.class, "letter"), '\0')).isEqualTo('\0');
	}

	@Test
	void sendsNothingForNoArgumentsAndNoResult() throws IOException {
		MethodSerializer method = method(Primitives.class, "nothing");
		for (Object[] none : new Object[][] { null, {} }) {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			method.writeArguments(none, out);
			method.writeResult(null, out);
			assertThat(out.size()).isZero();
		}
		assertThat(method.readArguments(new byte[3], 3, 0)).isEmpty();
		assertThat(method.readResult(new byte[3], 1, 0)).isNull();
		assertThatIOException().isThrownBy(() -> method.readArguments(new byte[3], 0, 3));
		assertThatIOException().isThrownBy(() -> method.readResult(new byte[3], 0, 3));
	}

	@Test
	void sendsASoleByteArrayAsItIs() throws IOException {
		MethodSerializer method = method(Samples.OfBytes.class, "plain");
		byte[] content = { 9, 8, 7 };
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		method.writeArguments(new Object[] { content }, out);
		assertThat(out.toByteArray()).containsExactly(9, 8, 7);
		out.reset();
		method.writeResult(content, out);
		assertThat(out.toByteArray()).containsExactly(9, 8, 7);
		assertThat(method.readResult(content, 0, 3)).isSameAs(content);
	}

	@Test
	void carriesATextOfTenMegabytes() throws IOException {
		String text = "0123456789".repeat(1 << 20);
		assertThat((String) readResult(method(Samples.OfString.class, "plain"), text)).isEqualTo(text);
	}

	@Test
	void doesNotCloseTheStream() throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream() {
			@Override
			public void close() {
				throw new AssertionError("closed");
			}
		};
		MethodSerializer method = method(Samples.OfOrder.class, "plain");
		method.writeArguments(new Object[] { null }, out);
		method.writeResult(null, out);
		method.writeException(new IllegalStateException(), true, out);
		assertThat(out.size()).isPositive();
	}

	@Test
	void refusesAWrongNumberOfArguments() throws IOException {
		MethodSerializer one = method(Samples.OfString.class, "plain");
		MethodSerializer two = method(Samples.OfString.class, "future");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> two.writeArguments(new Object[] { "a" }, new ByteArrayOutputStream()))
			.withMessageContaining("1 arguments (expected: 2)");
		byte[] single = write(one, "a");
		byte[] pair = write(two, "a", "b");
		assertThatIOException().isThrownBy(() -> two.readArguments(single, 0, single.length))
			.withMessageContaining("1 arguments (expected: 2)");
		assertThatIOException().isThrownBy(() -> one.readArguments(pair, 0, pair.length));
	}

	@Test
	void refusesWhatIsCutOffOrFollowedByMore() throws IOException {
		MethodSerializer method = method(Samples.OfOrder.class, "plain");
		byte[] whole = write(method,
				Samples.all()
					.stream()
					.filter((sample) -> sample.carrier() == Samples.OfOrder.class)
					.findFirst()
					.orElseThrow()
					.values()
					.get(0));
		for (int length = 0; length < whole.length; length++) {
			int cut = length;
			assertThatIOException().as("%d of %d bytes", cut, whole.length)
				.isThrownBy(() -> method.readArguments(whole, 0, cut));
		}
		byte[] more = Arrays.copyOf(whole, whole.length * 2);
		System.arraycopy(whole, 0, more, whole.length, whole.length);
		assertThatIOException().isThrownBy(() -> method.readArguments(more, 0, more.length));
	}

	@Test
	void survivesAnyChangeOfAByte() throws IOException {
		MethodSerializer method = method(Samples.OfOrder.class, "box");
		Object order = Samples.all()
			.stream()
			.filter((sample) -> sample.carrier() == Samples.OfOrder.class)
			.findFirst()
			.orElseThrow()
			.values()
			.get(0);
		byte[] whole = write(method, new Carrier.Box<>(order, List.of(order), Map.of()));
		for (int i = 0; i < whole.length; i++) {
			for (int value : new int[] { 0, 1, '"', ']', '}', 0x7f, 0x80, 0xf8, 0xff, whole[i] + 1, whole[i] ^ 0x20 }) {
				byte[] changed = whole.clone();
				changed[i] = (byte) value;
				try {
					assertThat(method.readArguments(changed, 0, changed.length)).hasSize(1);
				}
				catch (IOException expected) {
					assertThat(expected).isNotNull();
				}
			}
		}
	}

	@Test
	void refusesAValueOfAnotherType() throws IOException {
		byte[] text = write(method(Samples.OfString.class, "plain"), "12");
		byte[] number = write(method(Samples.OfInteger.class, "plain"), 12);
		byte[] fraction = write(method(Samples.OfDouble.class, "plain"), 1.5);
		byte[] list = write(method(Samples.OfInts.class, "plain"), new int[] { 1 });
		assertThatIOException().isThrownBy(() -> read(Samples.OfInteger.class, text));
		assertThatIOException().isThrownBy(() -> read(Samples.OfInteger.class, fraction));
		assertThatIOException().isThrownBy(() -> read(Samples.OfOrder.class, number));
		assertThatIOException().isThrownBy(() -> read(Samples.OfColor.class, number));
		assertThatIOException().isThrownBy(() -> read(Samples.OfBoolean.class, number));
		assertThatIOException().isThrownBy(() -> read(Samples.OfBigDecimal.class, list));
	}

	@Test
	void refusesDepthInsteadOfOverflowingTheStack() throws IOException {
		Samples.Tree tree = new Samples.Tree("leaf", List.of());
		for (int i = 0; i < 100_000; i++) {
			tree = new Samples.Tree("node", List.of(tree));
		}
		Samples.Tree deep = tree;
		MethodSerializer method = method(Samples.OfTree.class, "plain");
		assertThatIOException().isThrownBy(() -> write(method, deep));
		assertThatIOException().isThrownBy(() -> readResult(method, deep));
	}

	@Test
	void readsAnOlderOrNewerPeersRecord() throws IOException {
		byte[] newer = write(method(Evolved.class, "newer"), new Newer(1, "a", List.of("x"), 5));
		byte[] older = write(method(Evolved.class, "older"), new Older(1, "a"));
		assertThat(method(Evolved.class, "older").readArguments(newer, 0, newer.length))
			.containsExactly(new Older(1, "a"));
		assertThat(method(Evolved.class, "newer").readArguments(older, 0, older.length))
			.containsExactly(new Newer(1, "a", null, 0));
	}

	private Object[] read(Class<?> carrier, byte[] payload) throws IOException {
		return method(carrier, "plain").readArguments(payload, 0, payload.length);
	}

	private static Class<?> arrayType(Sample sample) {
		JavaType type = TypeFactory.defaultInstance()
			.constructType(descriptor(sample.carrier(), "array").parameterTypes().get(0));
		return type.getRawClass();
	}

	private void arrives(Sample sample, String name, @Nullable Object value) throws IOException {
		argumentsArrive(sample, name, value);
		MethodSerializer method = method(sample.carrier(), name);
		Object result = readResult(method, value);
		assertThat(same(value, result)).as("%s as result of %s: %s became %s", sample, name, value, result).isTrue();
	}

	private void argumentsArrive(Sample sample, String name, @Nullable Object... values) throws IOException {
		Object[] arguments = readArguments(method(sample.carrier(), name), values);
		assertThat(same(values, arguments))
			.as("%s as argument of %s: %s became %s", sample, name, Arrays.toString(values), Arrays.toString(arguments))
			.isTrue();
	}

	/** Equal in depth, where a missing Optional counts as an empty one. */
	private static boolean same(@Nullable Object one, @Nullable Object other) {
		if (one == null) {
			return other == null || other.toString().startsWith("Optional") && other.toString().endsWith("empty");
		}
		if (other == null) {
			return false;
		}
		if (one.getClass().isArray()) {
			return one.getClass().getComponentType().isPrimitive() ? Objects.deepEquals(one, other)
					: same(Arrays.asList((Object[]) one), Arrays.asList((Object[]) other));
		}
		if (one instanceof List<?> list) {
			return other instanceof List<?> && sameInOrder(list, (List<?>) other);
		}
		if (one instanceof Map<?, ?> map) {
			return other instanceof Map<?, ?> read && map.keySet().equals(read.keySet())
					&& map.keySet().stream().allMatch((key) -> same(map.get(key), read.get(key)));
		}
		if (one instanceof Optional<?> optional) {
			return other instanceof Optional<?> read && same(optional.orElse(null), read.orElse(null));
		}
		if (one instanceof Carrier.Box<?> box) {
			return other instanceof Carrier.Box<?> read && same(box.content(), read.content())
					&& same(box.more(), read.more()) && same(box.byNumber(), read.byNumber());
		}
		if (one instanceof LinkedHashSet<?> set) {
			return other instanceof Collection<?> read && sameInOrder(set, read);
		}
		return one.equals(other);
	}

	private static boolean sameInOrder(Collection<?> one, Collection<?> other) {
		Iterator<?> others = other.iterator();
		return one.size() == other.size() && one.stream().allMatch((element) -> same(element, others.next()));
	}

	Object[] readArguments(MethodSerializer method, @Nullable Object... values) throws IOException {
		byte[] payload = write(method, values);
		return method.readArguments(padded(payload), 3, payload.length);
	}

	@Nullable Object readResult(MethodSerializer method, @Nullable Object value) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		method.writeResult(value, out);
		return method.readResult(padded(out.toByteArray()), 3, out.size());
	}

	byte[] write(MethodSerializer method, @Nullable Object... values) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		method.writeArguments(values, out);
		return out.toByteArray();
	}

	/** As within a frame: there is more before and after. */
	private static byte[] padded(byte[] payload) {
		byte[] padded = new byte[payload.length + 7];
		Arrays.fill(padded, (byte) '[');
		System.arraycopy(payload, 0, padded, 3, payload.length);
		return padded;
	}

	MethodSerializer method(Class<?> service, String name) {
		return this.serializer.forMethod(descriptor(service, name));
	}

	static MethodDescriptor descriptor(Class<?> service, String name) {
		return ServiceDescriptor.of(ServiceKey.of(service), service)
			.methods()
			.stream()
			.filter((method) -> method.name().equals(name))
			.findFirst()
			.orElseThrow();
	}

	interface Primitives {

		void all(boolean a, byte b, short c, int d, long e, float f, double g, char h, Integer i);

		int count();

		char letter();

		void nothing();

	}

	interface Evolved {

		void older(Older value);

		void newer(Newer value);

	}

	record Older(int id, String name) {
	}

	record Newer(int id, String name, List<String> tags, int more) {
	}

}
