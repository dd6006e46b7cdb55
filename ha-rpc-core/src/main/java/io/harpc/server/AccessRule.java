package io.harpc.server;

import java.util.List;
import java.util.regex.Pattern;

import io.harpc.ServiceKey;
import io.harpc.method.MethodDescriptor;
import io.harpc.method.NamePattern;

/**
 * Says who may call the methods that it names. Immutable.
 */
public final class AccessRule {

	private static final Pattern SERVICE = Pattern
		.compile("[\\p{javaJavaIdentifierPart}.*-]+(:[^\\s,/:]+)?(/[^\\s,/:]+)?");

	private static final Pattern METHOD = Pattern
		.compile("[\\p{javaJavaIdentifierPart}*]+(\\([\\p{javaJavaIdentifierPart}.*,\\[\\]]*\\))?");

	private final List<NamePattern> services;

	private final List<NamePattern> methods;

	private final Permission permission;

	/**
	 * Creates a rule.
	 * @param services full names of interfaces, in which {@code *} stands for any
	 * characters: {@code com.acme.orders.*}; with a version or group, as in the text of a
	 * {@link io.harpc.ServiceKey}, they mean that one alone
	 * @param methods names of methods, in which {@code *} stands for any characters:
	 * {@code find*}; with types, as in {@code find(long)}, one of several that are
	 * overloaded
	 * @param permission who may call them
	 * @throws IllegalArgumentException if one of these names nothing that can exist
	 */
	public AccessRule(List<String> services, List<String> methods, Permission permission) {
		this.services = patterns("services", services, SERVICE, "names of interfaces such as com.acme.orders.*");
		this.methods = patterns("methods", methods, METHOD, "names of methods such as find* or find(long)");
		this.permission = permission;
	}

	private static List<NamePattern> patterns(String what, List<String> texts, Pattern form, String expected) {
		if (texts.isEmpty()) {
			throw new IllegalArgumentException(what + ": none (expected: " + expected + ")");
		}
		for (String text : texts) {
			if (!form.matcher(text).matches()) {
				throw new IllegalArgumentException(
						what + ": '" + text + "' (expected: " + expected + ", where * stands for any characters)");
			}
		}
		return texts.stream().map(NamePattern::new).toList();
	}

	Permission permission() {
		return this.permission;
	}

	boolean isAbout(MethodDescriptor method) {
		ServiceKey service = method.service();
		return this.services.stream()
			.anyMatch((pattern) -> pattern.matches(isKey(pattern) ? service.toString() : service.name()))
				&& this.methods.stream()
					.anyMatch((pattern) -> pattern.matches(isSignature(pattern) ? method.signature() : method.name()));
	}

	private static boolean isKey(NamePattern pattern) {
		String text = pattern.toString();
		return text.indexOf(':') >= 0 || text.indexOf('/') >= 0;
	}

	private static boolean isSignature(NamePattern pattern) {
		return pattern.toString().indexOf('(') >= 0;
	}

	@Override
	public String toString() {
		return this.services + " " + this.methods;
	}

}
