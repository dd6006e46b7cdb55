package io.harpc.simulation;

import java.util.function.Consumer;

import io.harpc.client.SimulatedClient.SimulatedAttempt;

/**
 * A call of a single attempt, so that all that a load balancer does is seen.
 */
final class SimulatedCall {

	private final SimulatedAttempt attempt;

	private final Runnable whenOver;

	private boolean over;

	private boolean successful;

	SimulatedCall(SimulatedAttempt attempt, Runnable whenOver) {
		this.attempt = attempt;
		this.whenOver = whenOver;
	}

	boolean isOver() {
		return this.over;
	}

	boolean isSuccessful() {
		return this.successful;
	}

	void succeed() {
		this.successful = true;
		end(SimulatedAttempt::succeeded);
	}

	void fail() {
		end(SimulatedAttempt::failed);
	}

	void throwSomething() {
		end(SimulatedAttempt::threw);
	}

	private void end(Consumer<SimulatedAttempt> told) {
		if (!this.over) {
			this.over = true;
			told.accept(this.attempt);
			this.whenOver.run();
		}
	}

}
