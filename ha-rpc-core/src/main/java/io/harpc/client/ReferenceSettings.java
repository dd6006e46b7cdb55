package io.harpc.client;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.harpc.Address;
import io.harpc.ServiceKey;
import org.jspecify.annotations.Nullable;

/**
 * What is called, and how. Two references of equal settings share one proxy.
 *
 * @param type the interface
 * @param name the name under which properties, metrics and messages know the reference
 * @param service the service
 * @param timeout the time for a whole call, every attempt included; {@code null} for the
 * client's
 * @param maxAttempts how many attempts a call may take, the first counts; zero for the
 * client's
 * @param loadBalancer the name of the load balancer; empty for the client's
 * @param addresses called instead of those that the registry knows, unless empty
 * @param idempotent names of methods that may run twice without harm, besides those that
 * carry the annotation; {@code *} stands for any characters
 * @param <T> the interface
 */
public record ReferenceSettings<T>(Class<T> type, String name, ServiceKey service, @Nullable Duration timeout,
		int maxAttempts, String loadBalancer, List<Address> addresses, List<String> idempotent) {

	/** The largest number of attempts. */
	public static final int MAX_ATTEMPTS = 100;

	private static final Duration MAX_TIMEOUT = Duration.ofHours(24);

	public ReferenceSettings {
		Objects.requireNonNull(service, "service");
		if (name.isBlank()) {
			throw new IllegalArgumentException(
					"reference to " + type.getName() + ": no name (expected: at least one character)");
		}
		if (!type.isInterface()) {
			throw new IllegalArgumentException(
					"reference " + name + ": " + type.getName() + " (expected: an interface)");
		}
		if (timeout != null) {
			checkTimeout(timeout);
		}
		if (maxAttempts != 0) {
			checkMaxAttempts(maxAttempts);
		}
		addresses = List.copyOf(addresses);
		idempotent = List.copyOf(idempotent);
	}

	/**
	 * Returns the settings of an interface of neither version nor group, everything else
	 * as the client has it.
	 * @param type the interface
	 * @param <T> the interface
	 * @return the settings
	 */
	public static <T> ReferenceSettings<T> of(Class<T> type) {
		return of(type, ServiceKey.of(type));
	}

	/**
	 * Returns the settings of an interface, everything else as the client has it.
	 * @param type the interface
	 * @param service the service
	 * @param <T> the interface
	 * @return the settings
	 */
	public static <T> ReferenceSettings<T> of(Class<T> type, ServiceKey service) {
		return new ReferenceSettings<>(type, nameOf(type), service, null, 0, "", List.of(), List.of());
	}

	/**
	 * Returns the name of a reference that is given none: the interface's simple name in
	 * kebab case, {@code order-service} for example.
	 * @param type the interface
	 * @return the name
	 */
	public static String nameOf(Class<?> type) {
		return type.getSimpleName()
			.replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-")
			.toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns these settings under another name.
	 * @param name the name
	 * @return the new settings
	 */
	public ReferenceSettings<T> withName(String name) {
		return new ReferenceSettings<>(this.type, name, this.service, this.timeout, this.maxAttempts, this.loadBalancer,
				this.addresses, this.idempotent);
	}

	/**
	 * Returns these settings with another timeout.
	 * @param timeout the time for a whole call, more than zero
	 * @return the new settings
	 */
	public ReferenceSettings<T> withTimeout(Duration timeout) {
		return new ReferenceSettings<>(this.type, this.name, this.service, timeout, this.maxAttempts, this.loadBalancer,
				this.addresses, this.idempotent);
	}

	/**
	 * Returns these settings with another number of attempts.
	 * @param maxAttempts how many, the first counts
	 * @return the new settings
	 */
	public ReferenceSettings<T> withMaxAttempts(int maxAttempts) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.timeout, maxAttempts, this.loadBalancer,
				this.addresses, this.idempotent);
	}

	/**
	 * Returns these settings with another load balancer.
	 * @param loadBalancer its name
	 * @return the new settings
	 */
	public ReferenceSettings<T> withLoadBalancer(String loadBalancer) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.timeout, this.maxAttempts, loadBalancer,
				this.addresses, this.idempotent);
	}

	/**
	 * Returns these settings with addresses that are called instead of those that the
	 * registry knows.
	 * @param addresses the addresses
	 * @return the new settings
	 */
	public ReferenceSettings<T> withAddresses(List<Address> addresses) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.timeout, this.maxAttempts,
				this.loadBalancer, addresses, this.idempotent);
	}

	/**
	 * Returns these settings with methods that may run twice without harm.
	 * @param idempotent their names; {@code *} stands for any characters
	 * @return the new settings
	 */
	public ReferenceSettings<T> withIdempotent(List<String> idempotent) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.timeout, this.maxAttempts,
				this.loadBalancer, this.addresses, idempotent);
	}

	ReferenceSettings<T> withDefaults(RpcClientSettings defaults) {
		return new ReferenceSettings<>(this.type, this.name, this.service,
				(this.timeout != null) ? this.timeout : defaults.timeout(),
				(this.maxAttempts != 0) ? this.maxAttempts : defaults.maxAttempts(),
				!this.loadBalancer.isEmpty() ? this.loadBalancer : defaults.loadBalancer(), this.addresses,
				this.idempotent);
	}

	boolean isIdempotent(String methodName) {
		return this.idempotent.stream().anyMatch((pattern) -> matches(pattern, methodName));
	}

	static void checkTimeout(Duration timeout) {
		if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
			throw new IllegalArgumentException("timeout: " + timeout + " (expected: more than zero, at most 24 h)");
		}
	}

	static void checkMaxAttempts(int maxAttempts) {
		if (maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
			throw new IllegalArgumentException(
					"max-attempts: " + maxAttempts + " (expected: 1 to " + MAX_ATTEMPTS + ")");
		}
	}

	private static boolean matches(String pattern, String methodName) {
		String regex = Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
		return methodName.matches(regex);
	}

}
