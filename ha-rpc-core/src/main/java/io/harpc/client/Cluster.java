package io.harpc.client;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a reference makes of its instances being several: which of them a call reaches,
 * and what happens when one of them fails it.
 */
public enum Cluster {

	/**
	 * What failed is tried on another instance where that is safe. An idempotent call
	 * that waits for longer than its share, timeout by max-attempts, is tried elsewhere
	 * meanwhile; the first answer wins.
	 */
	FAILOVER,

	/** One attempt and no more. */
	FAILFAST,

	/**
	 * As {@link #FAILOVER}; but a call that fails returns null, zero or empty, whatever
	 * came of it, unless the method threw what it declares.
	 */
	FAILSAFE,

	/**
	 * For methods without a result: the call is kept on disk and returns; it is delivered
	 * in the background until that succeeds.
	 */
	FAILBACK,

	/**
	 * As {@link #FAILOVER}; but an idempotent call is tried elsewhere as soon as it takes
	 * longer than 95 of 100 did lately.
	 */
	HEDGED,

	/** Every instance is called, and each must succeed. */
	BROADCAST;

	/**
	 * Returns the mode of a name.
	 * @param name the name in lower case, {@code failover} for example
	 * @return the mode
	 * @throws IllegalArgumentException if there is none; its message lists those that
	 * there are
	 */
	public static Cluster named(String name) {
		return Arrays.stream(values())
			.filter((mode) -> mode.toString().equals(name))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("cluster: '" + name + "' (expected: one of "
					+ Arrays.stream(values()).map(Cluster::toString).collect(Collectors.joining(", ")) + ")"));
	}

	/**
	 * {@return the name as it stands in properties}
	 */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
