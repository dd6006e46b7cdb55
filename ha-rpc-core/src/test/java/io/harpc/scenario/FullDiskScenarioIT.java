package io.harpc.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.harpc.RpcNotSentException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The disk under the snapshot of the registry and the journal is full: calls do not
 * notice, the snapshot is written again once there is room, and what the journal has
 * accepted runs once.
 */
class FullDiskScenarioIT {

	/** Far from the ids of the load. */
	private static final long FIRST_NOTE = 1_000_000;

	private static final int NOTES = 100;

	@ScenarioTest
	void fullDisk(Stage stage) throws Exception {
		Path disk = stage.opened(new SmallDisk(stage.directory().resolve("disk"))).path();
		List<Provider> providers = stage.provide(2);
		Consumer consumer = stage
			.consume(new Consumer(stage.ensemble().connectString(), disk, Consumer.LOAD_BALANCER, true));
		Work notes = consumer.byJournal();
		stage.load(300);
		stage.await("a snapshot", () -> !snapshot(disk).isEmpty());
		Set<Long> accepted = note(notes, FIRST_NOTE);
		SmallDisk.fill(disk);
		String before = snapshot(disk);
		Provider third = stage.provide(1).get(0);
		stage.awaitUseOf(List.of(providers.get(0), providers.get(1), third));
		accepted.addAll(note(notes, FIRST_NOTE + NOTES));
		stage.runFor(Duration.ofSeconds(2));
		assertThat(snapshot(disk)).as("the old snapshot, whole").isEqualTo(before);

		SmallDisk.empty(disk);
		stage.await("a new snapshot", () -> snapshot(disk).contains(third.instanceId()));
		stage.await("a note on disk", () -> !note(notes, FIRST_NOTE + 2 * NOTES).isEmpty());
		stage.await("all notes", () -> noted(stage.executions()).containsAll(accepted));
		History history = stage.end();
		List<Long> noted = noted(history.executions());
		assertThat(noted).as("notes that ran twice").doesNotHaveDuplicates();
		stage.numbers().put("notesRefused", 2 * NOTES - accepted.size());
		stage.check(history).noCallFails();
	}

	/**
	 * {@return the notes that are on disk; the others must say that they never left}
	 */
	private static Set<Long> note(Work notes, long first) {
		Set<Long> accepted = new HashSet<>();
		for (long id = first; id < first + NOTES; id++) {
			try {
				notes.note(id);
				accepted.add(id);
			}
			catch (RpcNotSentException ex) {
				assertThat(ex).hasMessageContaining("journal");
			}
		}
		return accepted;
	}

	private static List<Long> noted(List<Execution> executions) {
		return executions.stream().map(Execution::callId).filter((id) -> id >= FIRST_NOTE).toList();
	}

	private static String snapshot(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			Path file = files.filter((each) -> each.getFileName().toString().startsWith("instances-"))
				.findAny()
				.orElse(null);
			return (file != null) ? Files.readString(file) : "";
		}
		catch (IOException ex) {
			return "";
		}
	}

	/** A file system in memory of 2 MiB, which takes root to mount. */
	private record SmallDisk(Path path) implements AutoCloseable {

		SmallDisk {
			assumeTrue(mount(path), "a tmpfs can be mounted, which takes root");
		}

		private static boolean mount(Path path) {
			try {
				Files.createDirectories(path);
				return run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path.toString()) == 0;
			}
			catch (IOException ex) {
				return false;
			}
		}

		private static int run(String... command) throws IOException {
			try {
				return new ProcessBuilder(command).start().waitFor();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return 1;
			}
		}

		static void fill(Path disk) {
			try {
				Files.write(disk.resolve("filler"), new byte[4 << 20]);
			}
			catch (IOException ex) {
				// Full, as it should be.
			}
		}

		static void empty(Path disk) throws IOException {
			Files.delete(disk.resolve("filler"));
		}

		@Override
		public void close() throws IOException {
			run("umount", this.path.toString());
		}

	}

}
