package io.harpc.hostile;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLParameters;

import com.sun.management.UnixOperatingSystemMXBean;
import io.harpc.Identity;
import io.harpc.certificates.CertificateAuthority;
import io.harpc.certificates.Contexts;
import io.harpc.security.ServerAuthentication;
import io.harpc.security.ServerAuthentication.AcceptedKey;
import io.harpc.security.SharedKey;
import io.harpc.transport.Encryption;
import io.harpc.transport.TransportServerSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that take what a server has only so much of: connections, threads, memory,
 * places for calls. The others are served all the while, and nothing is left behind.
 */
@Timeout(120)
class ExhaustionIT {

	private static final Logger logger = LoggerFactory.getLogger(ExhaustionIT.class);

	private static final int PLACES = 16;

	/** As many with the attack as without it, in turn; more for figures worth showing. */
	private static final int WINDOWS = Integer.getInteger("attack.windows", 3);

	/** Of a window. The longest four of them are what its 99th percentile leaves out. */
	private static final int CALLS = 400;

	/** In which an attack gets going, or what it has left behind is cleared away. */
	private static final int CALLS_BETWEEN = 100;

	/**
	 * What the server does to calls it does each time; what somebody else does who wants
	 * the same processors it does not.
	 */
	private static final int ROUNDS = 5;

	/**
	 * No less is asked for than this: a tick of Linux at 250 Hz. Where calls and attack
	 * share two processors, a thread that wakes while others use both may have to wait
	 * for the next tick, whatever the server does.
	 */
	private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

	private static final CertificateAuthority AUTHORITY = new CertificateAuthority("tests");

	private static final Encryption ENCRYPTION = new Encryption(
			Contexts.of(AUTHORITY.issue("server", "127.0.0.1"), AUTHORITY), new SSLParameters());

	private static final SharedKey KEY = SharedKey.of("orders-1", "a secret of thirty-two characters, or more");

