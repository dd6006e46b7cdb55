package io.harpc.benchmarks.harpc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * One certificate that both sides show and trust, made by keytool when it is needed
 * first.
 */
final class BenchmarkBundle {

	private static final Path STORE = Path.of("benchmarks", "ha-rpc", "target", "benchmark.p12");

	private BenchmarkBundle() {
	}

	/**
	 * Returns the properties of the bundle.
	 * @param property what names the bundle
	 * @param further a property more
	 * @return the properties
	 */
	static String[] properties(String property, String further) {
		if (!Files.exists(STORE)) {
			make();
		}
		String bundle = "spring.ssl.bundle.jks.benchmark.";
		return new String[] { property + "=benchmark", further, bundle + "options.enabled-protocols=TLSv1.3",
				bundle + "keystore.location=file:" + STORE, bundle + "keystore.password=changeit",
				bundle + "keystore.type=PKCS12", bundle + "truststore.location=file:" + STORE,
				bundle + "truststore.password=changeit", bundle + "truststore.type=PKCS12" };
	}

	private static void make() {
		Path made = STORE.resolveSibling(ProcessHandle.current().pid() + ".p12");
		try {
			Files.createDirectories(STORE.getParent());
			Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
					"-genkeypair", "-alias", "own", "-keyalg", "EC", "-groupname", "secp256r1", "-dname",
					"CN=benchmark", "-ext", "san=ip:127.0.0.1", "-validity", "365", "-storetype", "PKCS12",
					"-storepass", "changeit", "-keystore", made.toString())
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
