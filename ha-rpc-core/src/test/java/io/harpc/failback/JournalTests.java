package io.harpc.failback;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Journal}.
 */
class JournalTests {

	private static final int HEADER = 8192;

	@TempDir
	private Path directory;

	@Test
	void keepsCallsAndMarksInOrder() throws IOException {
		try (Journal journal = new Journal(this.directory)) {
			assertThat(journal.ids()).isEmpty();
			assertThat(journal.put(bytes("a"))).isEqualTo(1);
			assertThat(journal.put(bytes("b"))).isEqualTo(2);
			journal.mark(2, bytes("tried"));
			journal.commit();
			journal.put(bytes("c"));
			journal.mark(2, bytes("tried again"));
			journal.commit();
		}
		try (Journal journal = new Journal(this.directory)) {
			assertThat(journal.ids()).containsExactly(1L, 2L, 3L);
			assertThat(journal.call(2)).isEqualTo(bytes("b"));
			assertThat(journal.mark(1)).isNull();
			assertThat(journal.mark(2)).isEqualTo(bytes("tried again"));
			assertThat(journal.put(bytes("d"))).isEqualTo(4);
		}
	}

	@Test
	void forgetsWhatIsRemovedAndUnmarked() throws IOException {
		try (Journal journal = new Journal(this.directory)) {
			fill(journal, "a", "b", "c");
			journal.mark(1, bytes("x"));
			journal.mark(2, bytes("y"));
			journal.commit();
			journal.mark(1, new byte[0]);
			journal.remove(2);
			journal.commit();
		}
		try (Journal journal = new Journal(this.directory)) {
			assertThat(journal.ids()).containsExactly(1L, 3L);
			assertThat(journal.mark(1)).isNull();
			assertThat(journal.mark(2)).isNull();
		}
	}

	@Test
	void whatWasNotCommittedIsGone() throws IOException {
		Path copy = Files.createDirectory(this.directory.resolve("copy"));
		try (Journal journal = new Journal(this.directory)) {
			fill(journal, "a");
			journal.put(bytes("b"));
			Files.copy(file(this.directory), file(copy));
		}
		try (Journal journal = new Journal(copy)) {
			assertThat(journal.ids()).containsExactly(1L);
		}
	}

	@Test
	void goesOnAfterAFailedWriteWithoutWhatItRefused() throws IOException {
		try (Journal journal = new Journal(this.directory)) {
			fill(journal, "a", "b");
			journal.put(bytes("refused"));
			journal.remove(1);
			failCommit(journal);
			failCommitAgain(journal);
			assertThat(journal.call(2)).isEqualTo(bytes("b"));
			long next = journal.put(bytes("c"));
			journal.commit();
			assertThat(journal.ids()).containsExactly(2L, next);
		}
		try (Journal journal = new Journal(this.directory)) {
			assertThat(journal.ids()).hasSize(2).startsWith(2L);
		}
	}

	@Test
	void whatAFailedWriteLeftBehindIsTakenAway() throws IOException {
		byte[] before;
		byte[] after;
		try (Journal journal = new Journal(this.directory)) {
			fill(journal, "a");
			before = Files.readAllBytes(file(this.directory));
			fill(journal, "refused, though it is on disk");
			after = Files.readAllBytes(file(this.directory));
		}
		Files.write(file(this.directory), before);
		try (Journal journal = new Journal(this.directory)) {
			journal.put(bytes("fails"));
			failCommit(journal);
			Files.write(file(this.directory), after);
			assertThat(journal.call(1)).isEqualTo(bytes("a"));
			journal.commit();
			assertThat(journal.ids()).containsExactly(1L);
		}
	}

	@Test
	void aTornWriteCostsNothingButItself() throws IOException {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		Path torn = this.directory.resolve("torn");
		new Journal(torn).close();
		try (Journal journal = new Journal(this.directory)) {
			byte[] before = Files.readAllBytes(file(this.directory));
			List<Long> idsBefore = journal.ids();
			for (int i = 0; i < 60; i++) {
				change(journal, random);
				byte[] after = Files.readAllBytes(file(this.directory));
				Files.write(file(torn), tear(before, after, random));
				try (Journal recovered = new Journal(torn)) {
					assertThat(recovered.ids()).as("seed %s, commit %s", seed, i).isIn(idsBefore, journal.ids());
				}
				before = after;
				idsBefore = journal.ids();
			}
		}
	}

