package io.harpc.serialization;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What every {@link Serializer} must do with exceptions.
 */
abstract class ExceptionContractTests {

	private static final Instant NOW = Instant.parse("2026-11-20T15:04:05.123456789Z");

	private final MethodSerializer method = serializer()
		.forMethod(SerializerContractTests.descriptor(Throwing.class, "call"));

	abstract Serializer serializer();

	@Test
	void rebuildsADeclaredExceptionWithItsMessage() throws IOException {
		RemoteFailure failure = travel(new FileNotFoundException("no such file: é\uD83D\uDE00"));
		assertThat(failure.declared()).isExactlyInstanceOf(FileNotFoundException.class)
			.hasMessage("no such file: é\uD83D\uDE00")
			.hasNoCause();
		assertThat(failure.className()).isEqualTo("java.io.FileNotFoundException");
		assertThat(travel(new FileNotFoundException()).declared()).hasMessage(null);
	}

	@Test
	void rebuildsOwnFieldsThroughTheConstructor() throws IOException {
		RemoteFailure failure = travel(new OutOfStock("sku-1", 3, new BigDecimal("1.10"), NOW, List.of("a", "b")));
		assertThat(failure.declared()).isInstanceOfSatisfying(OutOfStock.class, (built) -> {
			assertThat(built).hasMessage("3 of sku-1 left");
			assertThat(built.sku).isEqualTo("sku-1");
			assertThat(built.getLeft()).isEqualTo(3);
			assertThat(built.getPrice()).isEqualTo(new BigDecimal("1.10"));
			assertThat(built.getAt()).isEqualTo(NOW);
			assertThat(built.getWarehouses()).containsExactly("a", "b");
		});
	}

	@Test
	void rebuildsOwnFieldsThroughSetters() throws IOException {
		WithSetter thrown = new WithSetter("text");
		thrown.setCode(42);
		assertThat(travel(thrown).declared()).isInstanceOfSatisfying(WithSetter.class, (built) -> {
			assertThat(built).hasMessage("text");
			assertThat(built.getCode()).isEqualTo(42);
		});
	}

	@Test
	void rebuildsAnExceptionOfTheJdkAsFarAsItsConstructorsGo() throws IOException {
		assertThat(travel(new SQLException("broken", "08S01", 7, new IOException("secret"))).declared())
			.isExactlyInstanceOf(SQLException.class)
			.hasMessage("broken")
			.hasNoCause();
	}

	@Test
	void givesASubclassAsTheNearestDeclaredTypeAndKeepsItsName() throws IOException {
		RemoteFailure failure = travel(new Secret("hidden", 5));
		assertThat(failure.declared()).isExactlyInstanceOf(WithSetter.class).hasMessage("hidden");
		assertThat(failure.className()).isEqualTo(Secret.class.getName());
	}

	@Test
	void givesAnUndeclaredExceptionAsNameAndMessage() throws IOException {
		RemoteFailure failure = travel(new IllegalStateException("oops", new IOException("secret")));
		assertThat(failure).isEqualTo(new RemoteFailure(null, "java.lang.IllegalStateException", "oops", List.of()));
		assertThat(travel(new OutOfMemoryError("heap")).className()).isEqualTo("java.lang.OutOfMemoryError");
	}

	@Test
	void doesNotTakeEveryExceptionForADeclaredRoot() throws IOException {
		assertThat(travel(new Exception("itself")).declared()).isExactlyInstanceOf(Exception.class);
		assertThat(travel(new InterruptedException("another")).declared()).isNull();
	}

	@Test
	void sendsTheStackTraceOnlyWhenTold() throws IOException {
		Throwable thrown = new IllegalStateException("oops");
		assertThat(travel(thrown).stackTrace()).isEmpty();
		assertThat(travel(thrown, true).stackTrace()).hasSizeBetween(1, 64)
			.first()
			.asString()
			.contains("ExceptionContractTests.sendsTheStackTraceOnlyWhenTold(");
		StackTraceElement[] many = new StackTraceElement[1000];
		Arrays.fill(many, thrown.getStackTrace()[0]);
		thrown.setStackTrace(many);
		assertThat(travel(thrown, true).stackTrace()).hasSize(64);
	}

