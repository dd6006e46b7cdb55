package io.harpc.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.CallContext;
import io.harpc.CallObserver;
import io.harpc.Deadline;
import io.harpc.ForwardedIdentity;
import io.harpc.Identity;
import io.harpc.Outcome;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.IdempotencyRetry;
import io.harpc.protocol.Status;
import io.harpc.registry.LogOf;
import io.harpc.resilience.CallGate;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.RemoteFailure;
import io.harpc.serialization.Serializer;
import io.harpc.transport.Answer;
import io.harpc.transport.PayloadWriter;
import io.harpc.transport.Request;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MethodHandler}.
 */
class MethodHandlerTests {

	private static final ServiceDescriptor SERVICE = ServiceDescriptor.of(ServiceKey.of(Shop.class), Shop.class);

	private final RecordingObserver observer = new RecordingObserver();

	private final FakeAnswer answer = new FakeAnswer();

	private AuthorizationSettings authorization = AuthorizationSettings.NONE;

	@Test
	void answersWithWhatTheBeanReturns() throws Exception {
		call("greet", new FakeShop(), "Ann");
		assertThat(this.answer.result("greet")).isEqualTo("Hello Ann");
		assertThat(this.observer.events).containsExactly("begin SERVER greet", "open", "close", "end SUCCEEDED");
	}

	@Test
	void aDeclaredExceptionArrivesAsItself() throws Exception {
		call("order", new FakeShop(), 13);
		assertThat(this.answer.failure("order").declared()).isInstanceOf(OutOfStock.class).hasMessage("13");
		assertThat(this.observer.events).endsWith("end FAILED");
	}

	@Test
	void anUndeclaredExceptionTravelsAsTextWithoutItsStackTrace() throws Exception {
		call("greet", (Unfriendly) () -> new IllegalStateException("no"), "Ann");
		RemoteFailure failure = this.answer.failure("greet");
		assertThat(failure.declared()).isNull();
		assertThat(failure.className()).isEqualTo(IllegalStateException.class.getName());
		assertThat(failure.message()).isEqualTo("no");
		assertThat(failure.stackTrace()).isEmpty();
		assertThat(this.observer.events).containsExactly("begin SERVER greet", "open", "close", "end FAILED");
	}

	@Test
	void theStackTraceTravelsWhereASettingSaysSo() throws Exception {
		handler("greet", (Unfriendly) () -> new IllegalStateException("no"), true).handle(request("greet", "Ann"),
				this.answer);
		assertThat(this.answer.failure("greet").stackTrace()).isNotEmpty();
	}

	@Test
	void anErrorIsAnswered() throws Exception {
		call("greet", (Unfriendly) () -> new StackOverflowError("deep"), "Ann");
		assertThat(this.answer.failure("greet").className()).isEqualTo(StackOverflowError.class.getName());
	}

