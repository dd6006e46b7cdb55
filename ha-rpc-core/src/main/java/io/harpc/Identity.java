package io.harpc;

import java.security.Principal;
import java.util.Set;

/**
 * Who somebody at the other end of a connection has proven to be, and the roles that come
 * with it. Immutable. Made by whoever authenticates; seen by handlers in their
 * {@link CallContext} and by whatever decides who may call what.
 *
 * @param name the name, of 1 to {@value #MAX_NAME_LENGTH} characters, none of which is a
 * control character; compared as it is, upper and lower case apart
 * @param roles the roles, without a prefix such as {@code ROLE_}
 */
public record Identity(String name, Set<String> roles) implements Principal {

	/** How long a name may be, in characters. */
	public static final int MAX_NAME_LENGTH = 500;

	public Identity {
		if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
			throw new IllegalArgumentException(
					"name of " + name.length() + " characters (expected: 1 to " + MAX_NAME_LENGTH + ")");
		}
		if (name.chars().anyMatch(Character::isISOControl)) {
			// Names get into logs, where a line break would begin a line of its own.
			throw new IllegalArgumentException("name with a control character (expected: none)");
		}
		roles = Set.copyOf(roles);
	}

	@Override
	public String getName() {
		return this.name;
	}

}
