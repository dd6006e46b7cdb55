package io.harpc.registry;

import org.jspecify.annotations.Nullable;

/**
 * Which of the instances that are read are believed; for those who implement a
 * {@link Registry}. Immutable.
 *
 * @param networks where they may be; {@code null} for anywhere
 * @param signatures how they are signed; {@code null} where they are not
 */
public record Trust(@Nullable AllowedNetworks networks, @Nullable InstanceSignatures signatures) {

	/** Believes everything that is an instance. */
	public static final Trust ALL = new Trust(null, null);

	/**
	 * Checks an instance.
	 * @param instance the instance
	 * @param session the session that registered it, {@code null} if unknown
	 * @throws IllegalArgumentException if it is not believed; the message says why
	 */
	public void check(Instance instance, @Nullable Long session) {
		if (this.networks != null) {
			this.networks.check(instance.address());
		}
		if (this.signatures != null) {
			this.signatures.check(instance, session);
		}
	}

	/**
	 * Signs an instance, if instances are signed.
	 * @param instance the instance
	 * @param session the session that registers it
	 * @return what is to be registered
	 * @throws IllegalStateException if there is no key to sign with
	 */
	public Instance sign(Instance instance, long session) {
		return (this.signatures != null) ? this.signatures.sign(instance, session) : instance;
	}

}
