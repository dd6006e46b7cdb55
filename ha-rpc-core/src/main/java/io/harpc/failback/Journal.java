package io.harpc.failback;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.LongDataType;
import org.jspecify.annotations.Nullable;

/**
 * Calls on disk, in the order in which they were put, each with a mark or none. What is
 * put, marked and removed is collected, and on disk when {@link #commit()} returns.
 * <p>
 * Over H2's MVStore, which never overwrites what is valid: a commit writes one chunk into
 * free space and is forced to the disk; a chunk that is torn is passed over when the file
 * is opened. A process that dies loses nothing that was committed. A power cut in the
 * middle of a write, with its blocks on disk in no order, may rarely lose commits before
 * it, or leave a file that cannot be opened. After a failed write MVStore is of no more
 * use and is opened anew, with what the file holds.
 * <p>
 * Not thread-safe, and only for a thread that nobody interrupts: that would close the
 * file.
 */
final class Journal implements AutoCloseable {

	private static final String NAME = "failback.journal";

	private static final int CACHE_MEBIBYTES = 4;

	private static final int VERSIONS_TO_KEEP = 50;

	private final Path file;

	private final Map<Long, byte[]> puts = new HashMap<>();

	private final Map<Long, byte[]> marks = new HashMap<>();

	/** Kept until a commit succeeds. */
	private final Set<Long> removals = new HashSet<>();

	private @Nullable Store store;

	private long lastId;

	/** Anything later in the file is of a commit that was reported as failed. */
	private long lastCommittedId = Long.MAX_VALUE;

	/**
	 * Opens the journal, or begins one.
	 * @param directory where
	 * @throws JournalUnavailableException if it cannot be opened
	 */
	Journal(Path directory) {
		this.file = directory.resolve(NAME);
		try {
			create(directory);
			Store opened = open();
			this.lastId = opened.calls().isEmpty() ? 0 : opened.calls().lastKey();
			this.lastCommittedId = this.lastId;
		}
		catch (IOException | RuntimeException ex) {
			throw unavailable(ex);
		}
	}

	/**
	 * Lists what the file holds.
	 * @return the ids, oldest first
	 */
	List<Long> ids() throws IOException {
		try {
			return new ArrayList<>(open().calls().keySet());
		}
		catch (RuntimeException ex) {
			throw failed("read", ex);
		}
	}

	byte @Nullable [] call(long id) throws IOException {
		try {
			return open().calls().get(id);
		}
		catch (RuntimeException ex) {
			throw failed("read", ex);
		}
	}

	byte @Nullable [] mark(long id) throws IOException {
		try {
			return open().marks().get(id);
		}
		catch (RuntimeException ex) {
			throw failed("read", ex);
		}
	}

	/**
	 * Has a call written with the next commit.
	 * @return its id
	 */
	long put(byte[] call) {
		this.puts.put(++this.lastId, call);
		return this.lastId;
	}

	/** Has a mark written with the next commit; an empty one takes it away. */
	void mark(long id, byte[] mark) {
		this.marks.put(id, mark);
	}

	/** Has a call removed with the next commit that succeeds. */
	void remove(long id) {
		this.marks.remove(id);
		this.removals.add(id);
	}

	/**
	 * Writes what was collected, and forces it to the disk.
	 * @throws IOException if that failed; then nothing of what was put or marked is kept,
	 * and what was removed is removed later
	 */
	void commit() throws IOException {
		if (this.puts.isEmpty() && this.marks.isEmpty() && this.removals.isEmpty()) {
			return;
		}
		try {
			open().write(this.puts, this.marks, this.removals);
			this.removals.clear();
			this.lastCommittedId = this.lastId;
		}
		catch (RuntimeException ex) {
			throw failed("written", ex);
		}
		finally {
			this.puts.clear();
			this.marks.clear();
		}
	}

	@Override
	public void close() {
		Store open = this.store;
		this.store = null;
		if (open != null) {
			open.file().close();
		}
	}

	@Override
	public String toString() {
		return this.file.toString();
	}

