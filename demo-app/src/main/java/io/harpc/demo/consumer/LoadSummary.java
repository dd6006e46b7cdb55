package io.harpc.demo.consumer;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * What became of the calls of some time.
 *
 * @param calls how many there were
 * @param failures how many of them failed
 * @param p50Nanos the time that half of them stayed below
 * @param p99Nanos the time that 99 of 100 stayed below
 * @param callsByInstance how many each instance answered
 * @param firstFailure what the first failure said
 */
record LoadSummary(int calls, int failures, long p50Nanos, long p99Nanos, Map<String, Integer> callsByInstance,
		@Nullable String firstFailure) {

	/**
	 * Returns the summary as a line to read.
	 * @return the line
	 */
	String toLine() {
		String shares = this.callsByInstance.entrySet()
			.stream()
			.map((entry) -> shortName(entry.getKey()) + " " + Math.round(100.0 * entry.getValue() / this.calls) + "%")
			.collect(Collectors.joining("  "));
		return String.format(Locale.ROOT, "%5d calls  %d failed  p50 %.2f ms  p99 %.2f ms  %s", this.calls,
				this.failures, this.p50Nanos / 1e6, this.p99Nanos / 1e6, shares);
	}

	/** On one machine, the port tells instances apart. */
	private static String shortName(String instance) {
		return instance.startsWith("127.0.0.1:") ? instance.substring(instance.indexOf(':') + 1) : instance;
	}

}
