package io.harpc.demo.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.util.FileSystemUtils;

/**
 * A temporary directory that goes when it is closed.
 *
 * @param path where it is
 */
record WorkDirectory(Path path) implements AutoCloseable {

	static WorkDirectory create(String purpose) {
		try {
			return new WorkDirectory(Files.createTempDirectory("ha-rpc-demo-" + purpose));
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No temporary directory for " + purpose, ex);
		}
	}

	@Override
	public void close() {
		try {
			FileSystemUtils.deleteRecursively(this.path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The temporary directory " + this.path + " remains", ex);
		}
	}

}
