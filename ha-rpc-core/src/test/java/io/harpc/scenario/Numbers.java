package io.harpc.scenario;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a scenario measured, logged as one line of JSON after the word {@code SCENARIO}:
 * what docs/failure-semantics.md quotes.
 */
final class Numbers {

	private static final Logger LOG = LoggerFactory.getLogger("SCENARIO");

	private final String scenario;

	private final long seed;

	private final Map<String, Long> values = new LinkedHashMap<>();

	Numbers(String scenario, long seed) {
		this.scenario = scenario;
		this.seed = seed;
	}

	/** Notes a number; units last in its name. */
	Numbers put(String name, long value) {
		this.values.put(name, value);
		return this;
	}

	void print(boolean passed) {
		put("passed", passed ? 1 : 0);
		LOG.info("{}", this);
	}

	String scenario() {
		return this.scenario;
	}

	Map<String, Long> values() {
		return this.values;
	}

	@Override
	public String toString() {
		return "{\"scenario\":\"" + this.scenario + "\",\"seed\":" + this.seed
				+ this.values.entrySet()
					.stream()
					.map((entry) -> ",\"" + entry.getKey() + "\":" + entry.getValue())
					.collect(Collectors.joining())
				+ "}";
	}

}
