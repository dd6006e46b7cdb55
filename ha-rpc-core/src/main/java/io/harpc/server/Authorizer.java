package io.harpc.server;

import io.harpc.Identity;
import io.harpc.method.MethodDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Decides by code of the application's own who may call what, besides rules and
 * annotations: all of them must agree. Called for every call before anything of it is
 * decoded, on the thread that reads the connection, so it must not block: what it needs
 * to know it has at hand, or says no. What it throws is a no. Thread-safe.
 */
@FunctionalInterface
public interface Authorizer {

	/**
	 * Decides about one call. For a call that is made on somebody's behalf it is asked
	 * about both.
	 * @param identity who calls, or on whose behalf; {@code null} if the caller has not
	 * proven who it is
	 * @param method what is called
	 * @return the decision
	 */
	Decision decide(@Nullable Identity identity, MethodDescriptor method);

	/**
	 * What came of it.
	 *
	 * @param verdict whether the call may go on
	 * @param reason why not, for the server's own audit; the caller does not hear of it
	 */
	record Decision(Verdict verdict, String reason) {

		private static final Decision PERMITTED = new Decision(Verdict.PERMITTED, "");

		private static final Decision ABSTAINED = new Decision(Verdict.ABSTAINED, "");

		/**
		 * The call may go on, unless somebody else says no.
		 * @return the decision
		 */
		public static Decision permit() {
			return PERMITTED;
		}

		/**
		 * Others are to decide. If nobody says yes, the call is refused.
		 * @return the decision
		 */
		public static Decision abstain() {
			return ABSTAINED;
		}

		/**
		 * The call is refused.
		 * @param reason why
		 * @return the decision
		 */
		public static Decision deny(String reason) {
			return new Decision(Verdict.DENIED, reason);
		}

	}

	/** Yes, no, or neither. */
	enum Verdict {

		/** Yes. */
		PERMITTED,

		/** Neither. */
		ABSTAINED,

		/** No. */
		DENIED

	}

}
