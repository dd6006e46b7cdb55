package io.harpc.method;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;

import io.harpc.ServiceKey;

/**
 * One method of a service as both peers see it: its id on the wire, its types resolved
 * against the concrete interface, and what its annotations say. Immutable; two
 * descriptors are equal only if they are the same object.
 */
public final class MethodDescriptor {

	private final ServiceKey service;

	private final Method method;

	private final MethodTypes types;

	private final Traits traits;

	private final long id;

	MethodDescriptor(ServiceKey service, Method method, MethodTypes types, Traits traits, MethodHash hash) {
		this.service = service;
		this.method = method;
		this.types = types;
		this.traits = traits;
		this.id = ((long) hash.of(service.toString()) << 32) | (hash.of(onTheWire(types)) & 0xffff_ffffL);
	}

	/**
	 * Bytes travel as they are, without anything by which another result could be told
	 * from them.
	 */
	private static String onTheWire(MethodTypes types) {
		return (types.result() == byte[].class) ? types.signature() + "byte[]" : types.signature();
	}

	/**
	 * The service that the method belongs to.
	 * @return the key
	 */
	public ServiceKey service() {
		return this.service;
	}

	/**
	 * The method to invoke, as the most derived interface declares it.
	 * @return the method, not a bridge
	 */
	public Method method() {
		return this.method;
	}

	/**
	 * The plain name.
	 * @return the name, {@code find} for example
	 */
	public String name() {
		return this.method.getName();
	}

	/**
	 * The name with the erased types of the parameters, which tells overloaded methods
	 * apart.
	 * @return the signature, {@code find(long)} or
	 * {@code place(java.lang.String,io.acme.Order)} for example
	 */
	public String signature() {
		return this.types.signature();
	}

	/**
	 * The id that stands for the method on the wire. Its upper half is the hash of the
	 * text of the service's key, its lower half the hash of the signature, with
	 * {@code byte[]} behind it where that is the result, each the first 32 bits of
	 * SHA-256 over UTF-8.
	 * @return the id
	 */
	public long id() {
		return this.id;
	}

	/**
	 * The types of the parameters, without type variables and wildcards.
	 * @return the types, in order
	 */
	public List<Type> parameterTypes() {
		return this.types.parameters();
	}

	/**
	 * The type of what the caller gets in the end: for a method that returns a
	 * {@code CompletableFuture<Order>} it is {@code Order}.
	 * @return the type, without type variables and wildcards
	 */
	public Type resultType() {
		return this.types.result();
	}

	/**
	 * Whether the method has no result: it returns {@code void}, {@code Void}, or a
	 * future of {@code Void}.
	 * @return {@code true} if nothing is sent back but the fact that it returned
	 */
	public boolean isVoid() {
		return this.types.result() == void.class || this.types.result() == Void.class;
	}

	/**
	 * Whether the method returns a {@code CompletableFuture} or {@code CompletionStage}.
	 * @return {@code true} if it does
	 */
	public boolean isAsync() {
		return this.types.async();
	}

	/**
	 * Whether {@link io.harpc.Idempotent @Idempotent} stands on the method, on one that
	 * it overrides, on the interface, or on a super-interface that has it.
	 * @return {@code true} if it may be run twice
	 */
	public boolean isIdempotent() {
		return this.traits.idempotent();
	}

	/**
	 * The parameter that is the hash key: the one that carries {@link io.harpc.HashKey
	 * @HashKey}, else the first if it is of a type whose text is the same in every
	 * process.
	 * @return its index from zero, {@code -1} if there is none
	 */
	public int hashKeyParameter() {
		return this.traits.hashKeyParameter();
	}

	/**
	 * The parameter that carries {@link io.harpc.IdempotencyKey @IdempotencyKey}.
	 * @return its index from zero, {@code -1} if there is none
	 */
	public int idempotencyKeyParameter() {
		return this.traits.idempotencyKeyParameter();
	}

	/**
	 * The exceptions of the {@code throws} clause, checked and unchecked.
	 * @return the types, in the order of the clause
	 */
	public List<Class<? extends Throwable>> declaredExceptions() {
		return this.types.exceptions();
	}

	@Override
	public String toString() {
		return this.service + "#" + signature();
	}

	/**
	 * What the types of a method come to.
	 *
	 * @param signature name and erased parameter types
	 * @param parameters the resolved types of the parameters
	 * @param result the resolved type of the result, a future taken off
	 * @param async whether a future was taken off
	 * @param exceptions the throws clause
	 */
	record MethodTypes(String signature, List<Type> parameters, Type result, boolean async,
			List<Class<? extends Throwable>> exceptions) {

		MethodTypes {
			parameters = List.copyOf(parameters);
			exceptions = List.copyOf(exceptions);
		}

	}

	/**
	 * What the annotations of a method say.
	 *
	 * @param idempotent whether it may be run twice
	 * @param hashKeyParameter index of the hash key, or -1
	 * @param idempotencyKeyParameter index of the idempotency key, or -1
	 */
	record Traits(boolean idempotent, int hashKeyParameter, int idempotencyKeyParameter) {
	}

}