	@Test
	void aFileThatIsNoJournalIsRefusedAndLeftAlone() throws IOException {
		byte[] foreign = new byte[10_000];
		new Random(1).nextBytes(foreign);
		Files.write(file(this.directory), foreign);
		assertThatExceptionOfType(JournalUnavailableException.class).isThrownBy(() -> new Journal(this.directory))
			.withMessageContaining("cannot be opened")
			.withMessageContaining(file(this.directory).toString())
			.withMessageContaining("move it away");
		assertThat(file(this.directory)).hasBinaryContent(foreign);
	}

	@Test
	void aDirectoryIsUsedByOneAlone() {
		try (Journal journal = new Journal(this.directory)) {
			assertThatExceptionOfType(JournalUnavailableException.class).isThrownBy(() -> new Journal(this.directory))
				.withMessageContaining("in use by another process or client (expected: a directory of its own");
			assertThat(journal).hasToString(file(this.directory).toString());
		}
	}

	@Test
	void aDirectoryThatCannotBeMadeIsNamed() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(JournalUnavailableException.class)
			.isThrownBy(() -> new Journal(file.resolve("below")))
			.withMessageContaining(file.toString());
	}

	@Test
	void nobodyElseMayRead() throws IOException {
		Path made = this.directory.resolve("a/b");
		new Journal(made).close();
		assertThat(Files.getPosixFilePermissions(made)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
		assertThat(Files.getPosixFilePermissions(file(made))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
	}

	@Test
	void doesNotOpenWhatOthersMayHavePutThere() throws IOException {
		new Journal(this.directory).close();
		Path file = file(this.directory);
		Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
		assertThatExceptionOfType(JournalUnavailableException.class).isThrownBy(() -> new Journal(this.directory))
			.withMessageContaining("permissions rw-r--r-- (expected: none for others)");
		Path elsewhere = Files.createFile(this.directory.resolve("elsewhere"),
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
		Files.delete(file);
		Files.createSymbolicLink(file, elsewhere);
		assertThatExceptionOfType(JournalUnavailableException.class).isThrownBy(() -> new Journal(this.directory))
			.withMessageContaining("no link to one");
		assertThat(elsewhere).isEmptyFile();
	}

	@Test
	void theFileDoesNotGrowWithWhatIsDelivered() throws IOException {
		try (Journal journal = new Journal(this.directory)) {
			for (int i = 0; i < 500; i++) {
				journal.remove(journal.put(new byte[2000]) - 10);
				journal.commit();
			}
			assertThat(Files.size(file(this.directory))).isLessThan(3_000_000);
		}
	}

	private static void change(Journal journal, Random random) throws IOException {
		for (int i = random.nextInt(4); i >= 0; i--) {
			journal.put(new byte[random.nextInt(5000)]);
		}
		List<Long> ids = journal.ids();
		if (ids.size() > 5) {
			journal.remove(ids.get(random.nextInt(3)));
			journal.mark(ids.get(4), bytes("x".repeat(random.nextInt(50))));
		}
		journal.commit();
	}

	/**
	 * As if the process had died in the middle of writing: first the chunk is written,
	 * then, sometimes, the header of the file.
	 */
	private static byte[] tear(byte[] before, byte[] after, Random random) {
		int first = Math.max(HEADER, Arrays.mismatch(tail(before), tail(after)) + HEADER);
		int last = after.length;
		while (last > first && last <= before.length && after[last - 1] == before[last - 1]) {
			last--;
		}
		int written = first + random.nextInt(last - first + 1);
		byte[] torn = Arrays.copyOf(before, Math.max(before.length, written));
		System.arraycopy(after, first, torn, first, written - first);
		if (written == last) {
			System.arraycopy(after, 0, torn, 0, random.nextInt(HEADER));
		}
		return torn;
	}

	private static byte[] tail(byte[] file) {
		return Arrays.copyOfRange(file, HEADER, file.length);
	}

	/** An interrupt closes the file, which is a write that fails like any other. */
	private static void failCommit(Journal journal) {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(IOException.class).isThrownBy(journal::commit)
			.withMessageContaining("failback journal " + journal + " cannot be written");
		assertThat(Thread.interrupted()).isTrue();
	}

	private static void failCommitAgain(Journal journal) {
		journal.put(bytes("refused too"));
		failCommit(journal);
	}

	private static void fill(Journal journal, String... calls) throws IOException {
		for (String call : calls) {
			journal.put(bytes(call));
		}
		journal.commit();
	}

	private static Path file(Path directory) {
		return directory.resolve("failback.journal");
	}

	private static byte[] bytes(@Nullable String text) {
		return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
	}

	static List<Long> idsIn(Path directory) throws IOException {
		try (Journal journal = new Journal(directory)) {
			return new ArrayList<>(journal.ids());
		}
	}

}
