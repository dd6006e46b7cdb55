package io.harpc.demo.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Finds free ports of the loopback address.
 */
final class LoopbackPort {

	private LoopbackPort() {
	}

	/**
	 * Returns the port wanted if it is free, else another that is.
	 * @param wanted the port wanted
	 * @return a port that was free just now
	 */
	static int preferably(int wanted) {
		try {
			return probe(wanted);
		}
		catch (BindException ex) {
			return any();
		}
		catch (IOException ex) {
			throw new UncheckedIOException("Port " + wanted + " cannot be opened", ex);
		}
	}

	private static int any() {
		try {
			return probe(0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No free port", ex);
		}
	}

	private static int probe(int port) throws IOException {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}
