package io.harpc.server;

import java.io.IOException;

/**
 * The server could not listen on its port: taken by another process, not allowed, or no
 * address of this machine. The cause says which.
 */
public final class ServerStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int port;

	ServerStartException(int port, IOException cause) {
		super(cause.getMessage(), cause);
		this.port = port;
	}

	/**
	 * The port asked for.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

}
