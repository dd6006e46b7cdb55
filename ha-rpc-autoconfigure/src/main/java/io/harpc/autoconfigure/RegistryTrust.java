package io.harpc.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.harpc.autoconfigure.RpcProperties.SigningKeyProperties;
import io.harpc.registry.AllowedNetworks;
import io.harpc.registry.InstanceSignatures;
import io.harpc.registry.SigningKey;
import io.harpc.registry.Trust;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Which instances are believed, from the properties.
 */
final class RegistryTrust {

	private static final String SIGNING = "ha-rpc.registry.signing";

	private RegistryTrust() {
	}

	static Trust of(RpcProperties.Registry registry) {
		return new Trust(networks(registry), signatures(registry.signing()));
	}

	static @Nullable AllowedNetworks networks(RpcProperties.Registry registry) {
		try {
			return registry.allowedNetworks().isEmpty() ? null : AllowedNetworks.of(registry.allowedNetworks());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("ha-rpc.registry.allowed-networks",
					registry.allowedNetworks(), String.valueOf(ex.getMessage()));
		}
	}

	/** Where instances cannot be signed, nobody is to think that they are. */
	static void refuseSigning(RpcProperties.Registry registry) {
		if (!registry.signing().keys().isEmpty() || Boolean.TRUE.equals(registry.signing().required())) {
			throw new RpcStartupException(
					SIGNING + " is set, and the registry of type discovery-client has no signed instances.",
					"Take the properties below " + SIGNING
							+ " away, or use the type zookeeper. ha-rpc.registry.allowed-networks works with both.");
		}
	}

	private static @Nullable InstanceSignatures signatures(RpcProperties.Signing signing) {
		boolean required = signing.required() == null || signing.required();
		if (signing.keys().isEmpty()) {
			if (signing.required() != null && required) {
				throw new RpcStartupException(SIGNING + ".required is true, and there is no key.",
						"Set " + SIGNING + ".keys.<name>.secret, or public-key and private-key.");
			}
			return null;
		}
		try {
			return new InstanceSignatures(keys(signing), required);
		}
		catch (IllegalArgumentException ex) {
			throw new RpcStartupException("The properties below " + SIGNING + " cannot work: " + ex.getMessage(),
					"Correct the value named above.", ex);
		}
	}

	/** The one that signs first. */
	private static List<SigningKey> keys(RpcProperties.Signing signing) {
		String first = signer(signing);
		List<SigningKey> keys = new ArrayList<>();
		signing.keys().forEach((name, key) -> keys.add(name.equals(first) ? 0 : keys.size(), key(name, key)));
		return keys;
	}

	private static String signer(RpcProperties.Signing signing) {
		Map<String, SigningKeyProperties> keys = signing.keys();
		String named = signing.key();
		if (named != null) {
			if (!keys.containsKey(named)) {
				throw new IllegalArgumentException("key: " + named + " (expected: one of " + keys.keySet() + ")");
			}
			return named;
		}
		List<String> able = keys.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().secret() != null || entry.getValue().privateKey() != null)
			.map(Map.Entry::getKey)
			.toList();
		if (able.size() > 1) {
			throw new IllegalArgumentException("key: none (expected: the name of the one that signs, of " + able + ")");
		}
		return able.isEmpty() ? "" : able.get(0);
	}

	private static SigningKey key(String name, SigningKeyProperties key) {
		if (key.secret() != null && key.publicKey() == null && key.privateKey() == null) {
			return SigningKey.hmac(name, key.secret());
		}
		if (key.secret() == null && key.publicKey() != null) {
			return SigningKey.ed25519(name, key.publicKey(), key.privateKey());
		}
		throw new IllegalArgumentException(
				"key " + name + ": (expected: either a secret, or a public-key and perhaps its private-key)");
	}

}
