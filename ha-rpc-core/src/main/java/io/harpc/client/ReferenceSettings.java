package io.harpc.client;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.harpc.Address;
import io.harpc.ServiceKey;
import io.harpc.method.NamePattern;
import io.harpc.transport.Encryption;
import org.jspecify.annotations.Nullable;

/**
 * What is called, and how. Two references of equal settings share one proxy. Immutable.
 *
 * @param type the interface
 * @param name the name under which properties, metrics and messages know the reference
 * @param service the service
 * @param addresses called instead of those that the registry knows, unless empty
 * @param idempotent names of methods that may run twice without harm, besides those that
 * carry the annotation; {@code *} stands for any characters
 * @param calls how calls are made; what is left open is taken from the client
 * @param sticky whether a call goes to the instance that answered the one before, for as
 * long as that can take it
 * @param fallback answers where a call fails, unless the method threw what it declares;
 * {@code null} for nobody. Called on the thread of the caller, for asynchronous methods
 * on one that it must not block
 * @param encryption asked for each connection how to encrypt it, {@code null} if left to
 * the client; the same object for references that may share their connections
 * @param <T> the interface
 */
public record ReferenceSettings<T>(Class<T> type, String name, ServiceKey service, List<Address> addresses,
		List<String> idempotent, CallSettings calls, boolean sticky, @Nullable T fallback,
		@Nullable Supplier<Encryption> encryption) {

	public ReferenceSettings {
		Objects.requireNonNull(service, "service");
		Objects.requireNonNull(calls, "calls");
		if (name.isBlank()) {
			throw new IllegalArgumentException(
					"reference to " + type.getName() + ": no name (expected: at least one character)");
		}
		if (!type.isInterface()) {
			throw new IllegalArgumentException(
					"reference " + name + ": " + type.getName() + " (expected: an interface)");
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
		return new ReferenceSettings<>(type, nameOf(type), service, List.of(), List.of(), CallSettings.OPEN, false,
				null, null);
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
		return new ReferenceSettings<>(this.type, name, this.service, this.addresses, this.idempotent, this.calls,
				this.sticky, this.fallback, this.encryption);
	}

	/**
	 * Returns these settings with addresses that are called instead of those that the
	 * registry knows.
	 * @param addresses the addresses
	 * @return the new settings
	 */
	public ReferenceSettings<T> withAddresses(List<Address> addresses) {
		return new ReferenceSettings<>(this.type, this.name, this.service, addresses, this.idempotent, this.calls,
				this.sticky, this.fallback, this.encryption);
	}

	/**
	 * Returns these settings with methods that may run twice without harm.
	 * @param idempotent their names; {@code *} stands for any characters
	 * @return the new settings
	 */
	public ReferenceSettings<T> withIdempotent(List<String> idempotent) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.addresses, idempotent, this.calls,
				this.sticky, this.fallback, this.encryption);
	}

	/**
	 * Returns these settings with a change of how calls are made.
	 * @param change returns the new settings for calls, given those that hold now
	 * @return the new settings
	 */
	public ReferenceSettings<T> withCalls(UnaryOperator<CallSettings> change) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.addresses, this.idempotent,
				change.apply(this.calls), this.sticky, this.fallback, this.encryption);
	}

	/**
	 * Returns these settings with calls that stay with one instance, or that do not.
	 * @param sticky whether they stay
	 * @return the new settings
	 */
	public ReferenceSettings<T> withSticky(boolean sticky) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.addresses, this.idempotent, this.calls,
				sticky, this.fallback, this.encryption);
	}

	/**
	 * Returns these settings with something that answers where a call fails.
	 * @param fallback what answers
	 * @return the new settings
	 */
	public ReferenceSettings<T> withFallback(T fallback) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.addresses, this.idempotent, this.calls,
				this.sticky, fallback, this.encryption);
	}

	/**
	 * Returns these settings with encryption of their own.
	 * @param encryption asked for each connection how to encrypt it, {@code null} to
	 * leave it to the client
	 * @return the new settings
	 */
	public ReferenceSettings<T> withEncryption(@Nullable Supplier<Encryption> encryption) {
		return new ReferenceSettings<>(this.type, this.name, this.service, this.addresses, this.idempotent, this.calls,
				this.sticky, this.fallback, encryption);
	}

	boolean isIdempotent(String methodName) {
		return this.idempotent.stream().anyMatch((pattern) -> new NamePattern(pattern).matches(methodName));
	}

}
