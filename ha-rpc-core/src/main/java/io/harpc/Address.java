package io.harpc;

import java.util.Objects;

/**
 * Where an instance listens: a host name or address and a port. The name is resolved each
 * time a connection is made, never kept.
 *
 * @param host a host name, an IPv4 address or an IPv6 address without brackets
 * @param port the port, from 1 to 65535
 */
public record Address(String host, int port) {

	private static final int MAX_HOST_LENGTH = 253;

	public Address {
		Objects.requireNonNull(host, "host");
		if (host.isBlank() || host.length() > MAX_HOST_LENGTH || host.chars().anyMatch(Address::cannotBeInHost)) {
			throw new IllegalArgumentException(
					"host: '" + abbreviate(host) + "' (expected: a host name or an address)");
		}
		if (port < 1 || port > 65535) {
			throw new IllegalArgumentException("port: " + port + " (expected: 1 to 65535)");
		}
	}

	/**
	 * Reads {@code host:port}, with an IPv6 address in brackets: {@code [::1]:20880}.
	 * @param text the text
	 * @return the address
	 * @throws IllegalArgumentException if the text is not of that form
	 */
	public static Address parse(String text) {
		int colon = text.lastIndexOf(':');
		String host = (colon > 0) ? text.substring(0, colon) : "";
		if (host.startsWith("[") && host.endsWith("]")) {
			host = host.substring(1, host.length() - 1);
		}
		else if (host.indexOf(':') >= 0) {
			host = "";
		}
		try {
			if (!host.isEmpty()) {
				return new Address(host, Integer.parseInt(text.substring(colon + 1)));
			}
		}
		catch (NumberFormatException ex) {
			// Falls through to the message that shows the form expected.
		}
		throw new IllegalArgumentException(
				"address: '" + abbreviate(text) + "' (expected: host:port, for example 10.0.0.1:20880 or [::1]:20880)");
	}

	@Override
	public String toString() {
		return (this.host.indexOf(':') >= 0) ? "[" + this.host + "]:" + this.port : this.host + ":" + this.port;
	}

	private static boolean cannotBeInHost(int c) {
		return c <= ' ' || c == '/' || c == '[' || c == ']' || c == '@' || c == '?' || c == '#' || c == 0x7f;
	}

	private static String abbreviate(String text) {
		return (text.length() <= 80) ? text : text.substring(0, 80) + "...";
	}

}
