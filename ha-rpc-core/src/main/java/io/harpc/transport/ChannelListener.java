package io.harpc.transport;

/**
 * Hears of a channel's connections. Called on threads of the transport, one at a time for
 * each event of a connection; must neither block nor throw.
 */
public interface ChannelListener {

	/** Hears nothing. */
	ChannelListener NONE = new ChannelListener() {
	};

	/** The first connection has been made, or made again after all were lost. */
	default void connected() {
	}

	/**
	 * No connection is left, or none could be made.
	 * @param reason why, for a person to read
	 */
	default void disconnected(String reason) {
	}

}
