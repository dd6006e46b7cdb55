package io.harpc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The servers that were asked said that they did not begin: busy, draining, or without
 * the service. The method certainly did not run.
 */
public final class RpcNotStartedException extends RpcException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was called, what was tried, what to do
	 * @param attempts what was tried, in order
	 * @param cause the cause, if there is one worth seeing
	 */
	public RpcNotStartedException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
		super(Outcome.NOT_STARTED, message, attempts, cause);
	}

}
