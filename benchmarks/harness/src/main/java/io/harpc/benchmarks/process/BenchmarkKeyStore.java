package io.harpc.benchmarks.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A PKCS#12 file with one certificate that both sides show and trust, made by keytool
 * when it is needed first.
 */
public final class BenchmarkKeyStore {

	/** Opens it. */
	public static final String PASSWORD = "changeit";

	private static final Path STORE = Path.of("benchmarks", "target", "benchmark.p12");

	private BenchmarkKeyStore() {
	}

	/**
	 * Returns the file.
	 * @return where it is
	 */
	public static Path path() {
		if (!Files.exists(STORE)) {
			make();
		}
		return STORE;
	}

	private static void make() {
		Path made = STORE.resolveSibling(ProcessHandle.current().pid() + ".p12");
		try {
			Files.createDirectories(STORE.getParent());
			Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-alias", "own", "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
					"CN=benchmark", "-ext", "san=ip:127.0.0.1", "-validity", "365", "-storetype", "PKCS12",
					"-storepass", PASSWORD, "-keystore", made.toString())
				.inheritIO()
				.start();
			if (keytool.waitFor() != 0) {
				throw new IllegalStateException("keytool failed: " + keytool.exitValue() + " (expected: 0)");
			}
			Files.move(made, STORE, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("interrupted while keytool ran", ex);
		}
	}

}
