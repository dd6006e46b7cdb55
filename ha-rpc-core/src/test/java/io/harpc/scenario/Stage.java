package io.harpc.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import io.harpc.Address;
import io.harpc.faults.FaultProxy;
import org.jspecify.annotations.Nullable;

/**
 * The world of one scenario, and all that it needs to be told:
 *
 * <pre>
 * List&lt;Provider&gt; providers = stage.provide(3);   // processes, registered in a ZooKeeper of the stage's
 * stage.consume();                              // a client in this process that finds them there
 * stage.load(300);                              // calls a second, from here on
 * providers.get(0).kill();                      // whatever is to go wrong
 * stage.runFor(Duration.ofSeconds(2));
 * stage.check(stage.end()).noIdempotentCallFails();  // the history, held against the promises
 * </pre>
 *
 * What it starts it stops. The processes' files stay in {@code target/scenarios}.
 */
final class Stage implements AutoCloseable {

	/** How late a call may end: what a busy machine takes to wake a thread. */
	static final Duration LATE = Duration.ofMillis(500);

	/** How much longer than a session timeout (k) may take: two samples and a tick. */
	private static final Duration TO_AGREE = Consumer.SESSION_TIMEOUT.plusSeconds(2);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** How long a call takes, so that some are in flight whenever something breaks. */
	private static final int WORK_MILLIS = 10;

	private static final Duration EVEN = Duration.ofSeconds(2);

	private static final Duration EVEN_LOOK = Duration.ofMillis(250);

	private static final double EVEN_TOLERANCE = 0.5;

	private static final long LOOK_NANOS = 5_000_000;

	private final long seed;

	private final Random random;

	private final Path directory;

	private final Numbers numbers;

	private final Deque<AutoCloseable> open = new ArrayDeque<>();

	private final Stalls stalls = opened(new Stalls());

	private final List<Provider> providers = new ArrayList<>();

	/** The ids of those that should be registered. */
	private final Set<String> living = new HashSet<>();

	private @Nullable Ensemble ensemble;

	private final List<Consumer> consumers = new ArrayList<>();

	private @Nullable Witness witness;

	private @Nullable Load load;

	private int names;

	Stage(String scenario, long seed) {
		this.seed = seed;
		this.random = new Random(seed);
		this.numbers = new Numbers(scenario, seed);
		this.directory = Path.of("target", "scenarios", scenario + "-" + seed).toAbsolutePath();
		try {
			Files.createDirectories(this.directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Numbers numbers() {
		return this.numbers;
	}

	/** What differs from run to run comes from here. */
	Random random() {
		return this.random;
	}

	Path directory() {
		return this.directory;
	}

	/** The ZooKeeper, of one server unless {@link #ensembleOfThree()} came first. */
	Ensemble ensemble() throws Exception {
		if (this.ensemble == null) {
			this.ensemble = opened(new Ensemble(1));
		}
		return this.ensemble;
	}

	Ensemble ensembleOfThree() throws Exception {
		this.ensemble = opened(new Ensemble(3));
		return this.ensemble;
	}

	Provider.Options options() throws Exception {
		return Provider.Options.of(ensemble().connectString());
	}

	/** A proxy before ZooKeeper, for one process to be cut off from it. */
	FaultProxy proxyOfZooKeeper() throws Exception {
		return opened(new FaultProxy(Address.parse(ensemble().connectString())));
	}

	List<Provider> provide(int count) throws Exception {
		return provide(count, options());
	}

	/** Starts providers at the same time; returns when all have registered. */
	List<Provider> provide(int count, Provider.Options options) throws Exception {
		List<Provider> started = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			started.add(opened(Provider.start("p" + ++this.names, this.directory, options)));
		}
		for (Provider provider : started) {
			provider.listening().tell("delay " + WORK_MILLIS);
			provider.register();
			lives(provider, true);
		}
		this.providers.addAll(started);
		return started;
	}

	/**
	 * {@return the providers with one in place of another}
	 */
	static List<Provider> replaced(List<Provider> providers, Provider old, Provider newer) {
		return providers.stream().map((each) -> (each == old) ? newer : each).toList();
	}

	/** Tells the witness whether a provider should be registered from now on. */
	void lives(Provider provider, boolean lives) {
		lives(provider.instanceId(), lives);
	}

	void lives(String id, boolean lives) {
		if (lives) {
			this.living.add(id);
		}
		else {
			this.living.remove(id);
		}
		if (this.witness != null) {
			this.witness.living(this.living);
		}
	}

	/** As {@code kill -9}; returns when the process is gone. */
	void kill(Provider provider) throws InterruptedException {
		provider.kill();
		lives(provider, false);
	}

	/** A client of the providers so far, connected to all of them. */
	Consumer consume() throws Exception {
		return consume(new Consumer(ensemble().connectString(), null, Consumer.LOAD_BALANCER, true));
	}

	Consumer consume(Consumer other) throws Exception {
		Consumer made = opened(other);
		this.consumers.add(made);
		this.witness = opened(new Witness(made, ensemble().connectString()));
		this.witness.living(this.living);
		awaitUseOf(this.providers);
		return made;
	}

	/** Many clients on one registry; the witness looks at the first. */
	List<Consumer> consume(int count) throws Exception {
		Consumer first = consume();
		for (int i = 1; i < count; i++) {
			this.consumers.add(opened(first.another()));
		}
		this.providers.forEach((provider) -> await("all clients use " + provider, () -> allUse(provider)));
		return this.consumers;
	}

	private boolean allUse(Provider provider) {
		return this.consumers.stream().allMatch((each) -> each.uses(provider));
	}

	Witness witness() {
		if (this.witness == null) {
			throw new IllegalStateException("no consumer yet (expected: consume() first)");
		}
		return this.witness;
	}

	/** Begins to call at a rate; it can be changed at any time. */
	Load load(int callsPerSecond) {
		List<Work> callers = this.consumers.stream().map(Consumer::work).toList();
		this.load = opened(new Load(callers, this.random.nextLong(), callsPerSecond, 1));
		return this.load;
	}

	/** Lets time pass under load. */
	void runFor(Duration duration) {
		runUntil(System.nanoTime() + duration.toNanos());
	}

	void runUntil(long nanoTime) {
		for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/**
	 * {@return nanoseconds until it was so}
	 */
	long await(String what, BooleanSupplier condition) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > PATIENCE.toNanos()) {
				throw new AssertionError(what + ": not within " + PATIENCE + ", see " + this.directory);
			}
			LockSupport.parkNanos(LOOK_NANOS);
		}
		return System.nanoTime() - start;
	}

