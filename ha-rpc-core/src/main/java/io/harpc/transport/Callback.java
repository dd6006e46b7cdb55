package io.harpc.transport;

import java.util.concurrent.Executor;

import io.harpc.protocol.Frame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears what came of an asynchronous call.
 *
 * @param executor runs the receiver, so that the user's code never holds up a connection
 * @param receiver takes the answer, or why there is none
 */
record Callback(Executor executor, LateAnswer receiver) {

	private static final Logger logger = LoggerFactory.getLogger(Callback.class);

	/**
	 * Passes on what came of the call.
	 * @param outcome a {@link Frame} or a {@link TransportException}
	 */
	void tell(Object outcome) {
		this.executor.execute(() -> receive(outcome));
	}

	/**
	 * Says that the answer is late.
	 * @param cancellation gives the call up when run
	 */
	void tellLate(Runnable cancellation) {
		this.executor.execute(() -> this.receiver.overdue(cancellation));
	}

	private void receive(Object outcome) {
		try {
			if (outcome instanceof Frame frame) {
				this.receiver.accept(new Response(frame), null);
			}
			else {
				this.receiver.accept(null, (TransportException) outcome);
			}
		}
		catch (RuntimeException ex) {
			logger.error("The callback of an asynchronous call failed", ex);
		}
	}

}
