package io.harpc.benchmarks.subject;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** For subjects that cannot be asked which port they found for themselves. */
public final class FreePort {

	private FreePort() {
	}

	/**
	 * Finds a port that nobody listens on now.
	 * @return the port
	 * @throws IOException if there is none
	 */
	public static int find() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