	/**
	 * {@return nanoseconds until the client uses exactly these}
	 */
	long awaitUseOf(Collection<Provider> expected) {
		Set<String> ids = expected.stream().map(Provider::instanceId).collect(Collectors.toSet());
		return await("the client uses " + expected, () -> witness().uses(ids));
	}

	/** Notes how long it took the client to keep clear of an instance. */
	void noteDetection(Provider provider, long since) {
		await("the client keeps clear of " + provider,
				() -> witness().detected(provider.instanceId(), since).isPresent());
		this.numbers.put("detectedMillis", witness().detected(provider.instanceId(), since).getAsLong() / 1_000_000);
	}

	/** What others do is held against nobody. */
	void neverCutOff(Provider sound, long since) {
		witness().detected(sound.instanceId(), since).ifPresent((after) -> {
			throw new AssertionError("(h) " + sound + " was cut off for what others did, after " + after / 1_000_000
					+ " ms: " + witness().believed().at(since + after));
		});
	}

	/** What ran so far. */
	List<Execution> executions() {
		return this.providers.stream().flatMap((provider) -> provider.executions().stream()).toList();
	}

	/**
	 * Waits until the load has been even for two seconds, and notes how long after the
	 * healing they began.
	 * @param since when the fault was healed
	 */
	void awaitEvenLoad(List<Provider> sharing, long since) {
		List<String> shared = sharing.stream().map(Provider::name).toList();
		long giveUp = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			runFor(EVEN_LOOK);
			long now = System.nanoTime();
			History recent = new History(List.of(), executions()).between(now - EVEN.toNanos(), now);
			if (now - EVEN.toNanos() >= since && recent.unevenAmong(shared, EVEN_TOLERANCE).isEmpty()) {
				this.numbers.put("evenAfterMillis", (now - EVEN.toNanos() - since) / 1_000_000);
				return;
			}
			if (now - giveUp > 0) {
				new Invariants(recent).loadIsEven(shared, EVEN_TOLERANCE);
			}
		}
	}

	/** Ends the load and notes what there is to count. */
	History end() throws Exception {
		Load running = this.load;
		List<Call> calls = (running != null) ? running.stop() : List.of();
		History history = new History(calls, executions(), this.stalls.seen());
		Files.write(this.directory.resolve("calls"), calls.stream().map(Call::line).toList());
		this.numbers.put("calls", calls.size())
			.put("failed", history.failed().size())
			.put("duplicated", history.duplicated())
			.put("stalledMillis", history.stalledNanos(Long.MIN_VALUE, Long.MAX_VALUE) / 1_000_000);
		return history;
	}

	/** Holds what is promised in every scenario: (a), (b), (c), (h), (k). */
	Invariants check(History history) {
		Invariants invariants = new Invariants(history)
			.clientAndRegistryAgreeWithWhatLives(witness().known(), witness().registered(), witness().living(),
					System.nanoTime(), TO_AGREE)
			.everyCallEndsByItsDeadline(LATE)
			.noCallRunsTwiceUnlessIdempotent()
			.everyAnsweredCallRanWhereTheAnswerSays();
		for (Provider provider : this.providers) {
			witness().cutOffs(provider.instanceId(), System.nanoTime())
				.forEach((cutOff) -> invariants.aCutOffInstanceGetsOnlyProbes(provider.name(), cutOff));
		}
		return invariants;
	}

	/**
	 * Holds what is promised even where every instance fails: (g), by the budget's
	 * defaults.
	 */
	Invariants checkRetries(History history) {
		return check(history).retriesStayWithinTheirBudget(0.2, 10, Duration.ofSeconds(10));
	}

	/** Has something closed at the end, before what was opened before it. */
	<T extends AutoCloseable> T opened(T resource) {
		this.open.push(resource);
		return resource;
	}

	@Override
	public void close() throws Exception {
		for (AutoCloseable resource : this.open) {
			resource.close();
		}
	}

}
