package io.harpc;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A call did not succeed. There is one subtype for each {@link Outcome}, so that an
 * application can catch exactly what it can handle; the message says service and method,
 * every attempt with its instance, duration and outcome, and what to do.
 */
public abstract sealed class RpcException extends RuntimeException permits RpcNotSentException, RpcNotStartedException,
		RpcExpiredException, RpcUnknownOutcomeException, RpcRemoteException, RpcRejectedException {

	private static final long serialVersionUID = 1L;

	private final Outcome outcome;

	private final transient List<Attempt> attempts;

	RpcException(Outcome outcome, String message, List<Attempt> attempts, @Nullable Throwable cause) {
		super(message, cause);
		this.outcome = outcome;
		this.attempts = List.copyOf(attempts);
	}

	/**
	 * What came of the call as a whole.
	 * @return the outcome, never {@link Outcome#SUCCEEDED}
	 */
	public Outcome outcome() {
		return this.outcome;
	}

	/**
	 * What was tried, in order.
	 * @return the attempts, empty if none could be made
	 */
	public List<Attempt> attempts() {
		return (this.attempts != null) ? this.attempts : List.of();
	}

}
