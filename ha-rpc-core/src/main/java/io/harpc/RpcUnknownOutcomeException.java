package io.harpc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A request left and no answer came before the deadline or the end of the connection: the
 * method perhaps ran.
 */
public final class RpcUnknownOutcomeException extends RpcException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was called, what was tried, what to do
	 * @param attempts what was tried, in order
	 * @param cause the cause, if there is one worth seeing
	 */
	public RpcUnknownOutcomeException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
		super(Outcome.UNKNOWN, message, attempts, cause);
	}

}
