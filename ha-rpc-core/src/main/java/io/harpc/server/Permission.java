package io.harpc.server;

import java.util.Collection;
import java.util.Set;

import io.harpc.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Whom something lets call a method. Asked for every call, on the thread that reads, so
 * it allocates nothing. Immutable.
 */
public final class Permission {

	private final Scope scope;

	private final Set<String> identities;

	private final String[] roles;

	private Permission(Scope scope, Set<String> identities, String[] roles) {
		this.scope = scope;
		this.identities = identities;
		this.roles = roles;
	}

	/**
	 * Lets everybody call, those too who have not proven who they are.
	 * @return the permission
	 */
	public static Permission ofEverybody() {
		return new Permission(Scope.EVERYBODY, Set.of(), new String[0]);
	}

	/**
	 * Lets everybody call who has proven who he is.
	 * @return the permission
	 */
	public static Permission ofAuthenticated() {
		return new Permission(Scope.AUTHENTICATED, Set.of(), new String[0]);
	}

	/**
	 * Lets nobody call.
	 * @return the permission
	 */
	public static Permission ofNobody() {
		return new Permission(Scope.NOBODY, Set.of(), new String[0]);
	}

	/**
	 * Lets those call who have one of these names, or one of these roles.
	 * @param identities the names, as they are: nothing in them stands for anything else
	 * @param roles the roles, without a prefix such as {@code ROLE_}
	 * @return the permission
	 * @throws IllegalArgumentException if both are empty, or one of them is an empty text
	 * or {@code *}
	 */
	public static Permission of(Collection<String> identities, Collection<String> roles) {
		if (identities.isEmpty() && roles.isEmpty()) {
			throw new IllegalArgumentException("neither identities nor roles (expected: at least one)");
		}
		identities.forEach((name) -> checkName("identity", name));
		roles.forEach((name) -> checkName("role", name));
		return new Permission(Scope.NAMED, Set.copyOf(identities), roles.toArray(String[]::new));
	}

	private static void checkName(String what, String name) {
		if (name.isEmpty() || name.equals("*")) {
			throw new IllegalArgumentException(
					what + ": '" + name + "' (expected: a name; to mean everybody, say permit-all or authenticated)");
		}
	}

	boolean permits(@Nullable Identity identity) {
		return switch (this.scope) {
			case EVERYBODY -> true;
			case AUTHENTICATED -> identity != null;
			case NAMED -> identity != null && (this.identities.contains(identity.name()) || hasRole(identity));
			case NOBODY -> false;
		};
	}

	private boolean hasRole(Identity identity) {
		for (String role : this.roles) {
			if (identity.roles().contains(role)) {
				return true;
			}
		}
		return false;
	}

	/** Whether there is anybody who may not call. */
	boolean isRestriction() {
		return this.scope != Scope.EVERYBODY;
	}

	/** Whether those alone may call who have proven who they are. */
	boolean needsIdentity() {
		return this.scope == Scope.AUTHENTICATED || this.scope == Scope.NAMED;
	}

	boolean isOfNobody() {
		return this.scope == Scope.NOBODY;
	}

	private enum Scope {

		EVERYBODY, AUTHENTICATED, NAMED, NOBODY

	}

}
