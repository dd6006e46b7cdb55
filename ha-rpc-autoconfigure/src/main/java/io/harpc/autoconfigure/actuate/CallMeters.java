package io.harpc.autoconfigure.actuate;

import io.harpc.CallObserver.Side;

/**
 * What the meters of calls are called, whoever makes them.
 */
final class CallMeters {

	static final String SERVICE = "service";

	static final String METHOD = "method";

	static final String OUTCOME = "outcome";

	private CallMeters() {
	}

	static String name(Side side) {
		return (side == Side.CLIENT) ? "ha.rpc.client.calls" : "ha.rpc.server.calls";
	}

	static String description(Side side) {
		return (side == Side.CLIENT) ? "Calls made, every attempt included" : "Calls answered";
	}

}
