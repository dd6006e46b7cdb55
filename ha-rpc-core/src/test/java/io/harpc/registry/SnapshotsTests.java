package io.harpc.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.harpc.Address;
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
		return new Snapshots(directory(), Trust.ALL);
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
	void writesForItsOwnerAloneIntoADirectoryThatIsOpen() throws IOException {
		Files.createDirectories(directory());
		assumeTrue(Files.getFileStore(directory()).supportsFileAttributeView("posix"));
		Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
		snapshots().write(ORDERS, List.of(instance("a", 1)));
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
	}

	@Test
	void readsNothingThatOthersMayHavePutThere() throws IOException {
		snapshots().write(ORDERS, List.of(instance("a", 1)));
		assumeTrue(Files.getFileStore(directory()).supportsFileAttributeView("posix"));
		for (String open : List.of("rw-r--r--", "rw----r--", "rw-----w-")) {
			Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(open));
			assertThat(snapshots().read(ORDERS)).as(open).isNull();
		}
		Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw----"));
		assertThat(snapshots().read(ORDERS)).as("as a volume for a group").hasSize(1);
	}

	@Test
	void replacesALinkAndNotWhatItLeadsTo() throws IOException {
		snapshots().write(ORDERS, List.of());
		Path elsewhere = Files.writeString(this.parent.resolve("elsewhere"), "precious");
		Path file = file();
		Files.delete(file);
		Files.createSymbolicLink(file, elsewhere);
		snapshots().write(ORDERS, List.of(instance("a", 1)));
		assertThat(elsewhere).hasContent("precious");
		assertThat(Files.isSymbolicLink(file)).isFalse();
		assertThat(snapshots().read(ORDERS)).hasSize(1);
	}

	@Test
	void readsOnlyWhatIsTrusted() {
		InstanceSignatures signatures = new InstanceSignatures(List.of(SigningKey.hmac("k", "s".repeat(32))), true);
		Instance signed = signatures.sign(instance("signed", 1), 42);
		Instance elsewhere = new Instance("elsewhere", ORDERS, new Address("203.0.113.1", 1), 1, "", "json", Map.of());
		snapshots().write(ORDERS, List.of(signed, instance("unsigned", 2), signatures.sign(elsewhere, 42)));
		Trust trust = new Trust(AllowedNetworks.of(List.of("127.0.0.0/8")), signatures);
		assertThat(new Snapshots(directory(), trust).read(ORDERS)).containsExactly(signed);
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
