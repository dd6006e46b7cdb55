package io.harpc.benchmarks.harpc;

import java.nio.file.Path;

import io.harpc.benchmarks.process.BenchmarkKeyStore;

/** The SSL bundle of both sides. */
final class BenchmarkBundle {

	private BenchmarkBundle() {
	}

	/**
	 * Returns the properties of the bundle.
	 * @param property what names the bundle
	 * @param further a property more
	 * @return the properties
	 */
	static String[] properties(String property, String further) {
		Path store = BenchmarkKeyStore.path();
		String password = BenchmarkKeyStore.PASSWORD;
		String bundle = "spring.ssl.bundle.jks.benchmark.";
		return new String[] { property + "=benchmark", further, bundle + "options.enabled-protocols=TLSv1.3",
				bundle + "keystore.location=file:" + store, bundle + "keystore.password=" + password,
				bundle + "keystore.type=PKCS12", bundle + "truststore.location=file:" + store,
				bundle + "truststore.password=" + password, bundle + "truststore.type=PKCS12" };
	}

}
