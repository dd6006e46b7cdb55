package io.harpc.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

import io.harpc.registry.InMemoryRegistry;
import io.harpc.registry.Registration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static io.harpc.registry.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three provider processes under load, killed as by {@code kill -9}.
 */
@Timeout(120)
class KilledProviderIT {

	private final InMemoryRegistry registry = new InMemoryRegistry();

	private final RpcClient client = RpcClient.builder(this.registry).build();

	private final Shop shop = this.client.reference(ReferenceSettings.of(Shop.class));

	private final List<ProviderProcess> providers = new ArrayList<>();

	private final List<Registration> registrations = new ArrayList<>();

	/** Answers by the provider that gave them. */
	private final Map<String, LongAdder> answers = new ConcurrentHashMap<>();

	private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

	private final List<Thread> callers = new ArrayList<>();

	private volatile boolean stopped;

	@BeforeEach
	void start() throws Exception {
		for (int i = 0; i < 3; i++) {
			provide(0);
		}
		for (int i = 0; i < 4; i++) {
			Thread caller = new Thread((i % 2 == 0) ? this::callBlocking : this::callAsync, "caller-" + i);
			caller.start();
			this.callers.add(caller);
		}
		this.providers.forEach(this::answersAgain);
	}

	@AfterEach
	void stop() throws Exception {
		this.stopped = true;
		for (Thread caller : this.callers) {
			caller.join();
		}
		this.providers.forEach(ProviderProcess::kill);
		this.client.close();
		this.registry.close();
	}

	@Test
	void savesEveryIdempotentCallAndUsesTheRestartedProviderAtOnce() throws Exception {
		ProviderProcess victim = this.providers.get(0);
		victim.kill();
		answersGrowWithout(victim);
		// Only now does the registry notice, and a new process takes the old port
		this.registrations.get(0).close();
		ProviderProcess reborn = provide(victim.address().port());
		answersAgain(reborn);
		assertThat(this.failures).isEmpty();
	}

	@Test
	void savesEveryIdempotentCallWhileTwoOfThreeAreDead() throws Exception {
		this.providers.get(0).kill();
		this.providers.get(1).kill();
		answersAgain(this.providers.get(2));
		this.registrations.get(0).close();
		this.registrations.get(1).close();
		answersAgain(provide(0));
		answersAgain(provide(0));
		assertThat(this.failures).isEmpty();
	}

	private ProviderProcess provide(int port) throws Exception {
		ProviderProcess provider = ProviderProcess.start(port);
		this.providers.add(provider);
		this.registrations.add(provider.register(this.registry));
		return provider;
	}

	/** A provider must get load within seconds. */
	private void answersAgain(ProviderProcess provider) {
		LongAdder count = this.answers.computeIfAbsent(provider.name(), (name) -> new LongAdder());
		long before = count.sum();
		long start = System.nanoTime();
		eventually(() -> assertThat(count.sum()).isGreaterThan(before + 100));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
	}

	private void answersGrowWithout(ProviderProcess victim) {
		this.providers.stream().filter((provider) -> provider != victim).forEach(this::answersAgain);
	}

	private void callBlocking() {
		while (!this.stopped) {
			try {
				count(this.shop.find(1));
			}
			catch (RuntimeException ex) {
				this.failures.add(ex);
			}
		}
	}

	private void callAsync() {
		while (!this.stopped) {
			try {
				count(this.shop.findAsync(1).join());
			}
			catch (RuntimeException ex) {
				this.failures.add(ex);
			}
		}
	}

	private void count(String provider) {
		this.answers.computeIfAbsent(provider, (name) -> new LongAdder()).increment();
	}

}
