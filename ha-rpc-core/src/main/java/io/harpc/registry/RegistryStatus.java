package io.harpc.registry;

import java.time.Instant;

/**
 * How a registry stands, for health and for people. Immutable.
 *
 * @param type what kind it is, such as {@code zookeeper}
 * @param connected whether it is in contact with what lies behind it
 * @param since since when that is so
 * @param message one sentence that says it
 * @param badEntries how many entries of watched services are skipped now because they
 * cannot be read
 * @param services how many services are known
 */
public record RegistryStatus(String type, boolean connected, Instant since, String message, int badEntries,
		int services) {

}