	@Test
	void sendsNeitherCausesNorWhatTheOtherSideCannotTakeBack() throws IOException {
		OutOfStock thrown = new OutOfStock("sku-1", 3, null, null, null);
		thrown.initCause(new IOException("secret-cause"));
		thrown.addSuppressed(new IOException("secret-suppressed"));
		String text = new String(write(thrown, true), StandardCharsets.ISO_8859_1);
		assertThat(text).contains("sku-1")
			.doesNotContain("secret-cause", "secret-suppressed", "suppressed", "localizedMessage", "derived");
	}

	@Test
	void cutsALongMessage() throws IOException {
		assertThat(travel(new IllegalStateException("x".repeat(1021) + "\uD83D\uDE00" + "y".repeat(1 << 20))).message())
			.isEqualTo("x".repeat(1021));
		assertThat(travel(new IllegalStateException("a\uD83Db")).message()).isEqualTo("a?b");
		assertThat(write(new IllegalStateException("x".repeat(1 << 20)), true).length).isLessThan(64 * 1024);
	}

	@Test
	void leavesFieldsOutThatAreTooLargeOrCannotBeWritten() throws IOException {
		RemoteFailure large = travel(new OutOfStock("s".repeat(1 << 20), 1, null, null, null));
		assertThat(large.declared()).isInstanceOf(OutOfStock.class);
		assertThat(large.className()).isEqualTo(OutOfStock.class.getName());
		Nasty nasty = new Nasty("text");
		RemoteFailure failure = travel(nasty);
		assertThat(failure.declared()).isInstanceOf(Nasty.class).hasMessage("text");
	}

	@Test
	void neverAsksAUsersObjectForItsText() throws IOException {
		RemoteFailure failure = travel(new Nasty(null) {

			private static final long serialVersionUID = 1L;

			@Override
			public String getMessage() {
				throw new IllegalStateException("no message");
			}

			@Override
			public String toString() {
				throw new AssertionError("toString");
			}

		});
		assertThat(failure.declared()).isExactlyInstanceOf(Nasty.class);
		assertThat(failure.message()).isNull();
	}

	@Test
	void saysNameAloneOfWhatCanSayNothingElse() throws IOException {
		RemoteFailure failure = travel(new Silent(), true);
		assertThat(failure).isEqualTo(new RemoteFailure(null, Silent.class.getName(), null, List.of()));
	}

	@Test
	void aHugeMessageIsNotCopied() throws IOException {
		String huge = "x".repeat(100_000_000);
		long before = Allocated.bytes();
		assertThat(write(new IllegalStateException(huge), false).length).isLessThan(2048);
		assertThat(Allocated.bytes() - before).isLessThan(1_000_000);
	}

	@Test
	void fallsBackToNameAndMessageWhereNothingCanBeBuilt() throws IOException {
		Refusing.built = 0;
		for (Throwable thrown : List.of(new Unbuildable(new Object(), 1), new AbstractProblem("abstract") {

			private static final long serialVersionUID = 1L;

		}, new Refusing("bad"))) {
			RemoteFailure failure = travel(thrown);
			assertThat(failure.declared()).isNull();
			assertThat(failure.className()).isEqualTo(thrown.getClass().getName());
			assertThat(failure.message()).isEqualTo(thrown.getMessage());
		}
	}

	@Test
	void buildsOnlyDeclaredTypesWhateverTheOtherSideClaims() throws IOException {
		MethodSerializer other = serializer()
			.forMethod(SerializerContractTests.descriptor(ThrowingOther.class, "call"));
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		other.writeException(new Undeclared("other"), false, out);
		RemoteFailure failure = this.method.readException(out.toByteArray(), 0, out.size());
		assertThat(failure).isEqualTo(new RemoteFailure(null, Undeclared.class.getName(), "other", List.of()));
	}

	@Test
	void leavesOutAFieldThatWouldLetTheSenderChooseAClass() throws IOException {
		RemoteFailure failure = travel(new WithClassName("text", new Detail(1)));
		assertThat(failure.declared()).isInstanceOfSatisfying(WithClassName.class, (built) -> {
			assertThat(built).hasMessage("text");
			assertThat(built.getDetail()).isNull();
		});
	}

