package io.harpc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed while the request waited at the server, which then dropped it. The
 * method certainly did not run.
 */
public final class RpcExpiredException extends RpcException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was called, what was tried, what to do
	 * @param attempts what was tried, in order
	 * @param cause the cause, if there is one worth seeing
	 */
	public RpcExpiredException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
		super(Outcome.EXPIRED, message, attempts, cause);
	}

}
