package io.harpc.server;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import io.harpc.Address;
import io.harpc.CallObserver;
import io.harpc.RpcNotStartedException;
import io.harpc.RpcRejectedException;
import io.harpc.RpcRemoteException;
import io.harpc.ServiceKey;
import io.harpc.client.ReferenceSettings;
import io.harpc.client.RpcClient;
import io.harpc.method.ServiceDescriptor;
import io.harpc.protocol.ServerState;
import io.harpc.registry.Instance;
import io.harpc.registry.Watch;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.resilience.CallGate;
import io.harpc.resilience.CallGates;
import io.harpc.serialization.Serializer;
import io.harpc.transport.TransportServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RpcServer} with real sockets and the real client.
 */
@Timeout(60)
class RpcServerIT {

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final List<RpcServer> servers = new ArrayList<>();

	@AfterEach
	void close() {
		this.client.close();
		this.servers.forEach(RpcServer::close);
		this.registry.close();
		this.executor.shutdownNow();
	}

	@Test
	void answersCallsOnceItIsRegistered() throws Exception {
		serve(new FakeWork());
		Work work = reference();
		assertThat(work.square(7)).isEqualTo(49);
		assertThat(work.later("x").get(10, TimeUnit.SECONDS)).isEqualTo("x!");
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(() -> work.fail("boom"))
			.withMessageContaining("boom")
			.satisfies((ex) -> assertThat(ex.remoteClassName()).isEqualTo(IllegalStateException.class.getName()));
	}

	@Test
	void anErrorInAHandlerIsAnsweredAndHarmsNoLaterCall() {
		serve(new FakeWork());
		Work work = reference();
		assertThatExceptionOfType(RpcRemoteException.class).isThrownBy(() -> work.miss())
			.satisfies((ex) -> assertThat(ex.remoteClassName()).isEqualTo(NoClassDefFoundError.class.getName()));
		assertThat(work.square(2)).isEqualTo(4);
	}

	@Test
	void aServiceThatIsNotHereIsNotStarted() {
		RpcServer server = serve(new FakeWork());
		Other other = this.client.reference(ReferenceSettings.of(Other.class)
			.withAddresses(List.of(server.address()))
			.withCalls((calls) -> calls.withMaxAttempts(1)));
		assertThatExceptionOfType(RpcNotStartedException.class).isThrownBy(other::call)
			.withMessageContaining("does not have the service");
	}

	@Test
	void aMethodThatIsNotHereIsRejected() {
		RpcServer server = serve(new FakeWork());
		Newer newer = this.client.reference(
				ReferenceSettings.of(Newer.class, ServiceKey.of(Work.class)).withAddresses(List.of(server.address())));
		assertThatExceptionOfType(RpcRejectedException.class).isThrownBy(newer::added)
			.withMessageContaining("no such method");
	}

	@Test
	void moreCallsThanTheLimitAreRefusedAsBusy() throws Exception {
		FakeWork bean = new FakeWork();
		RpcServer server = export(
				new RpcServer(settings(1), this.registry, this.executor, Thread::new, CallObserver.NONE), bean);
		Work work = this.client.reference(ReferenceSettings.of(Work.class)
			.withAddresses(List.of(server.address()))
			.withCalls((calls) -> calls.withMaxAttempts(1)));
		Future<String> first = this.executor.submit(() -> work.hold("a"));
		bean.entered.await();
		assertThatExceptionOfType(RpcNotStartedException.class).isThrownBy(() -> work.square(1));
		bean.release.countDown();
		assertThat(first.get()).isEqualTo("a");
	}

	@Test
	void aMethodMayHaveALimitOfItsOwn() throws Exception {
		FakeWork bean = new FakeWork();
		CallGate one = new CallGates(BulkheadRegistry.ofDefaults(), RateLimiterRegistry.ofDefaults()).gate("hold", 1,
				null, null);
		RpcServer server = new RpcServer(settings(100), this.registry, this.executor, Thread::new, CallObserver.NONE);
		this.servers.add(server);
		server.export(ServiceDescriptor.of(ServiceKey.of(Work.class), Work.class), bean, 100,
				(method) -> method.equals("hold") ? one : CallGate.OPEN);
		server.start();
		server.register();
		Work work = this.client
			.reference(ReferenceSettings.of(Work.class).withCalls((calls) -> calls.withMaxAttempts(1)));
		Future<String> first = this.executor.submit(() -> work.hold("a"));
		bean.entered.await();
		assertThatExceptionOfType(RpcNotStartedException.class).isThrownBy(() -> work.hold("b"))
			.withMessageContaining("hold: 1 calls are running");
		assertThat(work.square(3)).isEqualTo(9);
		bean.release.countDown();
		assertThat(first.get()).isEqualTo("a");
		assertThat(work.hold("c")).isEqualTo("c");
	}

