package io.harpc;

import java.security.Principal;
import java.util.Set;

/**
 * Who somebody at the other end of a connection has proven to be, and the roles that come
 * with it. Immutable. Made by whoever authenticates; seen by handlers in their
 * {@link CallContext} and by whatever decides who may call what.
 *
 * @param name the name, of 1 to {@value #MAX_LENGTH} characters, none of which is a
 * control character; compared as it is, upper and lower case apart
 * @param roles the roles, as the name is, without a prefix such as {@code ROLE_}
 */
public record Identity(String name, Set<String> roles) implements Principal {

	/** How long a name or a role may be, in characters. */
	public static final int MAX_LENGTH = 500;

	public Identity {
		roles = Set.copyOf(roles);
		check("name", name);
		roles.forEach((role) -> check("role", role));
	}

	private static void check(String what, String text) {
		if (text.isEmpty() || text.length() > MAX_LENGTH) {
			throw new IllegalArgumentException(
					what + " of " + text.length() + " characters (expected: 1 to " + MAX_LENGTH + ")");
		}
		if (text.chars().anyMatch(Identity::breaksALine)) {
			// They get into logs, where a line break would begin a line of its own.
			throw new IllegalArgumentException(what + " with a control character (expected: none)");
		}
	}

	private static boolean breaksALine(int character) {
		return Character.isISOControl(character) || character == '\u2028' || character == '\u2029';
	}

	@Override
	public String getName() {
		return this.name;
	}

}
