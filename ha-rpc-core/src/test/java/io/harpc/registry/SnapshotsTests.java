package io.harpc.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.harpc.ServiceKey;

import static io.harpc.registry.TestInstances.ORDERS;
import static io.harpc.registry.TestInstances.instance;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

class SnapshotsTests {

	@TempDir
	private Path parent;

	private Path directory() {
		return this.parent.resolve("a").resolve("b");
	}

	private Snapshots snapshots() {
		return new Snapshots(directory());
	}

	@Test
	void readsWhatWasWritten() {
		List<Instance> thousand = IntStream.range(0, 1000).mapToObj((i) -> instance("i" + i, 1000 + i)).toList();
		snapshots().write(ORDERS, List.of());
		snapshots().write(ORDERS, thousand);
		assertThat(snapshots().read(ORDERS)).isEqualTo(thousand);
	}

	@Test
	void tellsApartServicesThatWouldBeNamedAlike() {
		ServiceKey a = new ServiceKey("a_b", "", "");
		ServiceKey b = new ServiceKey("a", "b", "");
		ServiceKey longName = new ServiceKey("Ü".repeat(255), "Ü".repeat(255), "Ü".repeat(255));
		for (ServiceKey service : List.of(a, b, longName)) {
			snapshots().write(service, List.of(instance(service, "x", 1)));
		}
		for (ServiceKey service : List.of(a, b, longName)) {
			assertThat(snapshots().read(service)).extracting(Instance::service).containsExactly(service);
		}
	}

	@Test
	void knowsNothingWithoutASnapshot() {
		assertThat(snapshots().read(ORDERS)).isNull();
	}

	@Test
	void leavesNothingBesideTheSnapshotAndNobodyElseReadsIt() throws IOException {
		snapshots().write(ORDERS, List.of(instance("a", 1)));
		try (var files = Files.list(directory())) {
			assertThat(files).hasSize(1);
		}
		assumeTrue(Files.getFileStore(directory()).supportsFileAttributeView("posix"));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory()))).isEqualTo("rwx------");
	}

	@Test
	void ignoresWhatIsNotASnapshot() throws IOException {
		snapshots().write(ORDERS, List.of(instance("a", 1)));
		String good = Files.readString(file());
		for (String bad : List.of("", "{", good.substring(0, good.length() / 2), good + "x",
				good.replace("\"format\":1", "\"format\":2"), good.replace("\"port\":1", "\"port\":0"),
				good.replace("\"of\":\"com", "\"of\":\"org"), good.replace("\"service\":\"com", "\"service\":\"org"))) {
			Files.writeString(file(), bad);
			assertThat(snapshots().read(ORDERS)).as(bad).isNull();
		}
		Files.writeString(file(), good);
		assertThat(snapshots().read(ORDERS)).hasSize(1);
	}

	@Test
	void followsNoLink() throws IOException {
		snapshots().write(ORDERS, List.of(instance("a", 1)));
		Path elsewhere = Files.move(file(), this.parent.resolve("elsewhere"));
		snapshots().write(ORDERS, List.of());
		Path file = file();
		Files.delete(file);
		Files.createSymbolicLink(file, elsewhere);
		assertThat(snapshots().read(ORDERS)).isNull();
	}

	@Test
	void doesNotReadMoreThanItsLimit() throws IOException {
		snapshots().write(ORDERS, List.of());
		Files.write(file(), new byte[Snapshots.MAX_BYTES + 1]);
		assertThat(snapshots().read(ORDERS)).isNull();
	}

	@Test
	void livesWithADirectoryThatCannotBeMade() throws IOException {
		Files.writeString(this.parent.resolve("a"), "in the way");
		Snapshots snapshots = snapshots();
		snapshots.write(ORDERS, List.of(instance("a", 1)));
		assertThat(snapshots.read(ORDERS)).isNull();
		Files.delete(this.parent.resolve("a"));
		snapshots.write(ORDERS, List.of(instance("a", 1)));
		assertThat(snapshots.read(ORDERS)).hasSize(1);
	}

	private Path file() throws IOException {
		try (var files = Files.list(directory())) {
			return files.findFirst().orElseThrow();
		}
	}

}
