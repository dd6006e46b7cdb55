package io.harpc;

import java.time.Duration;

/**
 * One try of a call: where, how long, and what came of it.
 *
 * @param instance the instance as {@code host:port}, or a dash if none could be chosen
 * @param duration from the choice of the instance to the outcome
 * @param outcome what came of it
 * @param reason in a few words why, for a person to read
 */
public record Attempt(String instance, Duration duration, Outcome outcome, String reason) {

	/**
	 * {@return for example
	 * {@code 10.0.0.1:20880 NOT_SENT after 3 ms: connection refused}}
	 */
	@Override
	public String toString() {
		return this.instance + " " + this.outcome + " after " + this.duration.toMillis() + " ms: " + this.reason;
	}

}
