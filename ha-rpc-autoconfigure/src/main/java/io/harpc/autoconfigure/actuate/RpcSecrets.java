package io.harpc.autoconfigure.actuate;

import java.util.List;
import java.util.Locale;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Hides the secrets below {@code ha-rpc} from the endpoints that show properties, even
 * where they are told to show values.
 */
final class RpcSecrets implements SanitizingFunction {

	private static final List<String> SECRETS = List.of("password", "secret", "privatekey");

	@Override
	public SanitizableData apply(SanitizableData data) {
		// Dashes, dots, underscores and capitals differ from source to source.
		String key = data.getKey().replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
		boolean secret = key.startsWith("harpc") && SECRETS.stream().anyMatch(key::endsWith);
		return secret ? data.withValue(SanitizableData.SANITIZED_VALUE) : data;
	}

}
