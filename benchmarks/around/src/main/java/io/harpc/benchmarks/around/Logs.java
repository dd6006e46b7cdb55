package io.harpc.benchmarks.around;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the lines of thousands of registrations off the console, and their cost out of
 * the figures.
 */
final class Logs {

	private Logs() {
	}

	static void onlyWarnings() {
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
	}

}
