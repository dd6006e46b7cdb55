package io.harpc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * No attempt left this process: no instance could be reached. The method certainly did
 * not run.
 */
public final class RpcNotSentException extends RpcException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was called, what was tried, what to do
	 * @param attempts what was tried, in order
	 * @param cause the cause, if there is one worth seeing
	 */
	public RpcNotSentException(String message, List<Attempt> attempts, @Nullable Throwable cause) {
		super(Outcome.NOT_SENT, message, attempts, cause);
	}

}