	@Test
	void refusesWhatDescribesNoException() {
		for (byte[] payload : List.of(new byte[0], "[]".getBytes(StandardCharsets.UTF_8),
				"{}".getBytes(StandardCharsets.UTF_8), new byte[] { 58, 41, 10, 0, -6, -5 }, new byte[] { -1, 0 })) {
			assertThatIOException().isThrownBy(() -> this.method.readException(payload, 0, payload.length));
		}
	}

	byte[] write(Throwable thrown, boolean includeStackTrace) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		this.method.writeException(thrown, includeStackTrace, out);
		return out.toByteArray();
	}

	private RemoteFailure travel(Throwable thrown) throws IOException {
		return travel(thrown, false);
	}

	private RemoteFailure travel(Throwable thrown, boolean includeStackTrace) throws IOException {
		byte[] payload = write(thrown, includeStackTrace);
		return this.method.readException(payload, 0, payload.length);
	}

	interface Throwing {

		void call() throws FileNotFoundException, SQLException, OutOfStock, WithSetter, Nasty, Unbuildable,
				AbstractProblem, Refusing, WithClassName, Exception;

	}

	interface ThrowingOther {

		void call() throws Undeclared;

	}

	static class OutOfStock extends Exception {

		private static final long serialVersionUID = 1L;

		private final String sku;

		private final int left;

		private final transient BigDecimal price;

		private final transient Instant at;

		private final transient List<String> warehouses;

		OutOfStock(String sku, int left, BigDecimal price, Instant at, List<String> warehouses) {
			super(left + " of " + sku + " left");
			this.sku = sku;
			this.left = left;
			this.price = price;
			this.at = at;
			this.warehouses = warehouses;
		}

		public String getSku() {
			return this.sku;
		}

		public int getLeft() {
			return this.left;
		}

		public BigDecimal getPrice() {
			return this.price;
		}

		public Instant getAt() {
			return this.at;
		}

		public List<String> getWarehouses() {
			return this.warehouses;
		}

		public String getDerived() {
			return "derived";
		}

	}

	static class WithSetter extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private int code;

		WithSetter(String message) {
			super(message);
		}

		WithSetter(String message, Throwable cause) {
			super(message, cause);
		}

		public int getCode() {
			return this.code;
		}

		public void setCode(int code) {
			this.code = code;
		}

	}

	static final class Secret extends WithSetter {

		private static final long serialVersionUID = 1L;

		private final int more;

		Secret(String message, int more) {
			super(message);
			this.more = more;
		}

		public int getMore() {
			return this.more;
		}

	}

	static class Nasty extends Exception {

		private static final long serialVersionUID = 1L;

		Nasty(String message) {
			super(message);
		}

		public String getField() {
			throw new IllegalStateException("no field");
		}

		public void setField(String field) {
			throw new IllegalStateException("no field");
		}

	}

	static final class Unbuildable extends Exception {

		private static final long serialVersionUID = 1L;

		Unbuildable(Object one, int other) {
			super("cannot be built");
		}

	}

	abstract static class AbstractProblem extends Exception {

		private static final long serialVersionUID = 1L;

		AbstractProblem(String message) {
			super(message);
		}

	}

	static final class Refusing extends Exception {

		private static final long serialVersionUID = 1L;

		private static int built;

		Refusing(String message) {
			super(message);
			if (built++ > 0) {
				throw new IllegalArgumentException("only once");
			}
		}

	}

	static final class Undeclared extends Exception {

		private static final long serialVersionUID = 1L;

		Undeclared(String message) {
			super(message);
		}

	}

	static final class WithClassName extends Exception {

		private static final long serialVersionUID = 1L;

		private transient Detail detail;

		WithClassName(String message) {
			super(message);
		}

		WithClassName(String message, Detail detail) {
			super(message);
			this.detail = detail;
		}

		public Detail getDetail() {
			return this.detail;
		}

	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
	record Detail(int a) {
	}

	/** Fails at whatever it is asked. */
	private static final class Silent extends RuntimeException {

		private static final long serialVersionUID = 1L;

		@Override
		public String getMessage() {
			return getMessage();
		}

		@Override
		public StackTraceElement[] getStackTrace() {
			throw new IllegalStateException("none");
		}

		@Override
		public String toString() {
			throw new AssertionError("toString");
		}

	}

}
