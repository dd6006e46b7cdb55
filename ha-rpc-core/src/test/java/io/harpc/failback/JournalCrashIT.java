package io.harpc.failback;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.harpc.Deadline;
import io.harpc.RpcNotSentException;
import io.harpc.ServiceKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Processes that accept calls and are killed, or whose disk is full.
 */
@Timeout(120)
class JournalCrashIT {

	private static final int ROUNDS = 5;

	@TempDir
	private Path directory;

	@Test
	void whatWasAcceptedSurvivesKillMinusNine() throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		TreeSet<Integer> accepted = new TreeSet<>();
		for (int round = 0; round < ROUNDS; round++) {
			Process process = start(List.of(), round * 1_000_000);
			try (BufferedReader out = reader(process)) {
				read(out, 20 + random.nextInt(300), accepted);
				// By its handle: the process itself would close the stream, unread
				process.toHandle().destroyForcibly();
				read(out, Integer.MAX_VALUE, accepted);
			}
			process.waitFor();
			assertThat(survivors()).as("seed %s, round %s", seed, round).containsAll(accepted);
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void aFullDiskRefusesCallsAndHarmsNothing() throws Exception {
		TreeSet<Integer> accepted = new TreeSet<>();
		// In units of 1,024 bytes: writing beyond it fails as on a full disk
		Process process = start(List.of("bash", "-c", "ulimit -f 300; exec \"$@\"", "bash"), 0);
		List<String> other;
		try (BufferedReader out = reader(process)) {
			other = read(out, Integer.MAX_VALUE, accepted);
		}
		assertThat(process.waitFor()).isZero();
		assertThat(accepted).hasSizeGreaterThan(10);
		assertThat(other).singleElement().asString().contains("refused", "cannot be written", "The method did not run");
		assertThat(survivors()).isEqualTo(accepted);
	}

	@Test
	void aDirectoryInUseByAnotherProcessIsRefused() throws Exception {
		Process process = start(List.of(), 0);
		try (BufferedReader out = reader(process)) {
			read(out, 1, new TreeSet<>());
			assertThatExceptionOfType(JournalUnavailableException.class)
				.isThrownBy(() -> Failback.open(FailbackSettings.of(this.directory), Thread::new))
				.withMessageContaining("in use by another process or client");
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	@Test
	void withoutTheLibraryItSaysWhichOneToAdd() throws Exception {
		String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("h2database"))
			.collect(Collectors.joining(File.pathSeparator));
		Process process = start(List.of(), without, 0);
		try (BufferedReader out = reader(process)) {
			assertThat(read(out, Integer.MAX_VALUE, new TreeSet<>())).singleElement()
				.asString()
				.contains("a library that is not there", "com.h2database:h2-mvstore");
		}
	}

	private Process start(List<String> prefix, int first) throws IOException {
		return start(prefix, System.getProperty("java.class.path"), first);
	}

	private Process start(List<String> prefix, String classPath, int first) throws IOException {
		List<String> command = new ArrayList<>(prefix);
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
				"-XX:-UsePerfData", "-cp", classPath, Acceptor.class.getName(), this.directory.toString(),
				String.valueOf(first)));
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
	}

	private static BufferedReader reader(Process process) {
		return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
	}

	/** Reads the numbers of accepted calls, and returns what is not one. */
	private static List<String> read(BufferedReader out, int lines, TreeSet<Integer> accepted) throws IOException {
		List<String> other = new ArrayList<>();
		for (int i = 0; i < lines; i++) {
			String line = out.readLine();
			if (line == null) {
				break;
			}
			if (line.matches("accepted \\d+")) {
				accepted.add(Integer.valueOf(line.substring("accepted ".length())));
			}
			else if (line.startsWith("refused")) {
				other.add(line);
			}
		}
		return other;
	}

	/**
	 * Reads the journal as the next run would; a copy, so that its file stays as it is.
	 */
	private TreeSet<Integer> survivors() throws IOException {
		Path copy = Files.createTempDirectory(this.directory, "copy");
		Files.copy(this.directory.resolve("failback.journal"), copy.resolve("failback.journal"));
		TreeSet<Integer> survivors = new TreeSet<>();
		try (Journal journal = new Journal(copy)) {
			for (long id : journal.ids()) {
				survivors.add(Integer.valueOf(FailbackCall.decode(journal.call(id)).key()));
			}
		}
		return survivors;
	}

	/** Accepts calls until it is killed or refused, and says so. */
	static final class Acceptor {

		public static void main(String[] args) {
			PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
			FailbackSettings defaults = FailbackSettings.of(Path.of(args[0]));
			FailbackSettings settings = new FailbackSettings(defaults.directory(), defaults.expiry(), 1_000_000,
					defaults.maxBytes(), defaults.minBackoff(), defaults.maxBackoff());
			try (Failback failback = Failback.open(settings, Thread::new)) {
				for (int i = Integer.parseInt(args[1]);; i++) {
					failback.accept(new FailbackCall("shop", ServiceKey.of(Runnable.class), "run()", String.valueOf(i),
							System.currentTimeMillis(), new byte[1000]), Deadline.after(Duration.ofMinutes(1)));
					out.println("accepted " + i);
				}
			}
			catch (RpcNotSentException | JournalUnavailableException ex) {
				out.println("refused: " + ex.getMessage());
			}
		}

	}

}
