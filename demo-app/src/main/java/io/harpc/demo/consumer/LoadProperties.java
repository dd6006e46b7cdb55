package io.harpc.demo.consumer;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The steady load, under {@code demo.load}.
 *
 * @param enabled Whether there is a load.
 * @param callsPerSecond Number of calls a second, from 1 to 5000.
 * @param callers Number of threads that call, from 1 to 64.
 */
@ConfigurationProperties("demo.load")
public record LoadProperties(@DefaultValue("true") boolean enabled, @DefaultValue("200") int callsPerSecond,
		@DefaultValue("8") int callers) {

	static final int MAX_CALLS_PER_SECOND = 5000;

	private static final int MAX_CALLERS = 64;

	public LoadProperties {
		check("calls-per-second", callsPerSecond, MAX_CALLS_PER_SECOND);
		check("callers", callers, MAX_CALLERS);
	}

	private static void check(String name, int value, int max) {
		if (value < 1 || value > max) {
			throw new IllegalArgumentException("demo.load." + name + ": " + value + " (expected: 1 to " + max + ")");
		}
	}

}