	private Store open() {
		Store open = this.store;
		if (open == null) {
			open = Store.open(this.file);
			this.store = open;
			for (Long id = open.calls().higherKey(this.lastCommittedId); id != null; id = open.calls().higherKey(id)) {
				this.removals.add(id);
			}
		}
		return open;
	}

	private IOException failed(String what, RuntimeException ex) {
		Store broken = this.store;
		this.store = null;
		if (broken != null) {
			broken.file().closeImmediately();
		}
		Throwable cause = (ex.getCause() instanceof IOException io) ? io : ex;
		return new IOException("failback journal " + this.file + " cannot be " + what + ": " + cause.getMessage(), ex);
	}

	private void create(Path directory) throws IOException {
		if (!Files.isDirectory(directory)) {
			Files.createDirectories(directory, ownerOnly("rwx------"));
		}
		if (!Files.exists(this.file, LinkOption.NOFOLLOW_LINKS)) {
			Files.createFile(this.file, ownerOnly("rw-------"));
		}
		checkOurs();
	}

	/** What somebody else has put there would be called in our name. */
	private void checkOurs() throws IOException {
		if (!Files.isRegularFile(this.file, LinkOption.NOFOLLOW_LINKS)) {
			throw new IOException("it is no file (expected: one, and no link to one)");
		}
		if (isPosix()) {
			Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(this.file, LinkOption.NOFOLLOW_LINKS);
			if (permissions.stream().anyMatch((permission) -> permission.name().startsWith("OTHERS_"))) {
				throw new IOException(
						"permissions " + PosixFilePermissions.toString(permissions) + " (expected: none for others)");
			}
		}
	}

	private boolean isPosix() {
		return this.file.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	/** The arguments of calls are nobody else's business. */
	private FileAttribute<?>[] ownerOnly(String permissions) {
		return isPosix()
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	private JournalUnavailableException unavailable(Exception ex) {
		if (ex instanceof MVStoreException store && store.getErrorCode() == DataUtils.ERROR_FILE_LOCKED) {
			return new JournalUnavailableException(
					"failback journal " + this.file
							+ " is in use by another process or client (expected: a directory of its own for each)",
					ex);
		}
		return new JournalUnavailableException("failback journal " + this.file + " cannot be opened: " + ex
				+ ". If the file is damaged, move it away; the calls in it are not delivered then", ex);
	}

	/**
	 * The open file.
	 *
	 * @param file the store
	 * @param calls what is to be delivered
	 * @param marks what is known of tries
	 */
	private record Store(MVStore file, MVMap<Long, byte[]> calls, MVMap<Long, byte[]> marks) {

		static Store open(Path path) {
			MVStore file = new MVStore.Builder().fileName(path.toAbsolutePath().toString())
				.autoCommitDisabled()
				.cacheSize(CACHE_MEBIBYTES)
				.open();
			try {
				// Every commit is forced to the disk: no time has to be left for that,
				// only
				// some older versions to fall back to
				file.setRetentionTime(0);
				file.setVersionsToKeep(VERSIONS_TO_KEEP);
				return new Store(file, map(file, "calls"), map(file, "marks"));
			}
			catch (RuntimeException ex) {
				file.closeImmediately();
				throw ex;
			}
		}

		private static MVMap<Long, byte[]> map(MVStore file, String name) {
			return file.openMap(name, new MVMap.Builder<Long, byte[]>().keyType(LongDataType.INSTANCE)
				.valueType(ByteArrayDataType.INSTANCE));
		}

		void write(Map<Long, byte[]> puts, Map<Long, byte[]> newMarks, Set<Long> removals) {
			this.calls.putAll(puts);
			newMarks.forEach((id, mark) -> {
				if (mark.length == 0) {
					this.marks.remove(id);
				}
				else {
					this.marks.put(id, mark);
				}
			});
			removals.forEach((id) -> {
				this.calls.remove(id);
				this.marks.remove(id);
			});
			this.file.commit();
			this.file.sync();
		}

	}

}
