package io.harpc.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.harpc.Idempotent;
import io.harpc.RpcNotSentException;
import io.harpc.RpcRemoteException;
import io.harpc.annotation.RpcReference;
import io.harpc.annotation.RpcService;
import io.harpc.server.ExportedService;
import io.harpc.server.RpcServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Whole applications that call each other over real sockets, by way of the registry of
 * this process.
 */
@Timeout(120)
class ProviderAndConsumerIT {

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	@AfterEach
	void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void callsGoThroughSpringsProxies(boolean proxyTargetClass) throws Exception {
		ConfigurableApplicationContext provider = start(Provider.class,
				"spring.aop.proxy-target-class=" + proxyTargetClass);
		Stock stock = stock(start(Consumer.class));
		assertThat(stock.count("apples")).isEqualTo(6);
		assertThat(stock.countLater("pears").get(10, TimeUnit.SECONDS)).startsWith("5 on task-");
		Object bean = provider.getBean(Stock.class);
		assertThat(proxyTargetClass ? AopUtils.isCglibProxy(bean) : AopUtils.isJdkDynamicProxy(bean)).isTrue();
		assertThat(provider.getBean(Counting.class).calls).hasValue(2);
	}

	@Test
	void anUndeclaredExceptionIsTold() {
		start(Provider.class);
		Stock stock = stock(start(Consumer.class));
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(() -> stock.count(""))
			.withMessageContaining("nothing to count");
	}

	@Test
	void aConsumerStartsBeforeItsProviderAndOpensNoPort() {
		ConfigurableApplicationContext consumer = start(Consumer.class);
		assertThat(consumer.getBean(RpcServer.class).isRunning()).isFalse();
		Stock stock = stock(consumer);
		assertThatExceptionOfType(RpcNotSentException.class).isThrownBy(() -> stock.count("apples"));
		start(Provider.class);
		await().untilAsserted(() -> assertThat(stock.count("apples")).isEqualTo(6));
	}

	@Test
	void oneApplicationIsBoth() {
		ConfigurableApplicationContext both = start(Both.class);
		assertThat(stock(both).count("apples")).isEqualTo(6);
		assertThat(stock(both)).isNotSameAs(both.getBean(Stock.class));
	}

	@Test
	void aRollingRestartFailsNoCall() throws Exception {
		ConfigurableApplicationContext first = start(Provider.class);
		ConfigurableApplicationContext second = start(Provider.class);
		Stock stock = stock(start(Consumer.class));
		AtomicInteger calls = new AtomicInteger();
		CompletableFuture<Void> stop = new CompletableFuture<>();
		CompletableFuture<Void> load = CompletableFuture.runAsync(() -> {
			while (!stop.isDone()) {
				stock.order("apples");
				calls.incrementAndGet();
			}
		}, ProviderAndConsumerIT::onThreadOfItsOwn);
		awaitMore(calls);
		first.close();
		awaitMore(calls);
		start(Provider.class);
		awaitMore(calls);
		second.close();
		awaitMore(calls);
		stop.complete(null);
		load.get(10, TimeUnit.SECONDS);
	}

