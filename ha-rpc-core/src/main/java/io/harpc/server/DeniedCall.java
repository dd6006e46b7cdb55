package io.harpc.server;

import io.harpc.Identity;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * A call that was refused because its caller may not make it.
 *
 * @param identity who called, {@code null} if the caller had not proven who it is
 * @param onBehalfOf for whom the caller said to call, {@code null} for itself
 * @param peer the caller's address
 * @param service the service called
 * @param method the method called, as {@code name(types)}
 * @param reason what said no
 */
public record DeniedCall(@Nullable Identity identity, @Nullable Identity onBehalfOf, String peer, ServiceKey service,
		String method, String reason) {

}
