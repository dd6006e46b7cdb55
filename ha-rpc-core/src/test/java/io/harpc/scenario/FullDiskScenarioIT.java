package io.harpc.scenario;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The disk under the snapshot of the registry is full: calls do not notice, and the
 * snapshot is written again once there is room.
 */
class FullDiskScenarioIT {

	@ScenarioTest
	void fullDisk(Stage stage) throws Exception {
		Path disk = stage.opened(new SmallDisk(stage.directory().resolve("disk"))).path();
		List<Provider> providers = stage.provide(2);
		stage.consume(new Consumer(stage.ensemble().connectString(), disk, Consumer.LOAD_BALANCER));
		stage.load(300);
		stage.await("a snapshot", () -> !snapshot(disk).isEmpty());
		SmallDisk.fill(disk);
		String before = snapshot(disk);
		Provider third = stage.provide(1).get(0);
		stage.awaitUseOf(List.of(providers.get(0), providers.get(1), third));
		stage.runFor(Duration.ofSeconds(2));
		assertThat(snapshot(disk)).as("the old snapshot, whole").isEqualTo(before);

		SmallDisk.empty(disk);
		stage.await("a new snapshot", () -> snapshot(disk).contains(third.instanceId()));
		stage.check(stage.end()).noCallFails();
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

	/** A file system in memory of 64 KiB, which takes root to mount. */
	private record SmallDisk(Path path) implements AutoCloseable {

		SmallDisk {
			assumeTrue(mount(path), "a tmpfs can be mounted, which takes root");
		}

		private static boolean mount(Path path) {
			try {
				Files.createDirectories(path);
				return run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path.toString()) == 0;
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
				Files.write(disk.resolve("filler"), new byte[1 << 20]);
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
