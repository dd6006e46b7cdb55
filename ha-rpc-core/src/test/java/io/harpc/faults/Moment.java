package io.harpc.faults;

/**
 * When a fault strikes: at a byte of what a connection carries in one direction.
 *
 * @param direction which way the bytes go
 * @param offset before which byte of the connection, counted from its start;
 * {@link #NEXT}: before the next one to come, also on connections that are open already
 */
public record Moment(Direction direction, long offset) {

	/** The next byte, whichever that is. */
	public static final long NEXT = -1;

	/** Before the first byte from the client can pass. */
	public static Moment onAccept() {
		return new Moment(Direction.TO_SERVER, 0);
	}

	public static Moment next(Direction direction) {
		return new Moment(direction, NEXT);
	}

	public static Moment after(long bytes, Direction direction) {
		return new Moment(direction, bytes);
	}

	/** Which way bytes go through the proxy. */
	public enum Direction {

		/** From who connected to who listens. */
		TO_SERVER,

		/** From who listens to who connected. */
		TO_CLIENT

	}

}
