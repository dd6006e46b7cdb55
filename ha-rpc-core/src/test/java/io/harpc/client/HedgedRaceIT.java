package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.harpc.CallObserver;
import io.harpc.Idempotent;
import io.harpc.ServiceKey;
import io.harpc.method.ServiceDescriptor;
import io.harpc.registry.InMemoryRegistry;
import io.harpc.server.RpcServer;
import io.harpc.server.RpcServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Attempts that overlap on real threads: answers, hedges and cancellations meet.
 */
@Timeout(60)
class HedgedRaceIT {

	private static final int CALLERS = 8;

	private static final int CALLS = 400;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final List<RpcServer> servers = new ArrayList<>();

	private final AtomicInteger ended = new AtomicInteger();

	private final AtomicInteger sent = new AtomicInteger();

	private final RpcClient client = RpcClient.builder(this.registry).observer((side, service, method, headers) -> {
		AtomicInteger ends = new AtomicInteger();
		return (outcome, error) -> this.ended.addAndGet(ends.incrementAndGet());
	}).build();

	@AfterEach
	void close() {
		this.client.close();
		this.servers.forEach(RpcServer::close);
		this.registry.close();
		this.executor.shutdownNow();
	}

	@Test
	void everyCallEndsOnceWithItsOwnAnswer() throws Exception {
		for (int i = 0; i < 3; i++) {
			RpcServer server = new RpcServer(RpcServerSettings.defaults(0), this.registry, this.executor, Thread::new,
					CallObserver.NONE);
			server.export(ServiceDescriptor.of(ServiceKey.of(Echo.class), Echo.class), new SometimesSlow(), 100);
			server.start();
			server.register();
			this.servers.add(server);
		}
		Echo echo = this.client.reference(ReferenceSettings.of(Echo.class)
			.withCalls((calls) -> calls.withCluster(Cluster.HEDGED).withTimeout(Duration.ofSeconds(20))));
		Queue<String> wrong = new ConcurrentLinkedQueue<>();
		List<Future<?>> callers = new ArrayList<>();
		for (int caller = 0; caller < CALLERS; caller++) {
			int number = caller;
			callers.add(this.executor.submit(() -> call(echo, number, wrong)));
		}
		for (Future<?> caller : callers) {
			caller.get();
		}
		assertThat(wrong).isEmpty();
		eventually(() -> assertThat(this.ended).hasValue(this.sent.get()));
		eventually(() -> assertThat(this.client.references().get(0).instances())
			.allSatisfy((instance) -> assertThat(instance.outstanding()).isZero()));
	}

	private void call(Echo echo, int caller, Queue<String> wrong) {
		Random random = new Random(caller);
		for (int i = 0; i < CALLS; i++) {
			long id = caller * 1_000_000L + i;
			this.sent.incrementAndGet();
			if (i % 3 != 0) {
				check(id, echo.echo(id), wrong);
				continue;
			}
			CompletableFuture<Long> future = echo.echoAsync(id);
			if (random.nextInt(4) == 0) {
				LockSupport.parkNanos(random.nextInt(2_000_000));
				future.cancel(true);
			}
			else {
				check(id, future.join(), wrong);
			}
		}
	}

	private static void check(long id, long answer, Queue<String> wrong) {
		if (answer != id) {
			wrong.add(id + " got " + answer);
		}
	}

	/** The service. */
	@Idempotent
	public interface Echo {

		long echo(long id);

		CompletableFuture<Long> echoAsync(long id);

	}

	/** Takes about as long as callers are patient, so that much happens at once. */
	private static final class SometimesSlow implements Echo {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		public long echo(long id) {
			if (this.calls.incrementAndGet() % 7 == 0) {
				LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
			}
			return id;
		}

		@Override
		public CompletableFuture<Long> echoAsync(long id) {
			return CompletableFuture.completedFuture(echo(id));
		}

	}

}