	/** Who can have a method throw one kind after the other would fill the log. */
	@Test
	void eachKindOfUndeclaredExceptionIsWarnedOfOnce() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		MethodHandler handler = handler("greet", (Unfriendly) () -> (calls.getAndIncrement() % 2 == 0)
				? new IllegalStateException("no") : new IllegalArgumentException("no"), false);
		try (LogOf log = new LogOf(MethodHandler.class, "does not declare")) {
			for (int i = 0; i < 6; i++) {
				handler.handle(request("greet", "Ann"), new FakeAnswer());
			}
			assertThat(log.lines()).hasSize(2).allMatch((line) -> line.startsWith("WARN"));
		}
	}

	@Test
	void whatAProxyWrappedIsUnwrapped() throws Exception {
		call("greet", (Unfriendly) () -> new UndeclaredThrowableException(new OutOfStock("x")), "Ann");
		assertThat(this.answer.failure("greet").className()).isEqualTo(OutOfStock.class.getName());
	}

	@Test
	void aStageIsAnsweredWhenItIsComplete() throws Exception {
		FakeShop shop = new FakeShop();
		call("later", shop);
		assertThat(this.answer.kind).isNull();
		shop.later.complete("now");
		assertThat(this.answer.result("later")).isEqualTo("now");
		assertThat(this.observer.events).containsExactly("begin SERVER later", "open", "close", "end SUCCEEDED");
	}

	@Test
	void aStageThatFailsIsAnsweredWithItsCause() throws Exception {
		FakeShop shop = new FakeShop();
		call("later", shop);
		shop.later.completeExceptionally(new CompletionException(new IllegalStateException("late")));
		assertThat(this.answer.failure("later").message()).isEqualTo("late");
	}

	@Test
	void aStageThatNeverCompletesIsGivenUpAtTheDeadline() throws Exception {
		FakeRequest request = request("later").until(Deadline.after(Duration.ofMillis(20)));
		handler("later", new FakeShop(), false).handle(request, this.answer);
		assertThat(this.answer.answered.get(10, TimeUnit.SECONDS)).isEqualTo("given up");
		assertThat(this.observer.ended.get(10, TimeUnit.SECONDS)).isEqualTo(Outcome.FAILED);
	}

	@Test
	void aMissingStageIsAFailure() throws Exception {
		FakeShop shop = new FakeShop();
		shop.later = null;
		call("later", shop);
		assertThat(this.answer.failure("later").message()).contains("later()", "expected: a CompletionStage");
	}

	@Test
	void whatIsNoArgumentListIsMalformedAndRunsNothing() throws Exception {
		FakeShop shop = new FakeShop();
		FakeRequest request = new FakeRequest("\"what".getBytes(), Deadline.after(Duration.ofSeconds(5)));
		handler("greet", shop, false).handle(request, this.answer);
		assertThat(this.answer.kind).isEqualTo("MALFORMED");
		assertThat(this.answer.text).contains("Shop#greet(", "expected: START_ARRAY").doesNotContain("what");
		assertThat(shop.calls).isZero();
		assertThat(this.observer.events).containsExactly("begin SERVER greet", "end REJECTED");
	}

	@Test
	void aResultThatCannotBeWrittenIsAFailure() throws Exception {
		call("basket", new FakeShop());
		assertThat(this.answer.writeFailure).hasMessageContaining("cannot");
		assertThat(this.observer.events).endsWith("end FAILED");
	}

	@Test
	void aCallThatIsRefusedIsObservedToo() {
		handler("greet", new FakeShop(), false).refused(Status.BUSY, Map.of());
		assertThat(this.observer.events).containsExactly("begin SERVER greet", "end NOT_STARTED");
	}

	@Test
	void theHandlerKnowsItsCall() throws Exception {
		FakeShop shop = new FakeShop();
		call("greet", shop, "Ann");
		CallContext context = shop.context;
		assertThat(context).isNotNull();
		assertThat(context.method()).startsWith("greet(");
		assertThat(context.peer()).isEqualTo("peer");
		assertThat(context.identity()).isNull();
		assertThat(CallContext.current()).isNull();
	}

	@Test
	void theHandlerKnowsWhoCalls() throws Exception {
		Identity ann = new Identity("ann", Set.of("READER"));
		FakeShop shop = new FakeShop();
		handler("greet", shop, false).handle(request("greet", "Ann").by(ann), this.answer);
		assertThat(shop.context).extracting(CallContext::identity).isEqualTo(ann);
	}

	@Test
	void whatTheBeanItselfForbidsIsRefusedAndNoFailure() throws Exception {
		List<DeniedCall> denied = new ArrayList<>();
		this.authorization = new AuthorizationSettings(List.of(), List.of(), (bean, method) -> null, Set.of(),
				(bean, thrown) -> thrown instanceof SecurityException, denied::add);
		Shop shop = (Unfriendly) () -> new SecurityException("by a secret rule");
		handler("greet", shop, false).handle(request("greet", "Ann").by(new Identity("ann", Set.of())), this.answer);
		assertThat(this.answer.kind).isEqualTo("FORBIDDEN");
		assertThat(this.answer.text).startsWith("ann may not call ").doesNotContain("secret");
		assertThat(this.observer.events).endsWith("end REJECTED");
		assertThat(denied).hasSize(1);
	}

	@Test
	void whoHasNotProvenWhoHeIsHearsThatFromTheBeansOwnCheckToo() throws Exception {
		this.authorization = new AuthorizationSettings(List.of(), List.of(), (bean, method) -> null, Set.of(),
				(bean, thrown) -> thrown instanceof SecurityException, (call) -> {
				});
		call("greet", (Unfriendly) () -> new SecurityException("no"), "Ann");
		assertThat(this.answer.kind).isEqualTo("UNAUTHENTICATED");
	}

	@Test
	void anIdempotencyKeyIsItsCallersOwn() throws Exception {
		FakeShop shop = new FakeShop();
		MethodHandler handler = handler("greet", shop, false);
		Identity ann = new Identity("ann", Set.of());
		handler.handle(request("greet", "1").with(IdempotencyRetry.KEY_HEADER, "17"), new FakeAnswer());
		handler.handle(request("greet", "2").with(IdempotencyRetry.KEY_HEADER, "17").by(ann), new FakeAnswer());
		handler.handle(
				request("greet", "3").with(IdempotencyRetry.KEY_HEADER, "17").by(new Identity("bob", Set.of("x"))),
				new FakeAnswer());
		FakeRequest onBehalf = request("greet", "4").with(IdempotencyRetry.KEY_HEADER, "17")
			.with(ForwardedIdentity.HEADER, "bob")
			.by(ann);
		handler.handle(onBehalf, new FakeAnswer());
		assertThat(shop.calls).isEqualTo(4);
		handler.handle(onBehalf, this.answer);
		assertThat(this.answer.result("greet")).isEqualTo("Hello 4");
		assertThat(shop.calls).isEqualTo(4);
	}

	@Test
	void nobodyGetsTheAnswerToAnothersCallByAKeyThatNamesThatOne() throws Exception {
		FakeShop shop = new FakeShop();
		MethodHandler handler = handler("greet", shop, false);
		handler.handle(request("greet", "1").with(IdempotencyRetry.KEY_HEADER, "17").by(new Identity("ann", Set.of())),
				new FakeAnswer());
		handler.handle(request("greet", "2").with(IdempotencyRetry.KEY_HEADER, "ann\n\n17"), this.answer);
		assertThat(this.answer.result("greet")).isEqualTo("Hello 2");
		assertThat(shop.calls).isEqualTo(2);
	}

	@Test
	void aKeyMayBeAsLongWhateverItsCallersName() throws Exception {
		FakeShop shop = new FakeShop();
		MethodHandler handler = handler("greet", shop, false);
		Identity caller = new Identity("a".repeat(500), Set.of());
		handler.handle(request("greet", "1").with(IdempotencyRetry.KEY_HEADER, "k".repeat(200)).by(caller),
				this.answer);
		assertThat(this.answer.result("greet")).isEqualTo("Hello 1");
		FakeAnswer none = new FakeAnswer();
		handler.handle(request("greet", "2").with(IdempotencyRetry.KEY_HEADER, "").by(caller), none);
		assertThat(none.kind).isEqualTo("MALFORMED");
		assertThat(shop.calls).isOne();
	}

	@Test
	void theHandlerKnowsOnWhoseBehalfItIsCalled() throws Exception {
		FakeShop shop = new FakeShop();
		FakeRequest request = request("greet", "Ann").with(ForwardedIdentity.HEADER, "ann\nREADER")
			.by(new Identity("gate", Set.of()));
		handler("greet", shop, false).handle(request, this.answer);
		CallContext context = shop.context;
		assertThat(context).isNotNull();
		assertThat(context.identity()).isEqualTo(new Identity("gate", Set.of()));
		assertThat(context.onBehalfOf()).isEqualTo(new Identity("ann", Set.of("READER")))
			.isEqualTo(context.effectiveIdentity());
	}

	private void call(String method, Shop shop, Object... arguments) throws IOException {
		handler(method, shop, false).handle(request(method, arguments), this.answer);
	}

	private MethodHandler handler(String name, Shop shop, boolean includeStackTrace) {
		return new MethodHandler(new AccessControl(this.authorization, Map.of(), true).of(method(name)), shop,
				serializer(name), new ServerContext(this.observer, includeStackTrace, new LoadMonitor(null, () -> null),
						new ReplayCache(ReplaySettings.defaults(), "this", System::nanoTime)),
				CallGate.OPEN);
	}

	private static MethodDescriptor method(String name) {
		return SERVICE.methods().stream().filter((method) -> method.name().equals(name)).findFirst().orElseThrow();
	}

	private static MethodSerializer serializer(String name) {
		return Serializer.json().forMethod(method(name));
	}

	private static FakeRequest request(String method, Object... arguments) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		serializer(method).writeArguments(arguments, out);
		return new FakeRequest(out.toByteArray(), Deadline.after(Duration.ofSeconds(30)));
	}

	interface Shop {

		String greet(String name);

		void order(int count) throws OutOfStock;

		@Nullable CompletableFuture<String> later();

		Basket basket();

	}

	/** A shop of which every method throws. */
	@FunctionalInterface
	interface Unfriendly extends Shop {

		Throwable thrown();

		@Override
		default String greet(String name) {
			throw sneaky(thrown());
		}

		@Override
		default void order(int count) {
			throw sneaky(thrown());
		}

		@Override
		default CompletableFuture<String> later() {
			throw sneaky(thrown());
		}

		@Override
		default Basket basket() {
			throw sneaky(thrown());
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
			throw (T) thrown;
		}

	}

	public static class OutOfStock extends Exception {

		private static final long serialVersionUID = 1L;

		public OutOfStock(String message) {
			super(message);
		}

	}

	static class Basket {

		public String getContent() {
			throw new IllegalStateException("cannot look inside");
		}

	}

	static class FakeShop implements Shop {

		int calls;

		@Nullable CallContext context;

		@Nullable CompletableFuture<String> later = new CompletableFuture<>();

		@Override
		public String greet(String name) {
			this.calls++;
			this.context = CallContext.current();
			return "Hello " + name;
		}

		@Override
		public void order(int count) throws OutOfStock {
			throw new OutOfStock(String.valueOf(count));
		}

		@Override
		public @Nullable CompletableFuture<String> later() {
			return this.later;
		}

		@Override
		public Basket basket() {
			return new Basket();
		}

	}

	private record FakeRequest(byte[] payload, Deadline deadline, Map<String, String> headers,
			@Nullable Identity identity) implements Request {

		FakeRequest(byte[] payload, Deadline deadline) {
			this(payload, deadline, Map.of(), null);
		}

		FakeRequest until(Deadline other) {
			return new FakeRequest(this.payload, other, this.headers, this.identity);
		}

		FakeRequest with(String header, String value) {
			Map<String, String> more = new HashMap<>(this.headers);
			more.put(header, value);
			return new FakeRequest(this.payload, this.deadline, more, this.identity);
		}

		FakeRequest by(Identity caller) {
			return new FakeRequest(this.payload, this.deadline, this.headers, caller);
		}

		@Override
		public int offset() {
			return 0;
		}

		@Override
		public int length() {
			return this.payload.length;
		}

		@Override
		public String peer() {
			return "peer";
		}

	}

	private static final class FakeAnswer implements Answer {

		final CompletableFuture<String> answered = new CompletableFuture<>();

		@Nullable String kind;

		String text = "";

		byte[] payload = {};

		boolean interrupted;

		@Nullable IOException writeFailure;

		@Override
		public void ok(PayloadWriter result) {
			take("ok", result);
		}

		@Override
		public void exception(PayloadWriter exception) {
			take("exception", exception);
		}

		@Override
		public void refuse(Status status, String message, Duration retryAfter) {
			this.kind = status.name();
			this.text = message;
			this.answered.complete(this.kind);
		}

		@Override
		public void giveUp() {
			this.kind = "given up";
			this.answered.complete(this.kind);
		}

		@Override
		public boolean isInterrupted() {
			return this.interrupted;
		}

		private void take(String what, PayloadWriter writer) {
			assertThat(this.kind).as("answered once").isNull();
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			try {
				writer.writeTo(out);
			}
			catch (IOException ex) {
				this.writeFailure = ex;
			}
			this.kind = what;
			this.payload = out.toByteArray();
			this.answered.complete(what);
		}

		@Nullable Object result(String method) throws IOException {
			assertThat(this.kind).isEqualTo("ok");
			return serializer(method).readResult(this.payload, 0, this.payload.length);
		}

		RemoteFailure failure(String method) throws IOException {
			assertThat(this.kind).isEqualTo("exception");
			return serializer(method).readException(this.payload, 0, this.payload.length);
		}

	}

	private static final class RecordingObserver implements CallObserver {

		final List<String> events = new ArrayList<>();

		final CompletableFuture<Outcome> ended = new CompletableFuture<>();

		@Override
		public Observed begin(Side side, ServiceKey service, String method, Map<String, String> headers) {
			this.events.add("begin " + side + " " + method);
			return new Observed() {

				@Override
				public Scope open() {
					RecordingObserver.this.events.add("open");
					return () -> RecordingObserver.this.events.add("close");
				}

				@Override
				public void end(Outcome outcome, @Nullable Throwable error) {
					RecordingObserver.this.events.add("end " + outcome);
					RecordingObserver.this.ended.complete(outcome);
				}

			};
		}

	}

}