	private static final byte[] HALF_A_HELLO = Arrays.copyOf(RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello()),
			40);

	private final List<RawSocket> attackers = new ArrayList<>();

	private Provider provider;

	private long idleMemory;

	private long idleDescriptors;

	@BeforeEach
	void start() {
		this.provider = new Provider(Duration.ofMillis(800), Duration.ofSeconds(30), PLACES, ExhaustionIT::openToAll);
		this.idleMemory = usedMemory();
		this.idleDescriptors = descriptors();
	}

	@AfterEach
	void othersWereServedAndNothingIsLeft() throws Exception {
		this.attackers.forEach(RawSocket::close);
		this.provider.assertOthersWereServed();
		await("every connection is gone", () -> this.provider.server.connections() <= 2);
		await("every call is gone", () -> this.provider.server.runningCalls() == 0);
		await("every descriptor is gone", () -> descriptors() - this.idleDescriptors < 50);
		this.provider.close();
	}

	@Test
	void tenThousandConnectionsThatStopWithinTheirHello() throws Exception {
		int count = (int) Math.min(10_000, (maxDescriptors() - 2_000) / 2);
		int threads = Thread.activeCount();
		for (int i = 0; i < count; i++) {
			attack(RawSocket.connect(this.provider.port())).send(HALF_A_HELLO);
		}
		assertMemory();
		assertThat(Thread.activeCount() - threads).as("threads for them").isLessThan(50);
		assertCallsGoOn();
		for (RawSocket attacker : this.attackers) {
			attacker.awaitEnd();
		}
	}

	@Test
	void aHelloThatComesByteByByteEndsAtItsTimeout() throws Exception {
		RawSocket slow = attack(RawSocket.connect(this.provider.port()));
		long start = System.nanoTime();
		boolean ended = false;
		for (int i = 0; i < HALF_A_HELLO.length && !ended; i++) {
			try {
				slow.send(new byte[] { HALF_A_HELLO[i] });
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
			}
			catch (IOException ex) {
				ended = true;
			}
		}
		assertThat(ended).isTrue();
		assertThat(System.nanoTime() - start).isBetween(TimeUnit.MILLISECONDS.toNanos(500),
				TimeUnit.SECONDS.toNanos(4));
	}

	@Test
	void bodiesThatComeByteByByteTakeAThreadEachAndNoMore() throws Exception {
		byte[] request = RawSocket.frame(RawSocket.REQUEST, 7, Provider.method("echo"), RawSocket.utf8("[\"slow\"]"));
		for (int i = 0; i < 50; i++) {
			attack(RawSocket.greeted(this.provider.port())).send(Arrays.copyOf(request, 33));
		}
		for (int i = 33; i < request.length; i++) {
			for (RawSocket attacker : this.attackers) {
				attacker.send(new byte[] { request[i] });
			}
			assertCallsGoOn();
		}
		assertMemory();
		for (RawSocket attacker : this.attackers) {
			assertThat(RawSocket.text(attacker.receive())).isEqualTo("\"slow\"");
		}
	}

	@Test
	void requestsThatAreCancelledAtOnceTakeNoMorePlacesThanThereAre() throws Exception {
		RawSocket attacker = attack(RawSocket.greeted(this.provider.port()));
		Thread reader = new Thread(attacker::awaitEnd);
		reader.setDaemon(true);
		reader.start();
		byte[] arguments = RawSocket.utf8("[20]");
		for (int call = 1; call <= 20_000; call++) {
			attacker
				.send(RawSocket.concat(RawSocket.frame(RawSocket.REQUEST, call, Provider.method("stubborn"), arguments),
						RawSocket.frame(RawSocket.CANCEL, call, 0)));
		}
		assertThat(this.provider.mostRunning.get()).isBetween(1, PLACES);
		assertMemory();
	}

	@Test
	void pingsWhoseAnswersNobodyReadsAreNotTaken() throws Exception {
		RawSocket attacker = attack(RawSocket.greeted(this.provider.port()));
		byte[] pings = new byte[32 * 2_000];
		for (int i = 0; i < pings.length; i += 32) {
			System.arraycopy(RawSocket.frame(RawSocket.PING, i, 0), 0, pings, i, 32);
		}
		AtomicLong sent = new AtomicLong();
		Thread writer = new Thread(() -> {
			try {
				while (true) {
					attacker.send(pings);
					sent.incrementAndGet();
				}
			}
			catch (IOException ex) {
				// The server has had enough, or the test.
			}
		});
		writer.setDaemon(true);
		writer.start();
		await("the server reads no more of them", () -> {
			long before = sent.get();
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
			return before > 0 && sent.get() == before;
		});
		assertMemory();
		assertCallsGoOn();
	}

	/**
	 * How fast an attack is, is for {@link Attack} to say, or with the property
	 * attack.unbounded for the processor time that is left; how long this takes, for the
	 * property attack.windows.
	 */
	@ParameterizedTest
	@EnumSource
	@Timeout(600)
	@Tag("attack")
	void callsOfOthersTakeAtMostThreeTimesAsLong(Attack attack) throws Exception {
		int perSecond = Boolean.getBoolean("attack.unbounded") ? 0 : attack.perSecond;
		try (Attacker attacker = Attacker.start(attack, this.provider.port(), perSecond)) {
			Comparison comparison = compare(attacker);
			for (int round = 1; round < ROUNDS && !comparison.isFine(); round++) {
				logger.info("{}: {}; once more", attack, comparison);
				comparison = compare(attacker);
			}
			logger.info("{}: {}", attack, comparison);
			assertThat(comparison).matches(Comparison::isFine);
			attacker.begin();
			this.provider.p99(CALLS_BETWEEN);
			assertMemory();
			attacker.end();
		}
	}

	private Comparison compare(Attacker attacker) throws IOException {
		List<Long> calm = new ArrayList<>();
		List<Long> attacked = new ArrayList<>();
		long steps = 0;
		long nanos = 0;
		for (int i = 0; i < WINDOWS; i++) {
			this.provider.p99(CALLS_BETWEEN);
			calm.add(this.provider.p99(CALLS));
			long start = System.nanoTime();
			attacker.begin();
			this.provider.p99(CALLS_BETWEEN);
			attacked.add(this.provider.p99(CALLS));
			steps += attacker.end();
			nanos += System.nanoTime() - start;
		}
		assertThat(steps).as("steps of the attack").isPositive();
		return new Comparison(median(calm), median(attacked), steps * TimeUnit.SECONDS.toNanos(1) / nanos);
	}

	private static long median(List<Long> values) {
		return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
	}

	private static TransportServerSettings openToAll(TransportServerSettings settings) {
		AcceptedKey key = new AcceptedKey(KEY, new Identity("orders", Set.of()));
		return settings.withEncryption(() -> ENCRYPTION, true)
			.withAuthentication(new ServerAuthentication(false, List.of(key), List.of()));
	}

	private RawSocket attack(RawSocket attacker) {
		this.attackers.add(attacker);
		return attacker;
	}

	private void assertCallsGoOn() {
		int before = this.provider.calls();
		await("calls of others", () -> this.provider.calls() > before + 1);
	}

	/** What is in use besides garbage, server, client and attackers together. */
	private void assertMemory() {
		assertThat(usedMemory()).isLessThan(2 * this.idleMemory + (64 << 20));
	}

	private static long usedMemory() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	private static long descriptors() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
				? system.getOpenFileDescriptorCount() : 0;
	}

	private static long maxDescriptors() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
				? system.getMaxFileDescriptorCount() : 12_000;
	}

	private static void await(String what, BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime() - end).as(what).isNegative();
			LockSupport.parkNanos(1_000_000);
		}
	}

	/**
	 * What 99 of 100 calls took at most, the median of several windows.
	 *
	 * @param calmNanos without the attack
	 * @param attackedNanos under it
	 * @param stepsPerSecond how fast it was
	 */
	private record Comparison(long calmNanos, long attackedNanos, long stepsPerSecond) {

		boolean isFine() {
			return this.attackedNanos <= Math.max(3 * this.calmNanos, TICK_NANOS);
		}

		@Override
		public String toString() {
			return String.format(Locale.ROOT, "p99 %d us, under %d steps a second %d us, %.1f times as much",
					this.calmNanos / 1_000, this.stepsPerSecond, this.attackedNanos / 1_000,
					(double) this.attackedNanos / this.calmNanos);
		}

	}

}
