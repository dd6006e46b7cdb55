package io.harpc.server;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import io.harpc.CallObserver;
import io.harpc.Deadline;
import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.Status;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.serialization.MethodSerializer;
import io.harpc.serialization.Serializer;
import io.harpc.transport.Answers;
import io.harpc.transport.Channel;
import io.harpc.transport.ChannelListener;
import io.harpc.transport.Response;
import io.harpc.transport.TransportClient;
import io.harpc.transport.TransportClientSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Second tries with an idempotency key, over real connections.
 */
@Timeout(60)
class ReplayIT {

	private static final ServiceDescriptor SERVICE = ServiceDescriptor.of(ServiceKey.of(Till.class), Till.class);

	private static final Duration LONG = Duration.ofSeconds(30);

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final TransportClient client = new TransportClient(TransportClientSettings.defaults(), Thread::new);

	private final FakeTill till = new FakeTill();

	private final RpcServer server = new RpcServer(RpcServerSettings.defaults(0), this.registry, this.executor,
			Thread::new, CallObserver.NONE);

	private Channel channel;

	@BeforeEach
	void start() {
		this.server.export(SERVICE, this.till, 100);
		this.server.start();
		this.channel = this.client.channel(this.server.address(), ChannelListener.NONE);
	}

	@AfterEach
	void close() {
		this.client.close();
		this.till.release.countDown();
		this.server.close();
		this.registry.close();
		this.executor.shutdownNow();
	}

	@ParameterizedTest
	@ValueSource(strings = { "pay", "payLater" })
	void concurrentTriesOfOneCallRunItOnce(String method) throws Exception {
		int keys = 200;
		int tries = 8;
		Map<String, Queue<Object>> answers = new ConcurrentHashMap<>();
		CountDownLatch done = new CountDownLatch(keys * tries);
		for (int i = 0; i < tries; i++) {
			Channel own = this.client.channel(this.server.address(), ChannelListener.NONE);
			this.executor.execute(() -> {
				for (int key = 0; key < keys; key++) {
					Object answer = payQuietly(own, method, "key" + key);
					answers.computeIfAbsent("key" + key, (any) -> new ConcurrentLinkedQueue<>()).add(answer);
					done.countDown();
				}
			});
		}
		done.await();
		assertThat(this.till.payments).hasSize(keys);
		assertThat(this.till.payments.values()).allMatch((count) -> count.get() == 1);
		assertThat(answers.values()).allSatisfy((same) -> assertThat(same).hasSize(tries).containsOnly(same.peek()));
	}

	@Test
	void aTryWhoseConnectionIsLostIsAnsweredOnTheNextOne() throws Exception {
		CompletableFuture<Response> first = start("hold", "a", Map.of("idempotency-key", "a"), LONG);
		this.till.entered.await();
		this.channel.close();
		assertThat(first).failsWithin(Duration.ofSeconds(10));
		this.channel = this.client.channel(this.server.address(), ChannelListener.NONE);
		CompletableFuture<Response> second = start("hold", "a",
				Map.of("idempotency-key", "a", "idempotency-retry", incarnation() + ";2000"), LONG);
		pay(this.channel, "pay", "another");
		assertThat(second).isNotDone();
		this.till.release.countDown();
		assertThat(second.get().status()).isEqualTo(Status.OK);
		assertThat(this.till.payments.get("a")).hasValue(1);
	}

	@Test
	void aTryThatWasInterruptedAtItsDeadlineIsNotRunAgain() throws Exception {
		CompletableFuture<Response> first = start("hold", "a", Map.of("idempotency-key", "a"), Duration.ofSeconds(1));
		this.till.entered.await();
		assertThat(first).failsWithin(Duration.ofSeconds(10));
		Response second = this.channel.call(id("hold"), Deadline.after(LONG),
				Map.of("idempotency-key", "a", "idempotency-retry", incarnation() + ";30000"),
				(out) -> out.write(bytes("a")));
		assertThat(second.status()).isEqualTo(Status.NOT_REPLAYABLE);
		assertThat(this.till.payments.get("a")).hasValue(1);
	}

	@Test
	void aRestartedServerDoesNotKnow() throws Exception {
		String before = incarnation();
		assertThat(before).isNotEmpty();
		this.server.shutdown();
		this.server.start();
		this.channel = this.client.channel(this.server.address(), ChannelListener.NONE);
		Response second = this.channel.call(id("pay"), Deadline.after(LONG),
				Map.of("idempotency-key", "a", "idempotency-retry", before + ";30000"), (out) -> out.write(bytes("a")));
		assertThat(second.status()).isEqualTo(Status.NOT_REPLAYABLE);
		assertThat(this.till.payments).isEmpty();
	}

	private String incarnation() throws Exception {
		pay(this.channel, "pay", "to connect");
		this.till.payments.remove("to connect");
		return this.channel.incarnation();
	}

	private Object payQuietly(Channel on, String method, String key) {
		try {
			return pay(on, method, key);
		}
		catch (Exception ex) {
			return ex;
		}
	}

	private Object pay(Channel on, String method, String key) throws Exception {
		Response response = on.call(id(method), Deadline.after(LONG), Map.of("idempotency-key", key),
				(out) -> out.write(bytes(key)));
		assertThat(response.status()).as(response::text).isEqualTo(Status.OK);
		return List.of(serializer(method).readResult(response.payload(), response.offset(), response.length()));
	}

	private CompletableFuture<Response> start(String method, String key, Map<String, String> headers,
			Duration timeout) {
		CompletableFuture<Response> outcome = new CompletableFuture<>();
		Answers.callAsync(this.channel, id(method), Deadline.after(timeout), headers, (out) -> out.write(bytes(key)),
				(response, failure) -> {
					if (response != null) {
						outcome.complete(response);
					}
					else {
						outcome.completeExceptionally(failure);
					}
				});
		return outcome;
	}

	private static byte[] bytes(String key) {
		return ("[\"" + key + "\"]").getBytes();
	}

	private static MethodDescriptor method(String name) {
		return SERVICE.methods().stream().filter((method) -> method.name().equals(name)).findFirst().orElseThrow();
	}

	private static long id(String name) {
		return method(name).id();
	}

	private static MethodSerializer serializer(String name) {
		return Serializer.json().forMethod(method(name));
	}

	interface Till {

		int pay(String key);

		CompletableFuture<Integer> payLater(String key);

		int hold(String key) throws InterruptedException;

	}

	private final class FakeTill implements Till {

		final Map<String, AtomicInteger> payments = new ConcurrentHashMap<>();

		final AtomicInteger receipts = new AtomicInteger();

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		@Override
		public int pay(String key) {
			this.payments.computeIfAbsent(key, (any) -> new AtomicInteger()).incrementAndGet();
			return this.receipts.incrementAndGet();
		}

		@Override
		public CompletableFuture<Integer> payLater(String key) {
			return CompletableFuture.supplyAsync(() -> pay(key), ReplayIT.this.executor);
		}

		@Override
		public int hold(String key) throws InterruptedException {
			int receipt = pay(key);
			this.entered.countDown();
			this.release.await();
			return receipt;
		}

	}

}
