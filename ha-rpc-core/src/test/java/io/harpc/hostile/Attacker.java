package io.harpc.hostile;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import io.harpc.hostile.Attack.Hand;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that attacks a server while it is told to. On Linux it gets the processor
 * time that nobody else wants ({@code SCHED_IDLE}), as if it were on a machine of its
 * own: what is left for others to feel is what the server does on its account.
 */
final class Attacker implements AutoCloseable {

	private static final Path CHRT = Path.of("/usr/bin/chrt");

	private static final long MAX_BACKLOG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

	private final Process process;

	private final BufferedReader answers;

	private Attacker(Process process) {
		this.process = process;
		this.answers = process.inputReader(StandardCharsets.UTF_8);
	}

	/**
	 * Starts the process, which waits to be told.
	 * @param attack what it does
	 * @param port whom it attacks
	 * @param perSecond how many steps it makes in a second, 0 for as many as it can
	 */
	static Attacker start(Attack attack, int port, int perSecond) throws Exception {
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp",
				System.getProperty("java.class.path"), Attacker.class.getName(), attack.name(), String.valueOf(port),
				String.valueOf(perSecond));
		Attacker attacker = new Attacker(
				new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
		attacker.answer();
		attacker.stepAside();
		return attacker;
	}

	/** Not before it is ready, which could take forever on a machine that is busy. */
	private void stepAside() throws Exception {
		if (Files.isExecutable(CHRT)) {
			int exit = new ProcessBuilder(CHRT.toString(), "-a", "-i", "-p", "0", String.valueOf(this.process.pid()))
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start()
				.waitFor();
			assertThat(exit).as("exit of chrt").isZero();
		}
	}

	void begin() throws IOException {
		tell("begin");
	}

	/**
	 * Has it stop, and hang up.
	 * @return how many steps it has made since it began
	 */
	long end() throws IOException {
		return tell("end");
	}

	private long tell(String command) throws IOException {
		this.process.outputWriter().write(command + "\n");
		this.process.outputWriter().flush();
		return answer();
	}

	private long answer() throws IOException {
		String line = this.answers.readLine();
		if (line == null) {
			throw new IOException("the attacker has gone");
		}
		return Long.parseLong(line);
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	public static void main(String[] arguments) throws Exception {
		Attack attack = Attack.valueOf(arguments[0]);
		List<Hand> hands = new ArrayList<>();
		for (int i = 0; i < Attack.HANDS; i++) {
			hands.add(new Hand(attack, Integer.parseInt(arguments[1]), i));
		}
		long perSecond = Long.parseLong(arguments[2]);
		long pauseNanos = (perSecond > 0) ? TimeUnit.SECONDS.toNanos(Attack.HANDS) / perSecond : 0;
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
		out.println(0);
		while (commands.readLine() != null) {
			out.println(0);
			Raid raid = new Raid(attack, hands, pauseNanos);
			commands.readLine();
			out.println(raid.end());
		}
	}

	/** From one beginning to the next end. */
	private static final class Raid {

		private final Attack attack;

		private final long pauseNanos;

		private final List<Hand> hands;

		private final List<Thread> threads;

		private final AtomicLong steps = new AtomicLong();

		private volatile boolean ended;

		Raid(Attack attack, List<Hand> hands, long pauseNanos) {
			this.attack = attack;
			this.pauseNanos = pauseNanos;
			this.hands = hands;
			this.threads = hands.stream().map((hand) -> new Thread(() -> attack(hand))).toList();
			this.threads.forEach(Thread::start);
		}

		private void attack(Hand hand) {
			long due = System.nanoTime();
			while (!this.ended) {
				try {
					this.attack.step(hand);
					this.steps.incrementAndGet();
				}
				catch (IOException ex) {
					// The server has hung up, as it should, or has no place.
				}
				due = Math.max(due + this.pauseNanos, System.nanoTime() - MAX_BACKLOG_NANOS);
				while (System.nanoTime() - due < 0 && !this.ended) {
					LockSupport.parkNanos(due - System.nanoTime());
				}
			}
		}

		long end() throws InterruptedException {
			this.ended = true;
			for (Thread thread : this.threads) {
				LockSupport.unpark(thread);
			}
			for (Thread thread : this.threads) {
				thread.join();
			}
			this.hands.forEach(Hand::close);
			return this.steps.get();
		}

	}

}
