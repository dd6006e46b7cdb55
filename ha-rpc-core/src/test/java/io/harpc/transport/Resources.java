package io.harpc.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * Counts what this process holds.
 */
final class Resources {

	private Resources() {
	}

	/** Open files and sockets; zero where the system does not tell. */
	static long descriptors() {
		Path directory = Path.of("/proc/self/fd");
		if (!Files.isDirectory(directory)) {
			return 0;
		}
		long count = 0;
		try (DirectoryStream<Path> open = Files.newDirectoryStream(directory)) {
			for (Path ignored : open) {
				count++;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return count;
	}

	/** How many there may be. */
	static long maxDescriptors() {
		return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
				? system.getMaxFileDescriptorCount() : 12_000;
	}

	/** Live threads whose names begin with a word. */
	static long threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith(prefix))
			.count();
	}

	static long usedHeap() {
		System.gc();
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
