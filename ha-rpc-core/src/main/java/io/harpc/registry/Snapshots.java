package io.harpc.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.harpc.ServiceKey;

/**
 * The last known instances on disk, a file for each service. A file is replaced as a
 * whole or not at all, is readable by its owner alone where the file system knows owners,
 * and is checked like anything else from outside when read. A disk that fails costs a
 * warning and no more. Not thread-safe.
 */
final class Snapshots {

	static final int MAX_BYTES = 16 * 1024 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(Snapshots.class);

	private final Path directory;

	private final Trust trust;

	private boolean failing;

	Snapshots(Path directory, Trust trust) {
		this.directory = directory;
		this.trust = trust;
	}

	/**
	 * Reads what was known of a service.
	 * @param service the service
	 * @return its instances, or {@code null} if there is no snapshot that can be read
	 */
	@Nullable List<Instance> read(ServiceKey service) {
		Path file = file(service);
		try {
			if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
				return null;
			}
			checkNotForOthers(file);
			try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
				List<Instance> all = InstanceJson.readAll(service, in.readNBytes(MAX_BYTES + 1), MAX_BYTES);
				return all.stream().filter((instance) -> isTrusted(instance, file)).toList();
			}
		}
		catch (IOException | IllegalArgumentException ex) {
			logger.warn("The snapshot {} cannot be read and is not used: {}", file, ex.toString());
			return null;
		}
	}

	private boolean isTrusted(Instance instance, Path file) {
		try {
			this.trust.check(instance, null);
			return true;
		}
		catch (IllegalArgumentException ex) {
			logger.warn("{} in the snapshot {} is skipped: {}", instance.id(), file, ex.getMessage());
			return false;
		}
	}

	/**
	 * Replaces what was known of a service.
	 * @param service the service
	 * @param instances its instances
	 * @return whether that is on disk now
	 */
	boolean write(ServiceKey service, List<Instance> instances) {
		Path file = file(service);
		try {
			byte[] bytes = InstanceJson.writeAll(service, instances);
			if (bytes.length > MAX_BYTES) {
				throw new IOException(bytes.length + " bytes (expected: at most " + MAX_BYTES + ")");
			}
			makeDirectory();
			replace(file, bytes);
			this.failing = false;
			return true;
		}
		catch (IOException ex) {
			if (!this.failing) {
				logger.warn("The snapshot {} cannot be written: after a restart without a registry nothing "
						+ "or something old will be known: {}", file, ex.toString());
			}
			this.failing = true;
			return false;
		}
	}

	/**
	 * No file of ours is open to others. One that somebody else has put there must be for
	 * us to read it. The group may be let in, as volumes of containers are.
	 */
	private void checkNotForOthers(Path file) throws IOException {
		if (isPosix()) {
			Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
			if (permissions.stream().anyMatch((permission) -> permission.name().startsWith("OTHERS_"))) {
				throw new IOException(
						"permissions " + PosixFilePermissions.toString(permissions) + " (expected: none for others)");
			}
		}
	}

	private void makeDirectory() throws IOException {
		if (!Files.isDirectory(this.directory)) {
			Files.createDirectories(this.directory, ownerOnly("rwx------"));
		}
	}

	private void replace(Path file, byte[] bytes) throws IOException {
		// Created readable by its owner only where the file system can.
		Path temporary = Files.createTempFile(this.directory, ".writing-", ".tmp");
		try {
			try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
				ByteBuffer buffer = ByteBuffer.wrap(bytes);
				while (buffer.hasRemaining()) {
					channel.write(buffer);
				}
				channel.force(true);
			}
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		finally {
			Files.deleteIfExists(temporary);
		}
	}

	private FileAttribute<?>[] ownerOnly(String permissions) {
		return isPosix()
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)) }
				: new FileAttribute<?>[0];
	}

	private boolean isPosix() {
		return this.directory.getFileSystem().supportedFileAttributeViews().contains("posix");
	}

	/** The name says which service it is, the hash tells apart those it says alike. */
	private Path file(ServiceKey service) {
		String text = service.toString();
		String readable = text.replaceAll("[^A-Za-z0-9.-]", "_");
		String tail = readable.substring(Math.max(0, readable.length() - 80));
		UUID hash = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
		return this.directory.resolve("instances-" + tail + "-" + hash + ".json");
	}

}