	@Test
	void whoeverHasAnAnswerFindsItsPlaceFree() {
		RpcServer server = new RpcServer(settings(1), this.registry, this.executor, Thread::new, CallObserver.NONE);
		this.servers.add(server);
		CallGate one = new CallGates(BulkheadRegistry.ofDefaults(), RateLimiterRegistry.ofDefaults()).gate("later", 1,
				null, null);
		server.export(ServiceDescriptor.of(ServiceKey.of(Work.class), Work.class), new FakeWork(), 100,
				(method) -> one);
		server.start();
		server.register();
		Work work = this.client
			.reference(ReferenceSettings.of(Work.class).withCalls((calls) -> calls.withMaxAttempts(1)));
		for (int i = 0; i < 20_000; i++) {
			assertThat(work.later("a").join()).isEqualTo("a!");
		}
	}

	@Test
	void shutsDownInOrderAndLosesNoCall() throws Exception {
		FakeWork bean = new FakeWork();
		RpcServer server = serve(bean);
		Work work = reference();
		Future<String> running = this.executor.submit(() -> work.hold("a"));
		bean.entered.await();
		Future<?> shutdown = this.executor.submit(server::shutdown);
		await(() -> this.registry.services().isEmpty());
		assertThat(server.runningCalls()).isOne();
		assertThat(running.isDone()).isFalse();
		bean.release.countDown();
		assertThat(running.get()).isEqualTo("a");
		shutdown.get();
		assertThat(server.isRunning()).isFalse();
		assertThat(server.services()).extracting(ExportedService::registered).containsExactly(false);
	}

	@Test
	void callsThatOutliveTheGracePeriodAreLeftBehind() throws Exception {
		FakeWork bean = new FakeWork();
		RpcServerSettings impatient = new RpcServerSettings(TransportServerSettings.defaults(0), Serializer.json(),
				"localhost", "", Duration.ofMillis(50), false);
		RpcServer server = export(
				new RpcServer(impatient, this.registry, this.executor, Thread::new, CallObserver.NONE), bean);
		Work work = reference();
		Future<String> running = this.executor.submit(() -> work.hold("a"));
		bean.entered.await();
		server.shutdown();
		assertThat(running).failsWithin(Duration.ofSeconds(20));
		bean.release.countDown();
	}

	@Test
	void canBeStartedAgainAsAnotherInstance() {
		RpcServer server = serve(new FakeWork());
		String id = server.services().get(0).instance().id();
		server.shutdown();
		server.start();
		server.register();
		server.register();
		assertThat(server.services().get(0).instance().id()).isNotEqualTo(id);
		assertThat(reference().square(3)).isEqualTo(9);
	}

	@Test
	void aDrainedServerSendsItsClientsAwayAndAnswersOn() throws Exception {
		FakeWork bean = new FakeWork();
		RpcServer server = serve(bean);
		Work work = reference();
		Future<String> running = this.executor.submit(() -> work.hold("a"));
		bean.entered.await();
		server.drain();
		assertThat(server.state()).isEqualTo(ServerState.DRAINING);
		assertThat(this.registry.services()).isEmpty();
		assertThat(server.isRunning()).isTrue();
		bean.release.countDown();
		assertThat(running.get()).isEqualTo("a");
		server.register();
		assertThat(this.registry.services()).as("not before it resumes").isEmpty();
	}

	@Test
	void aServerThatResumesIsFoundAndCalledAgain() {
		RpcServer server = serve(new FakeWork());
		Work work = reference();
		assertThat(work.square(2)).isEqualTo(4);
		server.drain();
		await(() -> server.connections() == 0);
		server.resume();
		assertThat(server.state()).isEqualTo(ServerState.SERVING);
		assertThat(server.services()).extracting(ExportedService::registered).containsExactly(true);
		assertThat(work.square(3)).isEqualTo(9);
	}

	@Test
	void aServerThatWasNotOfferedIsNotRegisteredWhenItResumes() {
		RpcServer server = serve(new FakeWork());
		server.drain();
		server.deregister();
		server.resume();
		assertThat(this.registry.services()).isEmpty();
	}

	@Test
	void aRestartedServerIsAnotherOneAtTheSameAddress() {
		RpcServer server = serve(new FakeWork());
		Address address = server.address();
		String id = server.services().get(0).instance().id();
		Work work = reference();
		assertThat(work.square(2)).isEqualTo(4);
		server.drain();
		server.restart();
		assertThat(server.address()).isEqualTo(address);
		assertThat(server.services().get(0).registered()).isTrue();
		assertThat(server.services().get(0).instance().id()).isNotEqualTo(id);
		assertThat(server.state()).isEqualTo(ServerState.SERVING);
		assertThat(work.square(3)).isEqualTo(9);
	}

