package io.harpc.demo.launcher;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the launcher starts, under {@code demo.providers}.
 *
 * @param count Number of provider processes, from 1 to 20.
 * @param firstPort Port of the first provider; the others follow. Where one is taken, any
 * that is free is used instead.
 */
@ConfigurationProperties("demo.providers")
public record ProvidersProperties(@DefaultValue("3") int count, @DefaultValue("20881") int firstPort) {

	private static final int MAX_COUNT = 20;

	public ProvidersProperties {
		if (count < 1 || count > MAX_COUNT) {
			throw new IllegalArgumentException(
					"demo.providers.count: " + count + " (expected: 1 to " + MAX_COUNT + ")");
		}
	}

}
