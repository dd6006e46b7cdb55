package io.harpc.client;

/**
 * The first attempt of a call that perhaps ran, and has a key: only the same run of the
 * same server knows what became of it, and is asked again.
 *
 * @param instance where it went
 * @param incarnation which run of the server that was
 * @param start when it began
 */
record PerhapsRan(InstanceState instance, String incarnation, long start) {

	/**
	 * {@return whether that run of the server is still there, as far as is known here}
	 */
	boolean isThere() {
		return !this.instance.isRetired() && this.incarnation.equals(this.instance.channel().incarnation());
	}

	/**
	 * {@return why there is no further attempt}
	 */
	String describe() {
		String where = "Only " + this.instance.instance().address() + " knows what came of the first attempt, and ";
		return where
				+ (isThere() ? "it cannot take the call: " + this.instance.describe() + "." : "that process is gone.");
	}

}