	@Test
	void aCallInProgressMayUseTheApplicationsExecutorsWhileItCloses() throws Exception {
		ConfigurableApplicationContext provider = start(Provider.class);
		Stock stock = stock(start(Consumer.class));
		Gate gate = provider.getBean(Gate.class);
		RpcServer server = provider.getBean(RpcServer.class);
		CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> stock.recount("pears"),
				ProviderAndConsumerIT::onThreadOfItsOwn);
		gate.entered.await();
		CompletableFuture<Void> closing = CompletableFuture.runAsync(provider::close,
				ProviderAndConsumerIT::onThreadOfItsOwn);
		await().until(() -> server.services().stream().noneMatch(ExportedService::registered));
		gate.open.countDown();
		assertThat(slow.get(10, TimeUnit.SECONDS)).startsWith("5 on task-");
		closing.get(20, TimeUnit.SECONDS);
	}

	/** The common pool has one thread where there are two processors. */
	private static void onThreadOfItsOwn(Runnable task) {
		new Thread(task).start();
	}

	@Test
	void theTraceContextTravelsAndNoCallIsCountedTwice() throws Exception {
		ConfigurableApplicationContext provider = start(Traced.class, "ha-rpc.observation.enabled=true");
		ConfigurableApplicationContext consumer = start(Consumer.class, "ha-rpc.observation.enabled=true");
		consumer.getBean(ObservationRegistry.class).observationConfig().observationHandler(new Tracing());
		stock(consumer).count("apples");
		assertThat(provider.getBean(Tracing.class).received.get(10, TimeUnit.SECONDS)).isEqualTo("from the client");
		await().untilAsserted(() -> {
			assertThat(calls(consumer, "ha.rpc.client.calls", "SUCCEEDED")).isOne();
			assertThat(calls(provider, "ha.rpc.server.calls", "SUCCEEDED")).isOne();
		});
	}

	@Test
	void anOperatorDrainsResumesRestartsAndWeighsAServer() throws Exception {
		ConfigurableApplicationContext provider = start(Provider.class, "spring.main.web-application-type=servlet",
				"server.port=0", "management.endpoints.web.exposure.include=*",
				"management.endpoint.rpcserver.access=unrestricted");
		ConfigurableApplicationContext consumer = start(Consumer.class);
		Stock stock = stock(consumer);
		stock.count("apples");

		JsonNode drained = ask(provider, "POST", "/actuator/rpcserver/drain", "", 200);
		assertThat(drained.at("/state").asText()).isEqualTo("DRAINING");
		assertThat(drained.at("/services/0/registered").asBoolean()).isFalse();
		JsonNode resumed = ask(provider, "POST", "/actuator/rpcserver/resume", "", 200);
		assertThat(resumed.at("/state").asText()).isEqualTo("SERVING");
		assertThat(resumed.at("/services/0/registered").asBoolean()).isTrue();
		stock.count("apples");
		JsonNode restarted = ask(provider, "POST", "/actuator/rpcserver/restart", "", 200);
		assertThat(restarted.at("/address").asText()).isEqualTo(resumed.at("/address").asText());
		assertThat(restarted.at("/services/0/instanceId").asText())
			.isNotEqualTo(resumed.at("/services/0/instanceId").asText());
		stock.count("apples");

		JsonNode weighed = ask(provider, "POST", "/actuator/rpcserver", "{\"weight\": 7}", 200);
		assertThat(weighed.at("/services/0/weight").asInt()).isEqualTo(7);
		assertThat(refused(provider, "rpcserver", "{\"weight\": -1}")).isEqualTo("weight: -1 (expected: 0 to 100000)");
		assertThat(refused(provider, "rpcserver", "{\"weight\": \"much\"}"))
			.isEqualTo("weight: much (expected: 0 to 100000)");
		assertThat(refused(provider, "rpcserver", "")).isEqualTo("weight: null (expected: 0 to 100000)");
		assertThat(refused(provider, "rpcserver", "{\"weight\": 1, \"service\": \"none\"}"))
			.isEqualTo("service: none (expected: one of [" + Stock.class.getName() + "])");
		assertThat(refused(provider, "rpcserver/explode", ""))
			.isEqualTo("action: 'explode' (expected: drain, resume or restart)");
	}

	@Test
	void anOperatorEjectsAndReadmitsAnInstance() throws Exception {
		start(Provider.class);
		ConfigurableApplicationContext consumer = start(Consumer.class, "spring.main.web-application-type=servlet",
				"server.port=0", "management.endpoints.web.exposure.include=*",
				"management.endpoint.rpcejections.access=unrestricted");
		stock(consumer).count("apples");
		String address = get(consumer, "/actuator/rpc").at("/references/0/instances/0/address").asText();

		JsonNode changed = ask(consumer, "POST", "/actuator/rpcejections/" + address, "{\"duration\": \"PT1M\"}", 200);
		assertThat(changed.at("/services").asInt()).isOne();
		ask(consumer, "DELETE", "/actuator/rpcejections/" + address, "", 200);
		assertThat(refused(consumer, "rpcejections/localhost:1", ""))
			.isEqualTo("instance: localhost:1 (expected: one that /actuator/rpc shows, such as " + address + ")");
		assertThat(refused(consumer, "rpcejections/localhost", ""))
			.startsWith("address: 'localhost' (expected: host:port");
		assertThat(refused(consumer, "rpcejections/" + address, "{\"duration\": \"PT0S\"}"))
			.isEqualTo("duration: PT0S (expected: more than zero, at most 24 h)");
		assertThat(refused(consumer, "rpcejections/" + address, "{\"duration\": \"soon\"}"))
			.isEqualTo("duration: 'soon' (expected: a time such as 30s, 10m or PT10M)");
	}

	@Test
	void aRunnerThatCallsItsOwnApplicationIsToldWhyItCannot() {
		ConfigurableApplicationContext both = start(BothWithRunner.class);
		assertThat(both.getBean(EarlyCaller.class).failure).isInstanceOf(RpcNotSentException.class)
			.hasMessageContaining("No instance of " + Stock.class.getName() + " is registered")
			.hasMessageContaining("This process offers it itself, but registers it only while the application is ready")
			.hasMessageEndingWith("inject it without @RpcReference.");
		assertThat(both.getBean(EarlyCaller.class).counted).as("by the bean itself").isEqualTo(6);
		assertThat(stock(both).count("apples")).isEqualTo(6);
	}

	@Test
	void nobodyMayChangeAnythingUnlessItIsSaid() throws Exception {
		ConfigurableApplicationContext provider = start(Provider.class, "spring.main.web-application-type=servlet",
				"server.port=0", "management.endpoints.web.exposure.include=*");
		ask(provider, "POST", "/actuator/rpcserver/drain", "", 404);
		ask(provider, "POST", "/actuator/rpcejections/localhost:1", "", 404);
	}

	@Test
	void healthEndpointAndMetersTellOfBothSides() throws Exception {
		ConfigurableApplicationContext provider = start(Provider.class, "spring.main.web-application-type=servlet",
				"server.port=0", "management.endpoints.web.exposure.include=*",
				"management.endpoint.health.show-details=always");
		ConfigurableApplicationContext consumer = start(Consumer.class, "spring.main.web-application-type=servlet",
				"server.port=0", "management.endpoints.web.exposure.include=*",
				"management.endpoint.health.show-details=always");
		Stock stock = stock(consumer);
		stock.count("apples");
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(() -> stock.count(""));

		JsonNode serving = get(provider, "/actuator/health/rpc");
		assertThat(serving.at("/status").asText()).isEqualTo("UP");
		assertThat(serving.at("/details/server/listening").asBoolean()).isTrue();
		assertThat(serving.at("/details/server/registered").asInt()).isOne();
		JsonNode calling = get(consumer, "/actuator/health/rpc");
		assertThat(calling.at("/status").asText()).isEqualTo("UP");
		assertThat(calling.at("/details/server").asText()).isEqualTo("No services are offered");
		assertThat(calling.at("/details/registry/type").asText()).isEqualTo("in-memory");
		assertThat(calling.at("/details/references/stock/connected").asInt()).isOne();

		JsonNode service = get(provider, "/actuator/rpc").at("/server/services/0");
		assertThat(service.at("/service").asText()).isEqualTo(Stock.class.getName());
		assertThat(service.at("/bean").asText()).contains("StockService");
		JsonNode reference = get(consumer, "/actuator/rpc").at("/references/0");
		assertThat(reference.at("/name").asText()).isEqualTo("stock");
		assertThat(reference.at("/cluster").asText()).isEqualTo("failover");
		JsonNode instance = reference.at("/instances/0");
		assertThat(instance.at("/address").asText()).startsWith("localhost:");
		assertThat(instance.at("/registry/id").asText()).isEqualTo(service.at("/instanceId").asText());
		assertThat(instance.at("/client/connection").asText()).isEqualTo("CONNECTED");
		assertThat(instance.at("/client/breaker").asText()).isEqualTo("CLOSED");
		assertThat(instance.at("/client/outstanding").asInt()).isZero();

		await().untilAsserted(() -> {
			assertThat(calls(consumer, "ha.rpc.client.calls", "SUCCEEDED")).isOne();
			assertThat(calls(consumer, "ha.rpc.client.calls", "FAILED")).isOne();
			assertThat(calls(provider, "ha.rpc.server.calls", "SUCCEEDED")).isOne();
			assertThat(calls(provider, "ha.rpc.server.calls", "FAILED")).isOne();
		});
	}

	private static long calls(ConfigurableApplicationContext context, String meter, String outcome) {
		return context.getBean(MeterRegistry.class)
			.get(meter)
			.tags("service", Stock.class.getName(), "method", "count", "outcome", outcome)
			.timer()
			.count();
	}

	private static JsonNode get(ConfigurableApplicationContext context, String path) throws Exception {
		return ask(context, "GET", path, "", 200);
	}

	private static String refused(ConfigurableApplicationContext context, String path, String json) throws Exception {
		return ask(context, "POST", "/actuator/" + path, json, 400).at("/error").asText();
	}

	private static JsonNode ask(ConfigurableApplicationContext context, String method, String path, String json,
			int status) throws Exception {
		String port = context.getEnvironment().getProperty("local.server.port");
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.method(method, HttpRequest.BodyPublishers.ofString(json))
			.header("Content-Type", "application/json")
			.build();
		HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return new ObjectMapper().readTree(response.body());
	}

	private static void awaitMore(AtomicInteger calls) {
		int now = calls.get();
		await().atMost(Duration.ofSeconds(20)).until(() -> calls.get() > now + 200);
	}

	private static Stock stock(ConfigurableApplicationContext context) {
		return context.getBean(Shop.class).stock;
	}

	private ConfigurableApplicationContext start(Class<?> application, String... properties) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.properties("ha-rpc.registry.type=in-memory", "ha-rpc.server.port=0", "spring.main.banner-mode=off",
					"ha-rpc.server.advertised-host=localhost", "spring.jmx.enabled=false", "ha-rpc.client.timeout=30s",
					"management.simple.metrics.export.enabled=true")
			.properties(properties)
			.run();
		this.contexts.add(context);
		return context;
	}

	@Idempotent
	interface Reading {

		int count(String item);

	}

	interface Stock extends Reading {

		CompletableFuture<String> countLater(String item);

		void order(String item);

		String recount(String item);

	}

	/** Holds a call until the test lets it go on. */
	static class Gate {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch open = new CountDownLatch(1);

	}

	/** What a tracer does with the headers of a call. */
	static class Tracing implements ObservationHandler<Observation.Context> {

		final CompletableFuture<String> received = new CompletableFuture<>();

		@Override
		@SuppressWarnings("unchecked")
		public void onStart(Observation.Context context) {
			if (context instanceof SenderContext<?>) {
				SenderContext<Object> sender = (SenderContext<Object>) context;
				sender.getSetter().set(sender.getCarrier(), "traceparent", "from the client");
			}
			else if (context instanceof ReceiverContext<?>) {
				ReceiverContext<Object> receiver = (ReceiverContext<Object>) context;
				this.received.complete(receiver.getGetter().get(receiver.getCarrier(), "traceparent"));
			}
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof SenderContext || context instanceof ReceiverContext;
		}

	}

	@RpcService
	static class StockService implements Stock {

		private final Gate gate;

		private final TaskExecutor executor;

		StockService(Gate gate, TaskExecutor executor) {
			this.gate = gate;
			this.executor = executor;
		}

		@Override
		public String recount(String item) {
			this.gate.entered.countDown();
			try {
				this.gate.open.await();
				return CompletableFuture
					.supplyAsync(() -> item.length() + " on " + Thread.currentThread().getName(), this.executor)
					.get();
			}
			catch (InterruptedException | ExecutionException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public int count(String item) {
			if (item.isEmpty()) {
				throw new IllegalArgumentException("nothing to count");
			}
			return item.length();
		}

		@Async
		@Override
		public CompletableFuture<String> countLater(String item) {
			return CompletableFuture.completedFuture(item.length() + " on " + Thread.currentThread().getName());
		}

		@Override
		public void order(String item) {
		}

	}

	@Aspect
	@Component
	static class Counting {

		final AtomicInteger calls = new AtomicInteger();

		@Before("execution(* io.harpc.autoconfigure.ProviderAndConsumerIT.Reading.*(..))"
				+ " || execution(* io.harpc.autoconfigure.ProviderAndConsumerIT.Stock.*(..))")
		void count() {
			this.calls.incrementAndGet();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableAsync
	@Import({ Gate.class, StockService.class, Counting.class })
	static class Provider {

	}

	@Import({ Provider.class, Tracing.class })
	static class Traced {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Shop.class)
	static class Consumer {

	}

	@Import({ Provider.class, Consumer.class })
	static class Both {

	}

	@Import({ Both.class, EarlyCaller.class })
	static class BothWithRunner {

	}

	/** Calls before the application is ready. */
	static class EarlyCaller implements CommandLineRunner {

		private final Shop shop;

		private final Stock own;

		@Nullable Throwable failure;

		int counted;

		EarlyCaller(Shop shop, Stock own) {
			this.shop = shop;
			this.own = own;
		}

		@Override
		public void run(String... args) {
			this.failure = catchThrowable(() -> this.shop.stock.count("apples"));
			this.counted = this.own.count("apples");
		}

		@EventListener(ApplicationReadyEvent.class)
		void ready() {
			assertThat(catchThrowable(() -> this.shop.stock.count("apples"))).as("nor is it ready now")
				.hasMessageContaining("only while the application is ready");
		}

	}

	static class Shop {

		final Stock stock;

		Shop(@RpcReference Stock stock) {
			this.stock = stock;
		}

	}

}
