package io.harpc.hostile;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import com.sun.management.UnixOperatingSystemMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that take what a server has only so much of: connections, threads, memory,
 * places for calls. The others are served all the while, and nothing is left behind.
 */
@Timeout(120)
class ExhaustionIT {

	private static final int PLACES = 8;

	private static final byte[] HALF_A_HELLO = Arrays.copyOf(RawSocket.frame(RawSocket.HELLO, 0, 0, RawSocket.hello()),
			40);

	private final List<RawSocket> attackers = new ArrayList<>();

	private Provider provider;

	private long idleMemory;

	private long idleDescriptors;

	@BeforeEach
	void start() {
		this.provider = new Provider(Duration.ofMillis(800), Duration.ofSeconds(30), PLACES);
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

}