	@Test
	void aServiceChangesItsWeightInPlaceAndKeepsItWhenItIsRegisteredAnew() {
		RpcServer server = serve(new FakeWork());
		ServiceKey service = server.services().get(0).service();
		String id = server.services().get(0).instance().id();
		server.weigh(service, 7);
		Watch watch = this.registry.watch(service, (instances) -> {
		});
		assertThat(watch.current().list()).singleElement()
			.satisfies((instance) -> assertThat(instance.id()).isEqualTo(id))
			.satisfies((instance) -> assertThat(instance.weight()).isEqualTo(7));
		server.restart();
		assertThat(watch.current().list()).extracting(Instance::weight).containsExactly(7);
		assertThatIllegalArgumentException().isThrownBy(() -> server.weigh(service, -1))
			.withMessage("weight: -1 (expected: 0 to 100000)");
		assertThatIllegalArgumentException().isThrownBy(() -> server.weigh(ServiceKey.of(Runnable.class), 1))
			.withMessageStartingWith("service: java.lang.Runnable (expected: one of [");
	}

	@Test
	void anApplicationThatIsNotReadySaysSo() {
		RpcServer server = serve(new FakeWork());
		server.setReady(false);
		assertThat(server.state()).isEqualTo(ServerState.NOT_READY);
		server.restart();
		assertThat(server.state()).isEqualTo(ServerState.NOT_READY);
		server.setReady(true);
		assertThat(server.state()).isEqualTo(ServerState.SERVING);
		server.shutdown();
		assertThat(server.state()).isNull();
	}

	@Test
	void refusesAServiceOfferedTwiceByName() {
		RpcServer server = serve(new FakeWork());
		server.shutdown();
		ServiceDescriptor service = ServiceDescriptor.of(ServiceKey.of(Work.class), Work.class);
		assertThatExceptionOfType(DuplicateServiceException.class)
			.isThrownBy(() -> server.export(service, new FakeWork(), 1))
			.withMessageContaining(Work.class.getName())
			.withMessageContaining(FakeWork.class.getName());
	}

	@Test
	void refusesABeanThatIsNotTheService() {
		ServiceDescriptor service = ServiceDescriptor.of(ServiceKey.of(Work.class), Work.class);
		RpcServer server = new RpcServer(settings(10), this.registry, this.executor, Thread::new, CallObserver.NONE);
		assertThatIllegalArgumentException().isThrownBy(() -> server.export(service, "text", 1))
			.withMessage("bean: java.lang.String (expected: implements " + Work.class.getName() + ")");
	}

	@Test
	void refusesAServiceWhileItRuns() {
		RpcServer server = serve(new FakeWork());
		ServiceDescriptor service = ServiceDescriptor.of(ServiceKey.of(Other.class), Other.class);
		assertThatIllegalStateException().isThrownBy(() -> server.export(service, (Other) () -> "", 1));
	}

	@Test
	void saysWhichPortIsTaken() throws Exception {
		try (ServerSocket taken = new ServerSocket(0)) {
			RpcServerSettings settings = RpcServerSettings.defaults(taken.getLocalPort());
			RpcServer server = new RpcServer(settings, this.registry, this.executor, Thread::new, CallObserver.NONE);
			assertThatExceptionOfType(ServerStartException.class).isThrownBy(server::start)
				.withMessageContaining(String.valueOf(taken.getLocalPort()))
				.satisfies((ex) -> assertThat(ex.port()).isEqualTo(taken.getLocalPort()));
			assertThat(server.isRunning()).isFalse();
		}
	}

	private Work reference() {
		return this.client.reference(ReferenceSettings.of(Work.class));
	}

	private RpcServer serve(Work bean) {
		return export(new RpcServer(settings(100), this.registry, this.executor, Thread::new, CallObserver.NONE), bean);
	}

	private RpcServer export(RpcServer server, Work bean) {
		this.servers.add(server);
		server.export(ServiceDescriptor.of(ServiceKey.of(Work.class), Work.class), bean, 100);
		server.start();
		server.register();
		return server;
	}

	private static RpcServerSettings settings(int maxConcurrentCalls) {
		return new RpcServerSettings(
				TransportServerSettings.defaults(0).withLimits(100, maxConcurrentCalls, 1024 * 1024), Serializer.json(),
				"localhost", "", Duration.ofSeconds(30), false);
	}

	private static void await(BooleanSupplier condition) {
		while (!condition.getAsBoolean()) {
			Thread.onSpinWait();
		}
	}

	interface Work {

		int square(int number);

		String hold(String text) throws InterruptedException;

		CompletableFuture<String> later(String text);

		void fail(String message);

		void miss();

	}

	interface Other {

		String call();

	}

	interface Newer {

		String added();

	}

	static class FakeWork implements Work {

		final CountDownLatch entered = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		@Override
		public int square(int number) {
			return number * number;
		}

		@Override
		public String hold(String text) throws InterruptedException {
			this.entered.countDown();
			this.release.await();
			return text;
		}

		@Override
		public CompletableFuture<String> later(String text) {
			return CompletableFuture.supplyAsync(() -> text + "!");
		}

		@Override
		public void fail(String message) {
			throw new IllegalStateException(message);
		}

		@Override
		public void miss() {
			throw new NoClassDefFoundError("missing");
		}

	}

}
