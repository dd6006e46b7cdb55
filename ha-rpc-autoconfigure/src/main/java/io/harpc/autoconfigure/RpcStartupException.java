package io.harpc.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * An application cannot start as it is configured, and its author can be told what to do.
 */
final class RpcStartupException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	RpcStartupException(String description, String action) {
		this(description, action, null);
	}

	RpcStartupException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
