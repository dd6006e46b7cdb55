package io.harpc.method;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A name in which {@code *} stands for any characters, none and dots included. A pattern
 * without it is that one name. Immutable.
 */
public final class NamePattern {

	private final String text;

	private final Pattern regex;

	/**
	 * Creates a pattern.
	 * @param text the name
	 */
	public NamePattern(String text) {
		this.text = text;
		this.regex = Pattern
			.compile(Arrays.stream(text.split("\\*+", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
	}

	/**
	 * Whether a name is one of those that are meant.
	 * @param name the name
	 * @return {@code true} if the whole of it is
	 */
	public boolean matches(String name) {
		return this.regex.matcher(name).matches();
	}

	@Override
	public String toString() {
		return this.text;
	}

}
