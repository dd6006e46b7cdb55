package io.harpc.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.harpc.server.AccessRule;
import io.harpc.server.Permission;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Makes rules of the properties that say who may call what.
 */
final class AccessRules {

	private static final String PREFIX = "ha-rpc.server.authorization.rules";

	private AccessRules() {
	}

	static List<AccessRule> of(List<RpcProperties.Rule> properties) {
		List<AccessRule> rules = new ArrayList<>();
		for (RpcProperties.Rule rule : properties) {
			try {
				rules.add(new AccessRule(rule.services(), rule.methods(), permission(rule)));
			}
			catch (IllegalArgumentException ex) {
				throw new InvalidConfigurationPropertyValueException(PREFIX + "[" + rules.size() + "]", rule,
						ex.getMessage() + ".");
			}
		}
		return rules;
	}

	private static Permission permission(RpcProperties.Rule rule) {
		RpcProperties.Access access = rule.access();
		if (access == null) {
			return Permission.of(rule.identities(), rule.roles());
		}
		if (!rule.identities().isEmpty() || !rule.roles().isEmpty()) {
			throw new IllegalArgumentException(
					"access beside identities or roles (expected: either access, or identities and roles)");
		}
		return switch (access) {
			case PERMIT_ALL -> Permission.ofEverybody();
			case AUTHENTICATED -> Permission.ofAuthenticated();
			case DENY_ALL -> Permission.ofNobody();
		};
	}

}
