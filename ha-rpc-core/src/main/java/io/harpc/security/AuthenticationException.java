package io.harpc.security;

import org.jspecify.annotations.Nullable;

/**
 * Somebody is not who he says. The message goes to him, and to the server's log: it must
 * say what he can change, and no secret. The cause goes to the log only.
 */
public final class AuthenticationException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what the client and the log are told
	 */
	public AuthenticationException(String message) {
		this(message, null);
	}

	/**
	 * Creates the exception.
	 * @param message what the client and the log are told
	 * @param cause what the log is told besides
	 */
	public AuthenticationException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
