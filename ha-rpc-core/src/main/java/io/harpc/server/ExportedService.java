package io.harpc.server;

import io.harpc.ServiceKey;
import io.harpc.registry.Instance;
import org.jspecify.annotations.Nullable;

/**
 * What one service of this server looks like at a moment, for a person to read.
 *
 * @param service the service
 * @param bean the class that answers its calls
 * @param weight the weight it is registered with
 * @param instance its entry in the registry, or {@code null} while it is not offered
 * there
 * @param registered whether the registry is known to hold that entry
 * @param denied how many of its calls were refused, since the server started, because
 * their callers may not make them
 */
public record ExportedService(ServiceKey service, Class<?> bean, int weight, @Nullable Instance instance,
		boolean registered, long denied) {

}
