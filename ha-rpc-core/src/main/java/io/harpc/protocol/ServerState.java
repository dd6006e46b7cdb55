package io.harpc.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself with every answer.
 */
public enum ServerState {

	/** It takes calls. */
	SERVING(1),

	/**
	 * It takes calls, but its application would rather have them go elsewhere.
	 */
	NOT_READY(2),

	/** It is shutting down. */
	DRAINING(3);

	private final int code;

	ServerState(int code) {
		this.code = code;
	}

	int code() {
		return this.code;
	}

	static @Nullable ServerState ofCode(int code) {
		return switch (code) {
			case 1 -> SERVING;
			case 2 -> NOT_READY;
			case 3 -> DRAINING;
			default -> null;
		};
	}

}
