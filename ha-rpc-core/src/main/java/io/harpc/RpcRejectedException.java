package io.harpc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The request was refused for what it is: unauthenticated, forbidden, malformed, too
 * large, or for a method that the server does not know. The method certainly did not run.
 */
public final class RpcRejectedException extends RpcException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was called, what was tried, what to do
	 * @param attempts what was tried, in order
	 * @param cause the cause, if there is one worth seeing
	 */
	public RpcRejectedException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
		super(Outcome.REJECTED, message, attempts, cause);
	}

}
