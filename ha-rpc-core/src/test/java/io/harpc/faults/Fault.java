package io.harpc.faults;

import java.time.Duration;

/**
 * What can happen to a connection on its way through a {@link FaultProxy}.
 */
public sealed interface Fault {

	/** When it strikes. */
	Moment moment();

	/**
	 * Whatever passes from the moment on comes late.
	 *
	 * @param moment when it begins
	 * @param duration how late
	 */
	record Delay(Moment moment, Duration duration) implements Fault {
	}

	/**
	 * From the moment on nothing passes in that direction, and nothing is taken in; the
	 * other direction goes on. At the first byte to the server: a peer that accepts and
	 * never reads. Ends when the proxy is healed.
	 *
	 * @param moment when it begins
	 */
	record Stall(Moment moment) implements Fault {
	}

	/**
	 * Both ends see a reset.
	 *
	 * @param moment when it happens
	 */
	record Reset(Moment moment) implements Fault {
	}

	/**
	 * From the moment on bytes come one at a time.
	 *
	 * @param moment when it begins
	 * @param pause the time between two bytes
	 */
	record Drip(Moment moment, Duration pause) implements Fault {
	}

	/**
	 * Both ends see an orderly end of the stream, wherever in a frame that is.
	 *
	 * @param moment when it happens
	 */
	record Truncate(Moment moment) implements Fault {
	}

	/**
	 * One byte arrives as another.
	 *
	 * @param moment which byte
	 */
	record Corrupt(Moment moment) implements Fault {
	}

}
