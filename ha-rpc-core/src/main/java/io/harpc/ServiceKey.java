package io.harpc;

import java.util.Objects;

/**
 * The identity of a service: its name, and the version and group that tell apart several
 * implementations of one interface. Two peers talk to each other only if all three are
 * equal.
 *
 * @param name the service's name, by default the fully qualified name of its interface
 * @param version the version, empty for none
 * @param group the group, empty for none
 */
public record ServiceKey(String name, String version, String group) {

	private static final int MAX_PART_LENGTH = 255;

	public ServiceKey {
		check("service name", name, false);
		check("version", version, true);
		check("group", group, true);
	}

	/**
	 * Returns the key of an interface that has neither version nor group.
	 * @param type the service's interface
	 * @return the key
	 */
	public static ServiceKey of(Class<?> type) {
		return new ServiceKey(type.getName(), "", "");
	}

	/**
	 * Returns the key of an interface.
	 * @param type the service's interface
	 * @param version the version, empty for none
	 * @param group the group, empty for none
	 * @return the key
	 */
	public static ServiceKey of(Class<?> type, String version, String group) {
		return new ServiceKey(type.getName(), version, group);
	}

	/**
	 * Returns {@code name}, {@code name:version}, {@code name/group} or
	 * {@code name:version/group}, whichever says it all. Different keys have different
	 * texts: a name contains neither of the two separators, a version no slash.
	 * @return the text
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder(this.name);
		if (!this.version.isEmpty()) {
			text.append(':').append(this.version);
		}
		if (!this.group.isEmpty()) {
			text.append('/').append(this.group);
		}
		return text.toString();
	}

	private static void check(String what, String value, boolean mayBeEmpty) {
		Objects.requireNonNull(value, what);
		if (value.isEmpty() && !mayBeEmpty) {
			throw new IllegalArgumentException(what + ": empty (expected: at least one character)");
		}
		if (value.length() > MAX_PART_LENGTH) {
			throw new IllegalArgumentException(
					what + ": " + value.length() + " characters (expected: at most " + MAX_PART_LENGTH + ")");
		}
		for (int i = 0; i < value.length(); i++) {
			char c = value.charAt(i);
			if (!(Character.isJavaIdentifierPart(c) && !Character.isISOControl(c)) && c != '.' && c != '-') {
				throw new IllegalArgumentException(what + ": " + value
						+ " (expected: letters, digits, '.', '-', '_' and '$'; found '" + c + "' at " + i + ")");
			}
		}
	}

}
